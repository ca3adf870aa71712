// From cells to the table: means over seeds with intervals, and what the claims come to.

import { studentQuantile } from '../../statistics/student.ts';
import type { CellRow, Claim, Experiment } from './types.ts';

/** A mean over seeds; its ends are null for a single seed. */
export interface SeedInterval {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface SummaryRow {
  readonly series: string;
  readonly name: string;
  readonly x?: number;
  readonly figures: Readonly<Record<string, SeedInterval>>;
}

export interface ClaimResult {
  readonly text: string;
  readonly figure: string;
  /** The first less the second, paired by seed; null where a row is missing. */
  readonly difference: SeedInterval | null;
  /** Whether the interval lies above 0 (yes), below it (no), or holds it (open). */
  readonly verdict: 'reproduced' | 'opposite' | 'open';
}

export interface SeedRows {
  readonly seed: number;
  readonly rows: readonly CellRow[];
}

/** `mean ± t · s/√n` over seeds, 95 %. */
export function overSeeds(values: readonly number[]): SeedInterval {
  const n = values.length;
  const estimate = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { estimate, low: null, high: null };
  const variance = values.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / (n - 1);
  const half = studentQuantile(0.95, n - 1) * Math.sqrt(variance / n);
  return { estimate, low: estimate - half, high: estimate + half };
}

/** One row for each series and name, in the order of the first seed. */
export function summarizeRows(seeds: readonly SeedRows[]): SummaryRow[] {
  const [first] = seeds;
  return (first?.rows ?? []).map(({ series, name, x, figures }) => ({
    series,
    name,
    ...(x !== undefined && { x }),
    figures: Object.fromEntries(
      Object.keys(figures).map((key) => [
        key,
        overSeeds(seeds.flatMap((seed) => findFigure(seed, [series, name], key) ?? [])),
      ]),
    ),
  }));
}

export function judgeClaims({ claims }: Pick<Experiment, 'claims'>, seeds: readonly SeedRows[]): ClaimResult[] {
  return claims.map(({ text, figure, above, below }: Claim) => {
    const differences = seeds.flatMap((seed) => {
      const [a, b] = [findFigure(seed, above, figure), findFigure(seed, below, figure)];
      return a === undefined || b === undefined ? [] : [a - b];
    });
    const difference = differences.length === 0 ? null : overSeeds(differences);
    return { text, figure, difference, verdict: judge(difference) };
  });
}

function judge(difference: SeedInterval | null): ClaimResult['verdict'] {
  if (difference?.low != null && difference.low > 0) return 'reproduced';
  return difference?.high != null && difference.high < 0 ? 'opposite' : 'open';
}

function findFigure({ rows }: SeedRows, [series, name]: readonly [string, string], key: string): number | undefined {
  return rows.find((row) => row.series === series && row.name === name)?.figures[key];
}
