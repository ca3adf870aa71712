// Intervals that respect both prompts and raters: another study would ask other prompts, and other people. Votes of one
// prompt are alike and so are votes of one rater, so neither may be counted as independent.

import { type Interval, mean, percentileInterval, unanimousInterval } from '../../statistics/interval.ts';
import { type Random, random } from '../../util/random.ts';
import { type Tally, tally, type VotedPair } from './tally.ts';

export type TallyIntervals = { readonly [K in keyof Tally]: Interval };

export interface CrossedOptions {
  /** How many raters there are; places of raters are below it. */
  readonly raters: number;
  readonly samples: number;
  readonly seed: number;
}

/** The least and the greatest value of each figure. */
const RANGES: { readonly [K in keyof Tally]: readonly [number, number] } = {
  win: [0, 1],
  lose: [0, 1],
  tie: [0, 1],
  net: [-1, 1],
  preference: [0, 1],
};
const LEVEL = 0.95;

/**
 * Figures of pairs with 95 % intervals. Prompts are resampled within their strata with the raters kept, raters with the
 * prompts kept, and the two deviations are added: `θ̂ + (θ*_prompts − mean) + (θ*_raters − mean)`. Its variance is that of
 * two-way clustering, `V_prompts + V_raters`, without the subtraction of what both count, so it errs to the wide side
 * (Cameron, Gelbach and Miller, 2011). Degrees of freedom are Satterthwaite's. The ends are null for fewer than two raters.
 */
export function crossedIntervals(
  pairs: readonly VotedPair[],
  { raters, samples, seed }: CrossedOptions,
): TallyIntervals {
  const strata = new Map<number, string>();
  for (const { prompt, stratum } of pairs) strata.set(prompt, stratum);
  const present = [...new Set(pairs.flatMap(({ votes }) => votes.map(({ rater }) => rater)))];
  const size = Math.max(...strata.keys()) + 1;
  const ones = { prompts: new Uint16Array(size).fill(1), raters: new Uint16Array(raters).fill(1) };
  const estimate = tally(pairs, ones.prompts, ones.raters);
  const groups = [...new Set(strata.values())].map((stratum) =>
    [...strata].filter(([, own]) => own === stratum).map(([prompt]) => prompt),
  );
  const byPrompts = resample(groups, size, samples, random(seed, 'verdict', 'prompts'), (weights) =>
    tally(pairs, weights, ones.raters),
  );
  const byRaters = resample([present], raters, samples, random(seed, 'verdict', 'raters'), (weights) =>
    tally(pairs, ones.prompts, weights),
  );
  const freedoms = { prompts: strata.size - groups.length, raters: present.length - 1 };
  const interval = (key: keyof Tally) =>
    combine(key, estimate[key], { prompts: byPrompts[key], raters: byRaters[key] }, freedoms, strata.size);
  return {
    win: interval('win'),
    lose: interval('lose'),
    tie: interval('tie'),
    net: interval('net'),
    preference: interval('preference'),
  };
}

type Draws = { readonly [K in keyof Tally]: Float64Array };

/** Draws as many members of each group as it has, with replacement, and measures each time. */
function resample(
  groups: readonly (readonly number[])[],
  size: number,
  samples: number,
  rng: Random,
  measure: (weights: Uint16Array) => Tally,
): Draws {
  const empty = () => new Float64Array(samples);
  const draws = { win: empty(), lose: empty(), tie: empty(), net: empty(), preference: empty() };
  const weights = new Uint16Array(size);
  for (let b = 0; b < samples; b++) {
    weights.fill(0);
    for (const group of groups) for (let i = 0; i < group.length; i++) weights[group[rng.int(group.length)]!]! += 1;
    const result = measure(weights);
    for (const key of Object.keys(draws) as (keyof Tally)[]) draws[key][b] = result[key];
  }
  return draws;
}

interface ByCluster<T> {
  readonly prompts: T;
  readonly raters: T;
}

function combine(
  key: keyof Tally,
  estimate: number,
  draws: ByCluster<Float64Array>,
  freedoms: ByCluster<number>,
  prompts: number,
): Interval {
  const [low, high] = RANGES[key];
  if (freedoms.prompts < 1 || freedoms.raters < 1) return { estimate, low: null, high: null };
  const [p, r] = [describe(draws.prompts), describe(draws.raters)];
  const variance = p.variance + r.variance;
  if (variance === 0) return unanimousInterval(estimate, [low, high], prompts, LEVEL);
  const freedom = Math.floor(variance ** 2 / (p.variance ** 2 / freedoms.prompts + r.variance ** 2 / freedoms.raters));
  const sums = draws.prompts.map((value, b) => estimate + value - p.mean + draws.raters[b]! - r.mean);
  const wide = percentileInterval(estimate, sums, Math.max(1, freedom), LEVEL);
  return { estimate, low: Math.max(low, wide.low!), high: Math.min(high, wide.high!) };
}

function describe(values: Float64Array): { mean: number; variance: number } {
  const own = mean([...values]);
  return { mean: own, variance: mean([...values].map((value) => (value - own) ** 2)) };
}
