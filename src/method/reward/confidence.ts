// Other readings of one reward function: as a probability, beside edits of the prompt, less the doubt of an ensemble. They
// are computed from stored embeddings when they are asked for; the store keeps the plain score alone.

import type { ClipEmbedder } from '../../models/inference/clip.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import { CollimateError } from '../../util/errors.ts';
import type { Session } from '../session.ts';
import { lowerBound, temperatureScale, textNorm } from './calibrate.ts';
import { describeTemperatures } from './describe-temperatures.ts';
import { createEditor } from './edits.ts';
import { openRewardModel, type RewardModelHandle } from './model.ts';
import { readRewardReport } from './report.ts';
import { embedPairs, openProjectClip } from './score-images.ts';
import { meanOf, spreadOf } from './scorer.ts';

/** How a score is read; `reward` is the score itself. */
export type Reading = 'calibrated' | 'text-norm' | 'lower-bound';

/** An image by its identity, its file and its prompt. */
export interface PromptedImage {
  readonly id: string;
  readonly hash: string;
  readonly promptId: string;
}

export interface ReadingOptions {
  readonly rewardHash: string;
  /** k of the lower bound; default 1. */
  readonly doubt?: number;
}

/**
 * One reading of images' rewards, by image.
 *
 * @throws CollimateError CONFIG for `lower-bound` of a reward function with one head, and for `calibrated` and
 * `text-norm` where no prompts validated; MISMATCH, MISSING_STAGE.
 */
export async function readConfidence(
  session: Session,
  reading: Reading,
  images: readonly PromptedImage[],
  { rewardHash, doubt = 1 }: ReadingOptions,
): Promise<Map<string, number>> {
  const model = await openRewardModel(session.project, rewardHash);
  const clip = await openProjectClip(session);
  try {
    const scores = await readWith(session, reading, images, { model, clip, doubt });
    return new Map(images.map(({ id }, i) => [id, scores[i]!]));
  } finally {
    await clip.dispose();
    await model.dispose();
  }
}

interface Work {
  readonly model: RewardModelHandle;
  readonly clip: ClipEmbedder;
  readonly doubt: number;
}

async function readWith(
  session: Session,
  reading: Reading,
  images: readonly PromptedImage[],
  { model, clip, doubt }: Work,
): Promise<readonly number[]> {
  if (reading === 'text-norm') {
    const candidates = await scoreCandidates(session, model, clip, images);
    refuseLonely(images, candidates);
    const temperature = await readTemperature(session, model, 'textNorm');
    return candidates.map((scores) => textNorm(scores, temperature));
  }
  if (reading === 'lower-bound' && model.config.members === 1)
    throw new CollimateError(
      'CONFIG',
      `reward ${model.hash.slice(0, 12)}: has one head, which has no spread to be in doubt by`,
      'Train an ensemble with `collimate reward train --members 5`.',
    );
  const members = await scoreHeads(session, model, clip, images);
  const means = [...meanOf(members)];
  if (reading === 'lower-bound') {
    const spreads = spreadOf(members);
    return means.map((mean, i) => lowerBound(mean, spreads[i]!, doubt));
  }
  const temperature = await readTemperature(session, model, 'scores');
  return means.map((mean) => temperatureScale(mean, temperature));
}

/** Without other candidates TextNorm is 1 whatever the picture shows, which would weigh such images above all others. */
function refuseLonely(images: readonly PromptedImage[], candidates: readonly (readonly number[])[]): void {
  const promptsOf = (some: readonly PromptedImage[]) => new Set(some.map(({ promptId }) => promptId)).size;
  const lonely = images.filter((_, i) => candidates[i]!.length < 2);
  if (lonely.length === 0) return;
  throw new CollimateError(
    'CONFIG',
    `text-norm: compares a prompt with edits of it, and ${promptsOf(lonely)} of ${promptsOf(images)} prompts have none`,
    'Give them edits (a column `edits` in `collimate prompts import`, or prompts.words), or weigh by another reading, such as tune.weights: reward.',
  );
}

async function readTemperature(
  { project, progress }: Session,
  { hash }: RewardModelHandle,
  of: 'scores' | 'textNorm',
): Promise<number> {
  const found = (await readRewardReport(project, hash))?.calibration?.temperatures[of];
  if (found !== undefined) {
    for (const line of describeTemperatures({ [of]: found })) progress.note(line);
    return found;
  }
  throw new CollimateError(
    'CONFIG',
    `reward ${hash.slice(0, 12)}: no prompts validated it, so its temperature is not known`,
    'Train it with reward.validationShare above 0, or measure it again with `collimate reward eval`.',
  );
}

/** What each head says of images and their prompts, [members][images]. */
export async function scoreHeads(
  session: Session,
  model: RewardModelHandle,
  clip: ClipEmbedder,
  images: readonly PromptedImage[],
): Promise<Float32Array[]> {
  const texts = new Map((await listPrompts(session.project.db)).map(({ id, text }) => [id, text]));
  const items = images.map(({ hash, promptId }) => ({ hash, text: texts.get(promptId)! }));
  return model.scoreMembers(await embedPairs(session, model, clip, items));
}

/** The rewards of each image for its prompt, and then for edits of it that change the meaning. */
export async function scoreCandidates(
  session: Session,
  model: RewardModelHandle,
  clip: ClipEmbedder,
  images: readonly PromptedImage[],
): Promise<number[][]> {
  const { db, config } = session.project;
  const prompts = await listPrompts(db);
  const byId = new Map(prompts.map((prompt) => [prompt.id, prompt]));
  const edit = createEditor({ config, count: config.reward.negatives });
  const lists = new Map<string, readonly string[]>();
  const candidatesOf = (prompt: Prompt) => {
    const list = lists.get(prompt.id) ?? [prompt.text, ...(edit(prompt)?.lists[0] ?? [])];
    lists.set(prompt.id, list);
    return list;
  };
  const candidates = images.map(({ promptId }) => candidatesOf(byId.get(promptId)!));
  const items = images.flatMap(({ hash }, i) => candidates[i]!.map((text) => ({ hash, text })));
  const scores = [...(await model.score(await embedPairs(session, model, clip, items)))];
  let end = 0;
  return candidates.map(({ length }) => {
    end += length;
    return scores.slice(end - length, end);
  });
}
