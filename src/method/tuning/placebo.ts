// Placebos: tuning with everything of the method but what it is to learn from. What a model gains beside one of them over the
// same images and steps is what the scores are worth; what the placebo gains is not.

import { readRewards } from '../../project/learning/rewards.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';
import { type ModelImage, readLabels } from './images.ts';
import type { SelectSource } from './methods/method.ts';
import { METHODS } from './methods/methods.ts';
import { type TuneSettings, usesPairs } from './mixture.ts';

/** What each puts in place of the scores, in words. */
const PLACEBOS = {
  shuffled: 'the scores, dealt out anew among the images at random',
  even: 'a score of 1 for every image',
  'pairs alone': 'a weight of 0 for every image, so that the pre-training pairs alone teach',
} as const;

export type Placebo = keyof typeof PLACEBOS;

export function describePlacebo(placebo: Placebo): string {
  return `a placebo, for comparison alone: ${PLACEBOS[placebo]}`;
}

/**
 * Scores in place of those of the images that have one.
 *
 * @throws CollimateError CONFIG where the settings leave a placebo nothing to learn from.
 */
export async function readPlacebo(
  placebo: Placebo,
  { db, candidates, rewardHash, settings, seed, reading, whose }: SelectSource,
): Promise<ReadonlyMap<string, number>> {
  if (placebo === 'pairs alone') checkPairsAlone(settings);
  const scores = reading ?? (rewardHash === null ? await readLabels(db, whose) : await readRewards(db, rewardHash));
  const own = candidates.flatMap(({ id }): [string, number][] => {
    const score = scores.get(id);
    return score === undefined ? [] : [[id, score]];
  });
  if (placebo !== 'shuffled') return new Map(own.map(([id]) => [id, 1]));
  const dealt = random(seed, 'placebo').shuffle(own.map(([, score]) => score));
  return new Map(own.map(([id], i) => [id, dealt[i]!]));
}

/** The images as the placebo weighs them. */
export function blank(placebo: Placebo, images: readonly ModelImage[]): readonly ModelImage[] {
  return placebo === 'pairs alone' ? images.map((image) => ({ ...image, weight: 0 })) : images;
}

function checkPairsAlone(settings: TuneSettings): void {
  const { compares, learnsFrom } = METHODS[settings.method];
  if (compares || learnsFrom(settings) !== 'images')
    throw new CollimateError(
      'CONFIG',
      `tune: a placebo of pairs alone expects a method whose images count by their weights, got tune.method: ${settings.method}, to which a weight of 0 is a bad image or nothing`,
      'Take the placebo of shuffled scores, or tune.method: reward-weighted.',
    );
  if (settings.sampling === 'uniform' && usesPairs(settings)) return;
  throw new CollimateError(
    'CONFIG',
    `tune: a placebo of pairs alone expects tune.sampling: uniform and pre-training pairs, got ${settings.sampling} and ${usesPairs(settings) ? '' : 'no '}pairs`,
    'Set tune.sampling to uniform, and tune.beta and tune.pretrainShare above 0.',
  );
}
