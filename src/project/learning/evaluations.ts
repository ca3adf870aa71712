// Evaluations: what a model was worth, beside what it was compared with.

import { hashJson } from '../../util/hash.ts';
import { type Database, now } from '../database/database.ts';
import type { EvaluationTable } from '../database/schema.ts';

/** An evaluation; `name` tells several of one model apart (`base`, `tuned`, `best-of-16`, …). */
export interface Evaluation {
  id: string;
  runId: string | null;
  name: string;
  modelHash: string;
  baselineHash: string | null;
  rewardHash: string | null;
  config: Record<string, unknown>;
  metrics: Record<string, unknown>;
  createdAt: string;
}

/** Stores an evaluation and returns its identifier; the same name, models and config again replaces the metrics. */
export async function putEvaluation(db: Database, evaluation: Omit<Evaluation, 'id' | 'createdAt'>): Promise<string> {
  const { name, modelHash, baselineHash, rewardHash, config, runId } = evaluation;
  const id = hashJson([name, modelHash, baselineHash, rewardHash, config]).slice(0, 16);
  const metrics = JSON.stringify(evaluation.metrics);
  const createdAt = now();
  await db
    .insertInto('evaluations')
    .values({
      id,
      runId,
      name,
      modelHash,
      baselineHash,
      rewardHash,
      config: JSON.stringify(config),
      metrics,
      createdAt,
    })
    .onConflict((c) => c.column('id').doUpdateSet({ runId, metrics, createdAt }))
    .execute();
  return id;
}

/** Evaluations by rising time, of one name or model where given. */
export async function listEvaluations(
  db: Database,
  where: { name?: string; modelHash?: string } = {},
): Promise<Evaluation[]> {
  let query = db.selectFrom('evaluations').selectAll().orderBy('createdAt').orderBy('id');
  if (where.name) query = query.where('name', '=', where.name);
  if (where.modelHash) query = query.where('modelHash', '=', where.modelHash);
  return (await query.execute()).map(toEvaluation);
}

function toEvaluation(row: EvaluationTable): Evaluation {
  return {
    ...row,
    config: JSON.parse(row.config) as Record<string, unknown>,
    metrics: JSON.parse(row.metrics) as Record<string, unknown>,
  };
}
