// Intervals by resampling prompts. The images of a prompt share its difficulty, so prompts are drawn and not images
// (a clustered bootstrap), and they are drawn within their category (stratified), since the categories are given.

import type { Random } from '../util/random.ts';
import { type Interval, mean, percentileInterval, unanimousInterval } from './interval.ts';

export { type Interval, mean, percentileInterval } from './interval.ts';

/** Means over resampled prompts: `draws[s][b]` is the mean of series `s` in resample `b`. */
export interface Resamples {
  readonly means: readonly number[];
  readonly draws: readonly Float64Array[];
  readonly prompts: number;
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
  return { means: series.map(mean), draws, prompts: strata.length, freedom: strata.length - groups.length };
}

/** The interval of the mean of series `s`. */
export function meanInterval({ means, draws, freedom }: Resamples, s: number): Interval {
  return percentileInterval(means[s]!, draws[s]!, freedom);
}

/** The interval of the mean of shares, 0 to 1; exact where every prompt is at the same end. */
export function shareInterval(resamples: Resamples, s: number): Interval {
  const interval = meanInterval(resamples, s);
  if (interval.low !== null) return interval;
  return unanimousInterval(interval.estimate, [0, 1], resamples.prompts);
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
