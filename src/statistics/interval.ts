// Estimates with intervals from resamples, and the small sums behind them.

import { normalCdf, studentQuantile } from './student.ts';

/** An estimate with its interval; the ends are null where there are too few prompts to tell. */
export interface Interval {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * The expanded percentile interval: percentiles of the draws, moved outwards so that few prompts do not make it too
 * narrow, `α/2 → Φ(−√(n/(n−1)) · t_{α/2, n−1})` (Hesterberg, 2015, "What teachers should know about the bootstrap").
 *
 * @param freedom n − 1; the ends are null below 1, and where no draw differs from another
 */
export function percentileInterval(estimate: number, draws: Float64Array, freedom: number, level = 0.95): Interval {
  if (freedom < 1) return { estimate, low: null, high: null };
  const tail = normalCdf(-Math.sqrt((freedom + 1) / freedom) * studentQuantile(level, freedom));
  const sorted = draws.toSorted();
  // Prompts that are all alike have no spread to resample, which is no proof that others are like them.
  if (sorted[0] === sorted.at(-1)) return { estimate, low: null, high: null };
  return { estimate, low: quantile(sorted, tail), high: quantile(sorted, 1 - tail) };
}

/**
 * The interval where all of some prompts are alike, such as all good or no loss at all: what an exact binomial interval over
 * prompts says (Clopper and Pearson, 1934), `(α/2)^(1/n)` from the end of the range; nothing between its ends.
 *
 * @param range of the values of a prompt
 */
export function unanimousInterval(
  estimate: number,
  [low, high]: readonly [low: number, high: number],
  prompts: number,
  level = 0.95,
): Interval {
  const reach = (high - low) * (1 - ((1 - level) / 2) ** (1 / prompts));
  if (estimate === low) return { estimate, low, high: low + reach };
  if (estimate === high) return { estimate, low: high - reach, high };
  return { estimate, low: null, high: null };
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
