// Which images the model learns from, and the weight of each: the reward's score, an answer, or 1 for the best of N.

import type { Database } from '../../project/database/database.ts';
import type { ImageTable } from '../../project/database/schema.ts';
import { listImages } from '../../project/images/images.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { readRewards } from '../../project/learning/rewards.ts';
import { listLabelledImages, type WhoseAnswers } from '../../project/rating/ratings.ts';
import { CollimateError } from '../../util/errors.ts';
import type { TuneSettings } from './mixture.ts';
import { evenPrompts, type WeightingChoice, weighScores } from './weighting.ts';

/** One image to learn from. */
export interface ModelImage {
  readonly id: string;
  /** Of its file. */
  readonly hash: string;
  readonly promptId: string;
  readonly prompt: string;
  readonly seed: number;
  /** r(x, z), or the share of good answers. */
  readonly score: number;
  /** What its loss is multiplied by. */
  readonly weight: number;
}

export type ImageChoice = Pick<TuneSettings, 'method' | 'bestOf' | 'images' | 'weights' | 'evenPrompts'> &
  WeightingChoice;

/**
 * The images drawn by `modelHash` for feedback on seen prompts that have a score, with their weights, in a fixed order, and
 * how many have none.
 *
 * @param whose the answers that count, where answers do
 * @param reading other scores than the stored ones of the reward function, by image
 * @throws CollimateError MISSING_STAGE where there are none, or none with a weight above 0.
 */
export async function selectImages(
  db: Database,
  modelHash: string,
  rewardHash: string | undefined,
  choice: ImageChoice,
  { reading, whose = {} }: { reading?: ReadonlyMap<string, number> | undefined; whose?: WhoseAnswers } = {},
): Promise<{ images: ModelImage[]; unscored: number }> {
  const drawn = await listImages(db, { purpose: 'feedback', modelHash, split: 'seen' });
  const labels = new Map(
    (await listLabelledImages(db, { split: 'seen', purpose: 'feedback', ...whose })).map(({ imageId, label }) => [
      imageId,
      label,
    ]),
  );
  const byReward = !usesAnswers(choice) && rewardHash !== undefined;
  const scores = reading ?? (byReward ? await readRewards(db, rewardHash) : labels);
  const usable = choice.images === 'labelled' ? drawn.filter(({ id }) => labels.has(id)) : drawn;
  const texts = new Map((await listPrompts(db, { split: 'seen' })).map(({ id, text }) => [id, text]));
  const scored = usable.flatMap((image): ModelImage[] => {
    const score = scores.get(image.id);
    return score === undefined ? [] : [toModelImage(image, texts.get(image.promptId)!, score)];
  });
  const chosen = choice.method === 'sft' ? chooseBest(scored, choice.bestOf) : weighImages(scored, choice);
  if (choice.method === 'dpo') return { images: scored, unscored: usable.length - scored.length };
  if (!chosen.some(({ weight }) => weight > 0)) throw nothingToLearn(drawn.length, scored.length, choice);
  return { images: chosen, unscored: usable.length - scored.length };
}

function toModelImage({ id, hash, promptId, seed }: ImageTable, prompt: string, score: number): ModelImage {
  return { id, hash, promptId, prompt, seed, score, weight: score };
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

function nothingToLearn(drawn: number, scored: number, { weights }: ImageChoice): CollimateError {
  const [what, command] = weights === 'label' ? ['answers', 'label'] : ['scores', 'reward train'];
  if (drawn === 0)
    return new CollimateError(
      'MISSING_STAGE',
      'tune: this model has drawn no images for feedback yet',
      'Run `collimate generate` first, with the same model.',
    );
  if (scored === 0)
    return new CollimateError(
      'MISSING_STAGE',
      `tune: none of the ${drawn} images has ${what}`,
      `Run \`collimate ${command}\` first.`,
    );
  return new CollimateError(
    'MISSING_STAGE',
    `tune: none of the ${scored} images has a weight above 0`,
    'There is nothing good to learn from: draw more images, or look at the ratings.',
  );
}
