// Runs: one row for each time that a stage worked, with the config it resolved and how far it came.

import { randomBytes } from 'node:crypto';
import { CollimateError } from '../../util/errors.ts';
import { hashJson } from '../../util/hash.ts';
import { type Database, now } from '../database/database.ts';
import type { RunStatus, RunTable } from '../database/schema.ts';

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

/**
 * The run of a stage with this very config: the latest one, taken up again, or a new one. `work` is told how the run
 * stood before, and how it ends is recorded: done, interrupted, or failed with the message of the error.
 *
 * @example
 * await withRun(db, 'tune', { tune, dataHash }, async (run, before) => before === 'done' ? run.progress : tuneFrom(run));
 */
export async function withRun<T>(
  db: Database,
  stage: string,
  config: object,
  work: (run: Run, before: RunStatus | 'new') => Promise<T>,
): Promise<T> {
  const found = await findLatestRun(db, stage, { configHash: hashJson(config) });
  if (found) await resumeRun(db, found.id);
  const run: Run = found ? { ...found, status: 'running' } : await startRun(db, stage, config);
  try {
    const result = await work(run, found?.status ?? 'new');
    await finishRun(db, run.id, 'done');
    return result;
  } catch (error) {
    const interrupted = error instanceof CollimateError && error.code === 'INTERRUPTED';
    await finishRun(db, run.id, interrupted ? 'interrupted' : 'failed', (error as Error).message);
    throw error;
  }
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
