// Intervals by resampling prompts. The images of a prompt share its difficulty, so prompts are drawn and not images
// (a clustered bootstrap), and they are drawn within their category (stratified), since the categories are given.

import type { Random } from '../util/random.ts';
import { normalCdf, studentQuantile } from './student.ts';

/** An estimate with its interval; the ends are null where there are too few prompts to tell. */
export interface Interval {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Means over resampled prompts: `draws[s][b]` is the mean of series `s` in resample `b`. */
export interface Resamples {
  readonly means: readonly number[];
  readonly draws: readonly Float64Array[];
  /** Prompts less strata: what the spread was estimated from. */
  readonly freedom: number;
}

/**
 * Resamples prompts with replacement within their strata, the same prompts for every series, so that differences
 * between series are paired.
 *
 * @param series values by prompt, all of one length
 * @param strata the stratum of each prompt
 */
export function resamplePrompts(
  series: readonly (readonly number[])[],
  strata: readonly string[],
  samples: number,
  rng: Random,
): Resamples {
  const groups = [...new Set(strata)].map((stratum) =>
    [...strata.keys()].filter((prompt) => strata[prompt] === stratum),
  );
  const draws = series.map(() => new Float64Array(samples));
  const chosen = new Uint32Array(strata.length);
  for (let b = 0; b < samples; b++) {
    let at = 0;
    for (const group of groups) for (let i = 0; i < group.length; i++) chosen[at++] = group[rng.int(group.length)]!;
    series.forEach((values, s) => {
      let sum = 0;
      for (let i = 0; i < chosen.length; i++) sum += values[chosen[i]!]!;
      draws[s]![b] = sum / chosen.length;
    });
  }
  return { means: series.map(mean), draws, freedom: strata.length - groups.length };
}

/** The interval of the mean of series `s`. */
export function meanInterval({ means, draws, freedom }: Resamples, s: number): Interval {
  return percentileInterval(means[s]!, draws[s]!, freedom);
}

/** The interval of `mean of series a − mean of series b`, paired by prompt. */
export function differenceInterval({ means, draws, freedom }: Resamples, a: number, b: number): Interval {
  const differences = draws[a]!.map((value, i) => value - draws[b]![i]!);
  return percentileInterval(means[a]! - means[b]!, differences, freedom);
}

/** The interval of `mean of series a / mean of series b − 1`, or undefined where the divisor is 0. */
export function growthInterval({ means, draws, freedom }: Resamples, a: number, b: number): Interval | undefined {
  if (!(means[b]! > 0) || draws[b]!.some((value) => !(value > 0))) return undefined;
  const growths = draws[a]!.map((value, i) => value / draws[b]![i]! - 1);
  return percentileInterval(means[a]! / means[b]! - 1, growths, freedom);
}

/**
 * The expanded percentile interval: percentiles of the draws, moved outwards so that few prompts do not make it too
 * narrow, `α/2 → Φ(−√(n/(n−1)) · t_{α/2, n−1})` (Hesterberg, 2015, "What teachers should know about the bootstrap").
 *
 * @param freedom n − 1; the ends are null below 1
 */
export function percentileInterval(estimate: number, draws: Float64Array, freedom: number, level = 0.95): Interval {
  if (freedom < 1) return { estimate, low: null, high: null };
  const tail = normalCdf(-Math.sqrt((freedom + 1) / freedom) * studentQuantile(level, freedom));
  const sorted = draws.toSorted();
  return { estimate, low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

/** The quantile of sorted values, between two of them by a straight line. */
export function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (place - below) * (sorted[above]! - sorted[below]!);
}

/** The mean of values; NaN of none. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
