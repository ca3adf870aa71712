// Whether one way to answer is better than another on the same images.

import { percentileInterval } from '../../../statistics/interval.ts';
import type { Random } from '../../../util/random.ts';

/** One image that both answered. */
export interface PairedAnswer {
  /** Images of one group, a prompt, are not independent. */
  readonly group: string;
  /** 1 right, 0 wrong. */
  readonly first: number;
  readonly second: number;
}

/** The difference of two accuracies, first less second, with its 95 % interval; null where groups are too few or all alike. */
export interface Gain {
  readonly difference: number;
  readonly interval: readonly [low: number, high: number] | null;
}

const RESAMPLES = 2000;

/** The difference and its interval by the expanded percentile bootstrap over groups (Hesterberg, 2015); undefined without images. */
export function measureGain(answers: readonly PairedAnswer[], rng: Random): Gain | undefined {
  if (answers.length === 0) return undefined;
  const groups = new Map<string, { sum: number; count: number }>();
  for (const { group, first, second } of answers) {
    const { sum, count } = groups.get(group) ?? { sum: 0, count: 0 };
    groups.set(group, { sum: sum + first - second, count: count + 1 });
  }
  const all = [...groups.values()];
  const mean = (list: typeof all) => {
    const count = list.reduce((total, group) => total + group.count, 0);
    return list.reduce((total, group) => total + group.sum, 0) / count;
  };
  const draws = Float64Array.from({ length: RESAMPLES }, () => mean(all.map(() => rng.pick(all))));
  const { estimate, low, high } = percentileInterval(mean(all), draws, all.length - 1);
  return { difference: estimate, interval: low === null || high === null ? null : [low, high] };
}
