// Reward models, the images each learned from, and the scores each gave.

import { type Database, insertInChunks, inTransaction, now } from '../database/database.ts';
import type { RewardExampleTable, RewardModelTable, RewardTable } from '../database/schema.ts';

/** A reward model; `hash` is that of its weights file, `scores` what it reached on held-out ratings. */
export interface RewardModel {
  hash: string;
  runId: string | null;
  config: Record<string, unknown>;
  dataHash: string;
  scores: Record<string, unknown>;
  createdAt: string;
  /** Taught by held-out raters alone: it watches over tuning and never steers it. */
  heldOut: boolean;
}

/**
 * Stores a reward model with the images it learned from and was stopped by, as the latest. The same weights again change
 * nothing but scores and time.
 */
export function putRewardModel(
  db: Database,
  { heldOut = false, ...model }: Omit<RewardModel, 'createdAt' | 'heldOut'> & { heldOut?: boolean },
  examples: readonly Pick<RewardExampleTable, 'imageId' | 'part'>[] = [],
): Promise<void> {
  return inTransaction(db, async (tx) => {
    const scores = JSON.stringify(model.scores);
    const createdAt = now();
    await tx
      .insertInto('rewardModels')
      .values({ ...model, config: JSON.stringify(model.config), scores, createdAt, heldOut: heldOut ? 1 : 0 })
      .onConflict((c) => c.column('hash').doUpdateSet({ scores, createdAt }))
      .execute();
    const rows = examples.map(({ imageId, part }) => ({ rewardHash: model.hash, imageId, part }));
    await insertInChunks(tx, rows, (chunkTx, chunk) =>
      chunkTx
        .insertInto('rewardExamples')
        .values(chunk)
        .onConflict((c) => c.columns(['rewardHash', 'imageId']).doNothing()),
    );
  });
}

/** Stores what a reward model reached when it was measured again. */
export async function updateRewardScores(db: Database, hash: string, scores: Record<string, unknown>): Promise<void> {
  await db
    .updateTable('rewardModels')
    .set({ scores: JSON.stringify(scores) })
    .where('hash', '=', hash)
    .execute();
}

export async function findRewardModel(db: Database, hash: string): Promise<RewardModel | undefined> {
  const row = await db.selectFrom('rewardModels').selectAll().where('hash', '=', hash).executeTakeFirst();
  return row && toRewardModel(row);
}

/** All reward models, in the order in which they came. */
export async function listRewardModels(db: Database): Promise<RewardModel[]> {
  const rows = await db.selectFrom('rewardModels').selectAll().orderBy('createdAt').orderBy('hash').execute();
  return rows.map(toRewardModel);
}

/** The reward model stored last, of those that may steer tuning. */
export async function findLatestRewardModel(db: Database): Promise<RewardModel | undefined> {
  const row = await db
    .selectFrom('rewardModels')
    .selectAll()
    .where('heldOut', '=', 0)
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && toRewardModel(row);
}

/** The images a reward model learned from, in a fixed order. */
export function listRewardExamples(db: Database, rewardHash: string): Promise<RewardExampleTable[]> {
  return db.selectFrom('rewardExamples').selectAll().where('rewardHash', '=', rewardHash).orderBy('imageId').execute();
}

/** Stores scores of one reward model; those that are there stay. */
export function insertRewards(
  db: Database,
  rewardHash: string,
  scores: readonly { imageId: string; score: number; doubt?: number | null }[],
): Promise<number> {
  const rows = scores.map(({ imageId, score, doubt = null }) => ({ rewardHash, imageId, score, doubt }));
  return insertInChunks(db, rows, (tx, chunk) =>
    tx
      .insertInto('rewards')
      .values(chunk)
      .onConflict((c) => c.columns(['rewardHash', 'imageId']).doNothing()),
  );
}

/** The scores of one reward model by image. */
export async function readRewards(db: Database, rewardHash: string): Promise<Map<string, number>> {
  return new Map((await listRewards(db, rewardHash)).map(({ imageId, score }) => [imageId, score]));
}

/** The scores of one reward model, with the doubt of an ensemble. */
export function listRewards(
  db: Database,
  rewardHash: string,
): Promise<Pick<RewardTable, 'imageId' | 'score' | 'doubt'>[]> {
  return db.selectFrom('rewards').select(['imageId', 'score', 'doubt']).where('rewardHash', '=', rewardHash).execute();
}

function toRewardModel(row: RewardModelTable): RewardModel {
  return {
    ...row,
    config: JSON.parse(row.config) as Record<string, unknown>,
    scores: JSON.parse(row.scores) as Record<string, unknown>,
    heldOut: row.heldOut === 1,
  };
}
