// The weight of each image that the model may learn from: the reward's score, an answer, or 1 for the best of N.

import type { Database } from '../../project/database/database.ts';
import { listImages } from '../../project/images/images.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { readRewards } from '../../project/learning/rewards.ts';
import { listLabelledImages, type WhoseAnswers } from '../../project/rating/ratings.ts';
import { CollimateError } from '../../util/errors.ts';
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

export type ImageChoice = Pick<TuneSettings, 'method' | 'bestOf' | 'images' | 'weights' | 'evenPrompts'> &
  WeightingChoice;

export interface SelectOptions {
  /** Other scores than the stored ones of the reward function, by image. */
  readonly reading?: ReadonlyMap<string, number> | undefined;
  /** The answers that count, where answers do. */
  readonly whose?: WhoseAnswers;
}

/**
 * The candidates that have a score, with their weights, in their order, and how many have none; for sft also how many prompts
 * have fewer of them than the best is chosen of.
 *
 * @param candidates what `listCandidates` found
 * @throws CollimateError MISSING_STAGE where there are none, or none with a weight above 0.
 */
export async function selectImages(
  db: Database,
  candidates: readonly Candidate[],
  rewardHash: string | undefined,
  choice: ImageChoice,
  { reading, whose = {} }: SelectOptions = {},
): Promise<{ images: ModelImage[]; unscored: number; short: number }> {
  const labels = await readLabels(db, whose);
  const byReward = !usesAnswers(choice) && rewardHash !== undefined;
  const scores = reading ?? (byReward ? await readRewards(db, rewardHash) : labels);
  const usable = choice.images === 'labelled' ? candidates.filter(({ id }) => labels.has(id)) : candidates;
  const texts = new Map((await listPrompts(db, { split: 'seen' })).map(({ id, text }) => [id, text]));
  const scored = usable.flatMap((image): ModelImage[] => {
    const score = scores.get(image.id);
    return score === undefined ? [] : [toModelImage(image, texts.get(image.promptId)!, score)];
  });
  const unscored = usable.length - scored.length;
  const chosen = choice.method === 'sft' ? chooseBest(scored, choice.bestOf) : weighImages(scored, choice);
  if (!chosen.some(({ weight }) => weight > 0))
    throw await nothingToLearn(
      db,
      { candidates: candidates.length, usable: usable.length, scored: scored.length },
      choice,
    );
  return { images: chosen, unscored, short: choice.method === 'sft' ? countShort(scored, choice.bestOf) : 0 };
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

/** Whether answers themselves weigh the images, or pair them: no reward function is then asked. */
export function usesAnswers({ weights, method }: Pick<TuneSettings, 'weights' | 'method'>): boolean {
  return weights === 'label' || method === 'dpo';
}

/** Images below a threshold are left out, since no step should be spent on a weight of 0. */
function weighImages(images: readonly ModelImage[], choice: ImageChoice): ModelImage[] {
  const plain = weighScores(
    images.map(({ score }) => score),
    choice,
  );
  const prompts = images.map(({ promptId }) => promptId);
  const weights = choice.evenPrompts ? evenPrompts(plain, prompts) : plain;
  const weighed = images.map((image, i) => ({ ...image, weight: weights[i]! }));
  return choice.weighting === 'threshold' ? weighed.filter(({ weight }) => weight > 0) : weighed;
}

/**
 * Of each `n` images of a prompt, by rising seed, the one with the highest score, with weight 1. Images that do not fill
 * another `n` are left out, so that every one kept is the best of as many; a prompt with fewer than `n` gives one.
 */
export function chooseBest(images: readonly ModelImage[], n: number): ModelImage[] {
  const ofPrompt = new Map<string, ModelImage[]>();
  for (const image of images) ofPrompt.set(image.promptId, [...(ofPrompt.get(image.promptId) ?? []), image]);
  return [...ofPrompt.values()].flatMap((all) => {
    const sorted = all.toSorted((a, b) => a.seed - b.seed);
    const groups = Math.max(1, Math.floor(sorted.length / n));
    return Array.from({ length: groups }, (_, i) => {
      const best = sorted.slice(i * n, (i + 1) * n).reduce((a, b) => (b.score > a.score ? b : a));
      return { ...best, weight: 1 };
    });
  });
}

function countShort(images: readonly ModelImage[], n: number): number {
  const counts = new Map<string, number>();
  for (const { promptId } of images) counts.set(promptId, (counts.get(promptId) ?? 0) + 1);
  return [...counts.values()].filter((count) => count < n).length;
}

/** What to say where no image, or none with a weight, is left. */
export async function nothingToLearn(
  db: Database,
  { candidates, usable, scored }: { candidates: number; usable: number; scored: number },
  choice: Pick<ImageChoice, 'weights' | 'images' | 'method'>,
): Promise<CollimateError> {
  if (candidates === 0) return noImages(db, choice.images);
  const isAnswers = usesAnswers(choice) || usable === 0;
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

async function noImages(db: Database, which: ImageChoice['images']): Promise<CollimateError> {
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
    `Run \`collimate generate\` first, with the same model${others > 0 && which !== 'all' ? `; or learn from the ${others} images that it did not draw, with --images imported or all` : ''}.`,
  );
}
