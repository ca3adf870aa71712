// Which of the reward's figures stand first: those about images that it did not learn from. For report and studio alike.

import type { RewardGroup } from './data.ts';

/** Over all categories: of unseen prompts, else of validation; of training only where there is nothing else. */
export function findHeadlineGroup(groups: readonly RewardGroup[]): RewardGroup | undefined {
  const all = groups.filter(({ category, accuracy }) => category === 'all' && accuracy.reward !== null);
  const named = (word: string) => all.find(({ set }) => set.includes(word));
  return named('unseen') ?? named('validation') ?? all[0];
}
