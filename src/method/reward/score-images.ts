// Scores of a reward model for all images of a project: what tuning weighs them by.

import { type ClipEmbedder, openClipEmbedder } from '../../models/inference/clip.ts';
import { chooseEngine } from '../../models/inference/device.ts';
import { resolveClip } from '../../models/inference/embedded.ts';
import { type ImageFilter, listImages } from '../../project/images/images.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { insertRewards, readRewards } from '../../project/learning/rewards.ts';
import type { Project } from '../../project/project.ts';
import { CollimateError } from '../../util/errors.ts';
import type { Session } from '../session.ts';
import { embedImages, embedTexts } from './embeddings.ts';
import { openRewardModel, type RewardModelHandle } from './model.ts';
import { isOnnx, startsFromScorer } from './ready/ready.ts';
import { type EmbeddedPair, meanOf, spreadOf } from './scorer.ts';

export interface ScoreSummary {
  readonly rewardHash: string;
  /** Images that have a score now. */
  readonly images: number;
  /** How many of them this run scored. */
  readonly scored: number;
}

export interface ScoreOptions {
  /** Which reward model; default the one that was trained last. */
  readonly rewardHash?: string;
  /** Which images; default all. */
  readonly filter?: ImageFilter;
}

/**
 * Stores `r(x, z)` of each image for its own prompt, where it is not there yet.
 *
 * @throws CollimateError MISSING_STAGE without a reward model, MISMATCH where the project's CLIP is another than its.
 */
export async function scoreImages(session: Session, options: ScoreOptions = {}): Promise<ScoreSummary> {
  const model = await openRewardModel(session.project, options.rewardHash);
  const clip = await openProjectClip(session);
  try {
    return await scoreWith(session, model, clip, options.filter);
  } finally {
    await clip.dispose();
    await model.dispose();
  }
}

/** The encoder that the project's config names: its CLIP, or the scorer that its reward function is made of. */
export async function openProjectClip({ project, progress }: Session): Promise<ClipEmbedder> {
  const { config } = project;
  const engine = await chooseEngine(config, progress.note);
  return openClipEmbedder(resolveEncoder(project), { ...engine, precision: config.clipPrecision });
}

/**
 * The folder of what `openProjectClip` opens.
 *
 * @throws CollimateError CONFIG where the reward function was to be made of an ONNX file, MODEL_CONFIG.
 */
export function resolveEncoder({ config: { clip, reward }, dir }: Pick<Project, 'config' | 'dir'>): string {
  if (!startsFromScorer(reward)) return resolveClip(clip, dir);
  if (!isOnnx(reward.scorer)) return resolveClip(reward.scorer, dir, 'reward.scorer');
  throw new CollimateError(
    'CONFIG',
    `reward.scorerUse: ${reward.scorerUse} needs embeddings of pictures and texts, which an ONNX file does not give (${reward.scorer})`,
    'Name the folder of a CLIP or SigLIP as reward.scorer, or set reward.scorerUse to compare.',
  );
}

/** `scoreImages` with what is open already. */
export async function scoreWith(
  session: Session,
  model: RewardModelHandle,
  clip: ClipEmbedder,
  filter: ImageFilter = {},
): Promise<ScoreSummary> {
  const { db } = session.project;
  const known = await readRewards(db, model.hash);
  const images = await listImages(db, filter);
  const missing = images.filter(({ id }) => !known.has(id));
  if (missing.length > 0) {
    const texts = new Map((await listPrompts(db)).map(({ id, text }) => [id, text]));
    const pairs = await embedPairs(
      session,
      model,
      clip,
      missing.map(({ hash, promptId }) => ({ hash, text: texts.get(promptId)! })),
    );
    const scores = await scorePairs(model, pairs);
    await insertRewards(
      db,
      model.hash,
      missing.map(({ id }, i) => ({ imageId: id, ...scores[i]! })),
    );
  }
  return { rewardHash: model.hash, images: images.length, scored: missing.length };
}

/** The reward of each pair, and the doubt of an ensemble: the standard deviation over its heads, null for a single one. */
export async function scorePairs(
  model: RewardModelHandle,
  pairs: readonly EmbeddedPair[],
): Promise<{ score: number; doubt: number | null }[]> {
  const members = await model.scoreMembers(pairs);
  const spreads = members.length > 1 ? spreadOf(members) : null;
  return Array.from(meanOf(members), (score, i) => ({ score, doubt: spreads?.[i] ?? null }));
}

/** @throws CollimateError MISMATCH where the model was trained on another CLIP. */
export function checkEncoder(model: RewardModelHandle, clip: ClipEmbedder): void {
  if (clip.encoderHash === model.config.encoderHash) return;
  throw new CollimateError(
    'MISMATCH',
    `reward ${model.hash.slice(0, 12)}: trained on CLIP ${model.config.encoderHash.slice(0, 12)}, the project's is ${clip.encoderHash.slice(0, 12)}`,
    'Name the same CLIP with --clip, or run `collimate reward train` again.',
  );
}

/**
 * The embeddings of images with their texts, in order, from the store where they are there.
 *
 * @throws CollimateError MISMATCH where the model was trained on another CLIP.
 */
export async function embedPairs(
  session: Session,
  model: RewardModelHandle,
  clip: ClipEmbedder,
  items: readonly { readonly hash: string; readonly text: string }[],
): Promise<EmbeddedPair[]> {
  checkEncoder(model, clip);
  const images = await embedImages(
    session,
    clip,
    items.map(({ hash }) => hash),
  );
  const texts = await embedTexts(
    session,
    clip,
    items.map(({ text }) => text),
  );
  return items.map(({ hash, text }) => ({ imageEmbedding: images.get(hash)!, textEmbedding: texts.get(text)! }));
}
