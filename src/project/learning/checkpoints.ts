// Checkpoints: what a tuning run had made at a step, and the reward and data it was made from.

import { type Database, inTransaction, now } from '../database/database.ts';
import type { CheckpointTable } from '../database/schema.ts';
import { putModel } from '../images/models.ts';

/** A checkpoint; `modelHash` is the hash of its weights. */
export interface Checkpoint {
  runId: string;
  step: number;
  modelHash: string;
  rewardHash: string | null;
  dataHash: string;
  config: Record<string, unknown>;
  metrics: Record<string, unknown>;
  createdAt: string;
}

/** Stores a checkpoint and its model (tuned from `parentHash`, weights at `path`); the same run and step again replaces it. */
export function putCheckpoint(
  db: Database,
  checkpoint: Omit<Checkpoint, 'createdAt'> & { path: string; parentHash: string },
): Promise<void> {
  const { path, parentHash, ...rest } = checkpoint;
  return inTransaction(db, async (tx) => {
    await putModel(tx, { hash: rest.modelHash, kind: 'checkpoint', path, parentHash });
    const row = {
      ...rest,
      config: JSON.stringify(rest.config),
      metrics: JSON.stringify(rest.metrics),
      createdAt: now(),
    };
    const { runId: _run, step: _step, ...replaced } = row;
    await tx
      .insertInto('checkpoints')
      .values(row)
      .onConflict((c) => c.columns(['runId', 'step']).doUpdateSet(replaced))
      .execute();
  });
}

/** The checkpoints of a run by rising step, or of all runs by time. */
export async function listCheckpoints(db: Database, runId?: string): Promise<Checkpoint[]> {
  let query = db.selectFrom('checkpoints').selectAll();
  query = runId ? query.where('runId', '=', runId).orderBy('step') : query.orderBy('createdAt').orderBy('step');
  return (await query.execute()).map(toCheckpoint);
}

export async function listCheckpointsOfModel(db: Database, modelHash: string): Promise<Checkpoint[]> {
  return (
    await db.selectFrom('checkpoints').selectAll().where('modelHash', '=', modelHash).orderBy('createdAt').execute()
  ).map(toCheckpoint);
}

function toCheckpoint(row: CheckpointTable): Checkpoint {
  return {
    ...row,
    config: JSON.parse(row.config) as Record<string, unknown>,
    metrics: JSON.parse(row.metrics) as Record<string, unknown>,
  };
}
