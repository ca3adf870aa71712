// One bootstrap over prompts for all seeds together. A prompt that several seeds share is one prompt: its pictures in either
// are alike, so it is drawn or not drawn in all of them at once, and seeds are no independent draws where they share prompts.

import type { Random } from '../util/random.ts';
import { type Interval, mean, percentileInterval, unanimousInterval } from './interval.ts';

/** What a prompt came to in one seed, such as the share judged good less that of the base. */
export interface PooledValue {
  readonly seed: number;
  readonly prompt: string;
  /** Prompts are drawn within it: its category. */
  readonly stratum: string;
  readonly value: number;
}

export interface Pooled extends Interval {
  readonly values: number;
  /** Different prompts. */
  readonly prompts: number;
  /** The mean of each seed. */
  readonly bySeed: Readonly<Record<number, number>>;
  /** Two-sided, of a mean of 0: how often a resample lies on the other side, twice over; at least 2 / (samples + 1). */
  readonly p: number;
}

export interface PooledOptions {
  readonly samples: number;
  readonly rng: Random;
  /** Of a single value, for the exact interval where all are alike. */
  readonly range: readonly [low: number, high: number];
}

/**
 * The mean of all values with its interval; every value counts alike.
 *
 * @returns undefined of no values
 */
export function poolSeeds(values: readonly PooledValue[], { samples, rng, range }: PooledOptions): Pooled | undefined {
  if (values.length === 0) return undefined;
  const clusters = new Map<string, { stratum: string; sum: number; count: number }>();
  for (const { prompt, stratum, value } of values) {
    const cluster = clusters.get(prompt) ?? { stratum, sum: 0, count: 0 };
    cluster.sum += value;
    cluster.count += 1;
    clusters.set(prompt, cluster);
  }
  const all = [...clusters.values()];
  const strata = [...new Set(all.map(({ stratum }) => stratum))].map((stratum) =>
    all.filter((cluster) => cluster.stratum === stratum),
  );
  const draws = Float64Array.from({ length: samples }, () => {
    let [sum, count] = [0, 0];
    for (const stratum of strata)
      for (let i = 0; i < stratum.length; i++) {
        const drawn = stratum[rng.int(stratum.length)]!;
        sum += drawn.sum;
        count += drawn.count;
      }
    return sum / count;
  });
  const estimate = mean(values.map(({ value }) => value));
  const wide = percentileInterval(estimate, draws, all.length - strata.length);
  const alike = values.every(({ value }) => value === values[0]!.value);
  const interval = alike ? unanimousInterval(estimate, range, all.length) : wide;
  return { ...interval, values: values.length, prompts: all.length, bySeed: meansBySeed(values), p: pOf(draws) };
}

function meansBySeed(values: readonly PooledValue[]): Record<number, number> {
  const seeds = [...new Set(values.map(({ seed }) => seed))];
  return Object.fromEntries(
    seeds.map((seed) => [seed, mean(values.flatMap((one) => (one.seed === seed ? [one.value] : [])))]),
  );
}

function pOf(draws: Float64Array): number {
  const [above, below] = [draws.filter((draw) => draw >= 0).length, draws.filter((draw) => draw <= 0).length];
  return Math.min(1, (2 * (1 + Math.min(above, below))) / (draws.length + 1));
}
