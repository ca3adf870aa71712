// Runs: one row for each time that a stage worked, with the config it resolved and how far it came.

import { randomBytes } from 'node:crypto';
import { hashJson } from '../util/hash.ts';
import { type Database, now } from './database.ts';
import type { RunStatus, RunTable } from './schema.ts';

/** A run; `progress` is whatever the stage wants to find again. */
export interface Run {
  id: string;
  stage: string;
  configHash: string;
  config: Record<string, unknown>;
  status: RunStatus;
  startedAt: string;
  finishedAt: string | null;
  progress: Record<string, unknown>;
  error: string | null;
}

/** Records that a stage begins and returns the run. The identifier sorts by time. */
export async function startRun(db: Database, stage: string, config: object): Promise<Run> {
  const startedAt = now();
  const id = `${stage.replaceAll(' ', '-')}-${startedAt.slice(0, 19).replace(/[-:]/g, '')}-${randomBytes(2).toString('hex')}`;
  const row: RunTable = {
    id,
    stage,
    configHash: hashJson(config),
    config: JSON.stringify(config),
    status: 'running',
    startedAt,
    finishedAt: null,
    progress: '{}',
    error: null,
  };
  await db.insertInto('runs').values(row).execute();
  return toRun(row);
}

export async function updateRunProgress(db: Database, id: string, progress: Record<string, unknown>): Promise<void> {
  await db
    .updateTable('runs')
    .set({ progress: JSON.stringify(progress) })
    .where('id', '=', id)
    .execute();
}

/** Records how a run ended. */
export async function finishRun(
  db: Database,
  id: string,
  status: Exclude<RunStatus, 'running'>,
  error?: string,
): Promise<void> {
  await db
    .updateTable('runs')
    .set({ status, error: error ?? null, finishedAt: now() })
    .where('id', '=', id)
    .execute();
}

/** Takes a run up again after it was interrupted or killed. */
export async function resumeRun(db: Database, id: string): Promise<void> {
  await db.updateTable('runs').set({ status: 'running', error: null, finishedAt: null }).where('id', '=', id).execute();
}

/** Runs by rising start time, of one stage, config or status where given. */
export async function listRuns(
  db: Database,
  where: { stage?: string; configHash?: string; status?: RunStatus } = {},
): Promise<Run[]> {
  let query = db.selectFrom('runs').selectAll().orderBy('startedAt').orderBy('id');
  if (where.stage) query = query.where('stage', '=', where.stage);
  if (where.configHash) query = query.where('configHash', '=', where.configHash);
  if (where.status) query = query.where('status', '=', where.status);
  return (await query.execute()).map(toRun);
}

/** The run of a stage that started last, of one config or status where given. */
export async function findLatestRun(
  db: Database,
  stage: string,
  where: { configHash?: string; status?: RunStatus } = {},
): Promise<Run | undefined> {
  return (await listRuns(db, { stage, ...where })).at(-1);
}

function toRun(row: RunTable): Run {
  return {
    ...row,
    config: JSON.parse(row.config) as Record<string, unknown>,
    progress: JSON.parse(row.progress) as Record<string, unknown>,
  };
}
