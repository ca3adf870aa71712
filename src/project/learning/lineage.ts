// From any pixel to the verdict and back: everything the store knows about how an image came to be and what it led to.

import type { Database } from '../database/database.ts';
import type { Answer, ImageTable, ModelTable } from '../database/schema.ts';
import { listNamesOf } from '../images/image-names.ts';
import { findModel } from '../images/models.ts';
import { findPrompt, type Prompt } from '../images/prompts.ts';
import { type Beside, readBeside } from '../rating/scales.ts';
import { type Checkpoint, listCheckpointsOfModel } from './checkpoints.ts';
import { findRewardModel } from './rewards.ts';
import { type LearnedFrom, listLearnedFrom } from './tune-examples.ts';

/** A reward model and how many rated images it learned from. */
export interface RewardLineage {
  hash: string;
  config: Record<string, unknown>;
  dataHash: string;
  scores: Record<string, unknown>;
  examples: { train: number; validation: number };
}

/** A model with the checkpoints that produced these weights, and the model it was tuned from. */
export interface ModelLineage extends ModelTable {
  checkpoints: (Omit<Checkpoint, 'modelHash'> & { reward: RewardLineage | null })[];
  parent: ModelLineage | null;
}

export interface RatingLineage extends Beside {
  rater: { id: string; name: string; kind: string; excluded: boolean };
  answer: Answer;
  ratedAt: string;
  milliseconds: number;
  guideline: { version: number; text: string };
}

export interface ImageLineage {
  image: ImageTable;
  /** What its file was called where it was imported from. */
  names: string[];
  prompt: Prompt;
  model: ModelLineage;
  ratings: RatingLineage[];
  /** What each reward model thought of the image. */
  rewards: { rewardHash: string; score: number }[];
  /** The reward models that learned from its ratings, and the tuned models that those steered. */
  taught: { rewardHash: string; part: string; tuned: { runId: string; step: number; modelHash: string }[] }[];
  /** The runs of tuning that learned from the image itself; of older runs it is not known. */
  learned: LearnedFrom[];
}

/** The lineage of one image record. */
export async function readImageLineage(db: Database, image: ImageTable): Promise<ImageLineage> {
  return {
    image,
    names: await listNamesOf(db, image.id),
    prompt: (await findPrompt(db, image.promptId))!,
    model: (await readModelLineage(db, image.modelHash))!,
    ratings: await readRatings(db, image.id),
    rewards: await db
      .selectFrom('rewards')
      .select(['rewardHash', 'score'])
      .where('imageId', '=', image.id)
      .orderBy('rewardHash')
      .execute(),
    taught: await readTaught(db, image.id),
    learned: await listLearnedFrom(db, image.id),
  };
}

/** The lineage of a model, back to the base it was tuned from. */
export async function readModelLineage(db: Database, hash: string): Promise<ModelLineage | null> {
  const model = await findModel(db, hash);
  if (!model) return null;
  const checkpoints: ModelLineage['checkpoints'] = [];
  for (const { modelHash: _hash, ...checkpoint } of await listCheckpointsOfModel(db, hash)) {
    const reward = checkpoint.rewardHash ? await readRewardLineage(db, checkpoint.rewardHash) : null;
    checkpoints.push({ ...checkpoint, reward });
  }
  const parent = model.parentHash && model.parentHash !== hash ? await readModelLineage(db, model.parentHash) : null;
  return { ...model, checkpoints, parent };
}

/** A reward function, and how many rated images it learned from. */
export async function readRewardLineage(db: Database, hash: string): Promise<RewardLineage | null> {
  const model = await findRewardModel(db, hash);
  if (!model) return null;
  const rows = await db
    .selectFrom('rewardExamples')
    .where('rewardHash', '=', hash)
    .select((e) => ['part', e.fn.countAll<number | string>().as('count')])
    .groupBy('part')
    .execute();
  const examples = { train: 0, validation: 0 };
  for (const { part, count } of rows) examples[part] = Number(count);
  const { config, dataHash, scores } = model;
  return { hash, config, dataHash, scores, examples };
}

async function readRatings(db: Database, imageId: string): Promise<RatingLineage[]> {
  const rows = await db
    .selectFrom('ratings')
    .innerJoin('raters', 'raters.id', 'ratings.raterId')
    .innerJoin('guidelines', 'guidelines.version', 'ratings.guidelineVersion')
    .where('imageId', '=', imageId)
    .select([
      'raters.id',
      'name',
      'kind',
      'excluded',
      'answer',
      'ratedAt',
      'milliseconds',
      'version',
      'guidelines.text',
      'ratings.words',
      'ratings.note',
      'ratings.scales',
    ])
    .orderBy('ratedAt')
    .orderBy('raters.id')
    .execute();
  return rows.map(({ id, name, kind, excluded, version, text, ...rating }) => ({
    rater: { id, name, kind, excluded: excluded === 1 },
    ...rating,
    ...readBeside(rating),
    guideline: { version, text },
  }));
}

async function readTaught(db: Database, imageId: string): Promise<ImageLineage['taught']> {
  const examples = await db
    .selectFrom('rewardExamples')
    .select(['rewardHash', 'part'])
    .where('imageId', '=', imageId)
    .orderBy('rewardHash')
    .execute();
  const taught: ImageLineage['taught'] = [];
  for (const { rewardHash, part } of examples) {
    const tuned = await db
      .selectFrom('checkpoints')
      .select(['runId', 'step', 'modelHash'])
      .where('rewardHash', '=', rewardHash)
      .orderBy('createdAt')
      .execute();
    taught.push({ rewardHash, part, tuned });
  }
  return taught;
}
