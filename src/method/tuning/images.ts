// The weight of each image that the model may learn from: the reward's score, an answer, or 1 for the best of N.

import type { Database } from '../../project/database/database.ts';
import { listImages } from '../../project/images/images.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { readRewards } from '../../project/learning/rewards.ts';
import { listLabelledImages } from '../../project/rating/ratings.ts';
import type { WhoseAnswers } from '../../project/rating/select-answers.ts';
import { CollimateError } from '../../util/errors.ts';
import { plural } from '../../util/text.ts';
import type { SelectSource } from './methods/method.ts';
import type { TuneSettings } from './mixture.ts';
import type { Candidate, Origin } from './sources.ts';
import { evenPrompts, type WeightingChoice, weighScores } from './weighting.ts';

/** One image to learn from. */
export interface ModelImage {
  readonly id: string;
  /** Of its file. */
  readonly hash: string;
  readonly promptId: string;
  readonly prompt: string;
  readonly seed: number;
  readonly origin: Origin;
  /** r(x, z), or the share of good answers. */
  readonly score: number;
  /** What its loss is multiplied by. */
  readonly weight: number;
}

/** The candidates that have a score, in their order, and how many have none. */
export interface ImageSelection {
  readonly images: ModelImage[];
  readonly unscored: number;
}

/**
 * Candidates with their weights.
 *
 * @param weigh from scored images to those that are learned from, with their weights; default by `tune.weighting`
 * @throws CollimateError MISSING_STAGE where there are none, or none with a weight above 0.
 */
export async function selectImages(
  { db, candidates, rewardHash, settings, reading, whose }: Omit<SelectSource, 'seed'>,
  weigh = (images: readonly ModelImage[]) => weighImages(images, settings),
): Promise<ImageSelection> {
  const labels = await readLabels(db, whose);
  const scores = reading ?? (rewardHash === null ? labels : await readRewards(db, rewardHash));
  const usable = settings.images === 'labelled' ? candidates.filter(({ id }) => labels.has(id)) : candidates;
  const texts = new Map((await listPrompts(db, { split: 'seen' })).map(({ id, text }) => [id, text]));
  const scored = usable.flatMap((image): ModelImage[] => {
    const score = scores.get(image.id);
    return score === undefined ? [] : [toModelImage(image, texts.get(image.promptId)!, score)];
  });
  const unscored = usable.length - scored.length;
  const chosen = weigh(scored);
  if (!chosen.some(({ weight }) => weight > 0))
    throw await nothingToLearn(
      db,
      { candidates: candidates.length, usable: usable.length, scored: scored.length },
      { images: settings.images, byAnswers: rewardHash === null },
    );
  return { images: chosen, unscored };
}

/** The share of good answers about each image for feedback on a seen prompt that has any. */
export async function readLabels(db: Database, whose: WhoseAnswers): Promise<Map<string, number>> {
  const labelled = await listLabelledImages(db, { split: 'seen', purpose: 'feedback', ...whose });
  return new Map(labelled.map(({ imageId, label }) => [imageId, label]));
}

/** An image with its score as its weight. */
export function toModelImage(image: Candidate, prompt: string, score: number): ModelImage {
  const { id, hash, promptId, seed, origin } = image;
  return { id, hash, promptId, prompt, seed, origin, score, weight: score };
}

/** Images below a threshold are left out, since no step should be spent on a weight of 0. */
function weighImages(
  images: readonly ModelImage[],
  choice: WeightingChoice & Pick<TuneSettings, 'evenPrompts'>,
): ModelImage[] {
  const plain = weighScores(
    images.map(({ score }) => score),
    choice,
  );
  const prompts = images.map(({ promptId }) => promptId);
  const weights = choice.evenPrompts ? evenPrompts(plain, prompts) : plain;
  const weighed = images.map((image, i) => ({ ...image, weight: weights[i]! }));
  return choice.weighting === 'threshold' ? weighed.filter(({ weight }) => weight > 0) : weighed;
}

/** What to say where no image, or none with a weight, is left. */
export async function nothingToLearn(
  db: Database,
  { candidates, usable, scored }: { candidates: number; usable: number; scored: number },
  choice: { readonly images: TuneSettings['images']; readonly byAnswers: boolean },
): Promise<CollimateError> {
  if (candidates === 0) return noImages(db, choice.images);
  const isAnswers = choice.byAnswers || usable === 0;
  if (scored === 0)
    return new CollimateError(
      'MISSING_STAGE',
      `tune: none of the ${candidates} images has ${isAnswers ? 'answers' : 'scores'}`,
      isAnswers
        ? 'Have people rate them with `collimate studio`, or import answers with `collimate import csv`.'
        : 'Run `collimate reward train` first.',
    );
  return new CollimateError(
    'MISSING_STAGE',
    `tune: none of the ${scored} images has a weight above 0`,
    'There is nothing good to learn from: draw more images, or look at the ratings.',
  );
}

async function noImages(db: Database, which: TuneSettings['images']): Promise<CollimateError> {
  if (which === 'imported')
    return new CollimateError(
      'MISSING_STAGE',
      'tune: no images of seen prompts were imported yet, which tune.images: imported asks for',
      'Run `collimate import` first, or learn from the images that the model drew (--images own).',
    );
  const others = (await listImages(db, { purpose: 'feedback', split: 'seen' })).length;
  return new CollimateError(
    'MISSING_STAGE',
    'tune: this model has drawn no images for feedback yet',
    `Run \`collimate generate\` first, with the same model${others > 0 && which !== 'all' ? `; or learn from the ${plural(others, 'image')} that it did not draw, with --images imported or all` : ''}.`,
  );
}
