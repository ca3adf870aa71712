// What people said, as examples: images with a label, their prompts, and which prompts teach and which validate.

import type { Config } from '../../project/config/config.ts';
import type { Database } from '../../project/database/database.ts';
import type { ImagePurpose, PromptSplit } from '../../project/database/schema.ts';
import { listImages } from '../../project/images/images.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import { listPreferences } from '../../project/rating/preferences.ts';
import { hashLabels, type LabelledImage, listLabelledImages } from '../../project/rating/ratings.ts';
import { listScaledImages } from '../../project/rating/scaled-images.ts';
import type { WhoseAnswers } from '../../project/rating/select-answers.ts';
import { listSheetPairs } from '../../project/rating/sheet-choices.ts';
import { listVotedPairs } from '../../project/studies/voted-pairs.ts';
import { hashJson } from '../../util/hash.ts';
import { random } from '../../util/random.ts';
import { estimateGood } from '../feedback/consensus.ts';

/** How answers become labels: `reward.labels` of the configuration. */
export type LabelMethod = Config['reward']['labels'];

/** A rated image with its prompt. */
export interface RatedImage extends LabelledImage {
  readonly prompt: Prompt;
  /** What is learned: 1 good, 0 bad, or in between the probability that the image is good. */
  readonly target: number;
  /** 1 where `target` is above ½, else 0. */
  readonly majority: 0 | 1;
}

/**
 * Rated images in a fixed order. By majority these are the images with more good than bad answers or the reverse; by
 * `dawid-skene` all with a good or bad answer; by `scale` those with a good or bad answer or a step of the scale of alignment, and the
 * target is their mean. Skips are no answers. What an admin decided is the target of its image by any.
 */
export async function listRatedImages(
  db: Database,
  where: { split: PromptSplit; purpose?: ImagePurpose } & WhoseAnswers,
  method: LabelMethod,
): Promise<RatedImage[]> {
  const prompts = new Map((await listPrompts(db)).map((prompt) => [prompt.id, prompt]));
  const targets = method === 'dawid-skene' ? (await estimateGood(db, where)).good : undefined;
  const isScale = method === 'scale';
  return (await (isScale ? listScaledImages(db, where) : listLabelledImages(db, where)))
    .map((image) => ({
      ...image,
      target: isScale || image.decided ? image.label : (targets?.get(image.imageId) ?? toMajority(image)),
    }))
    .filter(({ target }) => method !== 'majority' || target !== 0.5)
    .map((image) => ({ ...image, prompt: prompts.get(image.promptId)!, majority: image.target > 0.5 ? 1 : 0 }));
}

/** Two images of one prompt, by the hashes of their files, and how many preferred the first. */
export interface ComparedImages {
  readonly first: string;
  readonly second: string;
  readonly prompt: Prompt;
  readonly share: number;
}

/**
 * Pairs of seen prompts that do not validate: those that came as pairs, in their order, those that pair studies asked about and those
 * of the best of sheets, by the votes of raters who count, and for `all` each good image with each bad one of its prompt; where labels are
 * means of a scale, each image with each other of its prompt that is a step or more below it.
 */
export async function listCompared(
  db: Database,
  which: Config['reward']['pairs'],
  labelled: readonly RatedImage[],
  validation: ReadonlySet<string>,
  whose: WhoseAnswers = {},
  method: LabelMethod = 'majority',
): Promise<ComparedImages[]> {
  if (which === 'none') return [];
  const images = new Map((await listImages(db, { split: 'seen' })).map((image) => [image.id, image]));
  const prompts = new Map((await listPrompts(db, { split: 'seen' })).map((prompt) => [prompt.id, prompt]));
  const isFeedback = (id: string) => images.get(id)?.purpose === 'feedback';
  const stored = (await listPreferences(db)).filter(
    (pair) => isFeedback(pair.firstImage) && isFeedback(pair.secondImage),
  );
  const came = [...stored, ...(await listVotedPairs(db, whose)), ...(await listSheetPairs(db, whose))].flatMap(
    ({ firstImage, secondImage, share }): ComparedImages[] => {
      const [first, second] = [images.get(firstImage), images.get(secondImage)];
      const prompt = first && prompts.get(first.promptId);
      if (!first || !second || !prompt || validation.has(prompt.id)) return [];
      return [{ first: first.hash, second: second.hash, prompt, share }];
    },
  );
  if (which === 'came') return came;
  const teaching = labelled.filter(({ promptId, split }) => split === 'seen' && !validation.has(promptId));
  const isOver = (good: RatedImage, bad: RatedImage) =>
    method === 'scale' ? good.target - bad.target > ALMOST_A_STEP : good.majority === 1 && bad.majority === 0;
  const made = teaching
    .filter(({ majority }) => method === 'scale' || majority === 1)
    .flatMap((good) =>
      teaching
        .filter((bad) => bad.promptId === good.promptId && isOver(good, bad))
        .map((bad): ComparedImages => ({ first: good.hash, second: bad.hash, prompt: good.prompt, share: 1 })),
    );
  return [...came, ...made];
}

/** A step of five is a quarter; sums of quarters are not always exact. */
const ALMOST_A_STEP = 0.249;

function toMajority({ good, bad }: LabelledImage): number {
  return good === bad ? 0.5 : good > bad ? 1 : 0;
}

/** The identity of the labels that a reward function learns from: of the answers, and of what was made of them. */
export function hashTargets(images: readonly RatedImage[], method: LabelMethod): string {
  const answers = hashLabels(images);
  if (method === 'majority') return answers;
  return hashJson([method, answers, ...images.map(({ imageId, target }) => `${imageId} ${target.toFixed(6)}`).sort()]);
}

/** The prompts that validate: of each category the same share, drawn by the seed. */
export function chooseValidation(prompts: readonly Prompt[], share: number, seed: number): Set<string> {
  const categories = [...new Set(prompts.map(({ category }) => category))].sort();
  const chosen = categories.flatMap((category) => {
    const ids = new Set(prompts.filter((prompt) => prompt.category === category).map(({ id }) => id));
    const drawn = random(seed, 'reward', 'validation', category).shuffle([...ids].sort());
    return drawn.slice(0, Math.round(drawn.length * share));
  });
  return new Set(chosen);
}
