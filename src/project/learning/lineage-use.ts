// The way back: what a model drew and learned from, what a reward function was taught and steered, what a prompt led to. In counts.

import type { Database } from '../database/database.ts';
import type { ImagePurpose, ModelTable } from '../database/schema.ts';
import { listModels } from '../images/models.ts';
import type { Prompt } from '../images/prompts.ts';
import { listCheckpoints } from './checkpoints.ts';
import { type ModelLineage, type RewardLineage, readModelLineage, readRewardLineage } from './lineage.ts';

/** Pictures of one purpose by one model. */
export interface DrawnCount {
  readonly modelHash: string;
  readonly purpose: ImagePurpose;
  readonly images: number;
}

export interface ModelUse {
  readonly model: ModelLineage;
  /** By run that made it: how many pictures it learned from; of runs of earlier versions it is not known, and 0. */
  readonly learned: readonly { readonly runId: string; readonly images: number }[];
  readonly drew: readonly DrawnCount[];
  /** Models that were tuned from it. */
  readonly children: readonly Pick<ModelTable, 'hash' | 'path'>[];
}

export async function readModelUse(db: Database, hash: string): Promise<ModelUse | null> {
  const model = await readModelLineage(db, hash);
  if (!model) return null;
  const runs = [...new Set(model.checkpoints.map(({ runId }) => runId))];
  const learned = await Promise.all(runs.map(async (runId) => ({ runId, images: await countLearned(db, runId) })));
  const drew = await countDrawn(db, { modelHash: hash });
  const children = (await listModels(db)).filter(({ parentHash }) => parentHash === hash);
  return { model, learned, drew, children: children.map(({ hash: own, path }) => ({ hash: own, path })) };
}

async function countLearned(db: Database, runId: string): Promise<number> {
  const row = await db
    .selectFrom('tuneExamples')
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .where('runId', '=', runId)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

async function countDrawn(
  db: Database,
  { modelHash, promptId }: { modelHash?: string; promptId?: string },
): Promise<DrawnCount[]> {
  let query = db
    .selectFrom('images')
    .select(['modelHash', 'purpose'])
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .groupBy(['modelHash', 'purpose'])
    .orderBy('modelHash')
    .orderBy('purpose');
  if (modelHash !== undefined) query = query.where('modelHash', '=', modelHash);
  if (promptId !== undefined) query = query.where('promptId', '=', promptId);
  return (await query.execute()).map(({ count, ...row }) => ({ ...row, images: Number(count) }));
}

export interface RewardUse {
  readonly reward: RewardLineage;
  /** How many pictures it scored. */
  readonly scored: number;
  readonly steered: readonly { readonly runId: string; readonly step: number; readonly modelHash: string }[];
}

export async function readRewardUse(db: Database, hash: string): Promise<RewardUse | null> {
  const reward = await readRewardLineage(db, hash);
  if (!reward) return null;
  const { count } = await db
    .selectFrom('rewards')
    .select((e) => e.fn.countAll<number | string>().as('count'))
    .where('rewardHash', '=', hash)
    .executeTakeFirstOrThrow();
  const steered = (await listCheckpoints(db)).filter(({ rewardHash }) => rewardHash === hash);
  return {
    reward,
    scored: Number(count),
    steered: steered.map(({ runId, step, modelHash }) => ({ runId, step, modelHash })),
  };
}

export interface PromptUse {
  readonly prompt: Prompt;
  readonly drawn: readonly DrawnCount[];
  /** Answers about its pictures, by what was answered; skipped ones too. */
  readonly answers: Readonly<Record<string, number>>;
}

export async function readPromptUse(db: Database, prompt: Prompt): Promise<PromptUse> {
  const rows = await db
    .selectFrom('ratings')
    .innerJoin('images', 'images.id', 'ratings.imageId')
    .where('promptId', '=', prompt.id)
    .select((e) => ['answer', e.fn.countAll<number | string>().as('count')])
    .groupBy('answer')
    .orderBy('answer')
    .execute();
  return {
    prompt,
    drawn: await countDrawn(db, { promptId: prompt.id }),
    answers: Object.fromEntries(rows.map(({ answer, count }) => [answer, Number(count)])),
  };
}
