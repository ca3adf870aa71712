// How sure a share of images is, where images of one prompt are alike.

import { exactInterval } from '../../../statistics/exact.ts';
import { percentileInterval } from '../../../statistics/interval.ts';
import type { Random } from '../../../util/random.ts';

/** One image that was answered for. */
export interface ClusteredAnswer {
  readonly promptId: string;
  readonly right: boolean;
}

const RESAMPLES = 2000;
/** Of fewer prompts a bootstrap says little. */
const FEW = 10;

/**
 * The 95 % interval of the share that is right. Over prompts, by the expanded percentile bootstrap; of fewer than 10 prompts, or where
 * no draw differs from another, an exact binomial one in which each prompt counts once.
 */
export function clusteredInterval(answers: readonly ClusteredAnswer[], rng: Random): [low: number, high: number] {
  const groups = new Map<string, { right: number; count: number }>();
  for (const { promptId, right } of answers) {
    const group = groups.get(promptId) ?? { right: 0, count: 0 };
    groups.set(promptId, { right: group.right + Number(right), count: group.count + 1 });
  }
  const all = [...groups.values()];
  const share = (list: typeof all) => {
    const sum = (of: (group: (typeof all)[0]) => number) => list.reduce((total, group) => total + of(group), 0);
    return sum(({ right }) => right) / sum(({ count }) => count);
  };
  if (all.length === 0) return [0, 1];
  const exact = () => exactInterval(share(all) * all.length, all.length);
  if (all.length < FEW) return exact();
  const draws = Float64Array.from({ length: RESAMPLES }, () => share(all.map(() => rng.pick(all))));
  const { low, high } = percentileInterval(share(all), draws, all.length - 1);
  return low === null || high === null ? exact() : [low, high];
}
