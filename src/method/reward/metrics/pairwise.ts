// Within a prompt, which of two pictures is better? What ranking by a score is worth where choosing is what it is for.

import { type Interval, percentileInterval, unanimousInterval } from '../../../statistics/interval.ts';
import type { Random } from '../../../util/random.ts';

/** A picture with a score. */
export interface ComparedPicture {
  /** Pictures are compared within one alone. */
  readonly promptId: string;
  readonly label: 0 | 1;
  readonly score: number;
}

export interface PairwiseFigures {
  /** Of a good and a bad picture of one prompt. */
  readonly pairs: number;
  readonly prompts: number;
  /** Share of pairs whose good picture has the higher score, ties as a half; 95 %, over prompts. */
  readonly accuracy: Interval;
  /**
   * What choosing the picture with the highest score gains over one by chance, as a share of what choosing a good one wherever there is
   * one would gain.
   */
  readonly bestOf: number;
}

const RESAMPLES = 2000;

/** Undefined where no prompt has a good picture and a bad one. */
export function measurePairs(images: readonly ComparedPicture[], rng: Random): PairwiseFigures | undefined {
  const ofPrompt = new Map<string, ComparedPicture[]>();
  for (const image of images) ofPrompt.set(image.promptId, [...(ofPrompt.get(image.promptId) ?? []), image]);
  const groups = [...ofPrompt.values()].map(comparePrompt).filter(({ pairs }) => pairs > 0);
  if (groups.length === 0) return undefined;
  const sum = (list: typeof groups, of: (group: (typeof groups)[0]) => number) =>
    list.reduce((total, group) => total + of(group), 0);
  const share = (list: typeof groups) => sum(list, ({ right }) => right) / sum(list, ({ pairs }) => pairs);
  const draws = Float64Array.from({ length: RESAMPLES }, () => share(groups.map(() => rng.pick(groups))));
  const estimate = share(groups);
  const alike = groups.every(({ right, pairs }) => right === estimate * pairs);
  return {
    pairs: sum(groups, ({ pairs }) => pairs),
    prompts: groups.length,
    accuracy: alike
      ? unanimousInterval(estimate, [0, 1], groups.length)
      : percentileInterval(estimate, draws, groups.length - 1),
    bestOf: sum(groups, ({ gained }) => gained) / sum(groups, ({ most }) => most),
  };
}

function comparePrompt(images: readonly ComparedPicture[]) {
  const good = images.filter(({ label }) => label === 1);
  const bad = images.filter(({ label }) => label === 0);
  const right = good.reduce(
    (sum, { score }) =>
      sum + bad.reduce((n, other) => n + (score > other.score ? 1 : score === other.score ? 0.5 : 0), 0),
    0,
  );
  const highest = Math.max(...images.map(({ score }) => score));
  const top = images.filter(({ score }) => score === highest);
  const byChance = good.length / images.length;
  const gained = top.filter(({ label }) => label === 1).length / top.length - byChance;
  return { right, pairs: good.length * bad.length, gained, most: 1 - byChance };
}
