// Runs: one row for each time that a stage worked, with the config it resolved and how far it came.

import { randomBytes } from 'node:crypto';
import { CollimateError } from '../../util/errors.ts';
import { hashJson } from '../../util/hash.ts';
import { type Database, now } from '../database/database.ts';
import type { RunStage, RunStatus, RunTable } from '../database/schema.ts';
import { listDifferences } from './differences.ts';

/** A run; `progress` is whatever the stage wants to find again. */
export interface Run {
  id: string;
  stage: RunStage;
  configHash: string;
  config: Record<string, unknown>;
  status: RunStatus;
  startedAt: string;
  finishedAt: string | null;
  progress: Record<string, unknown>;
  error: string | null;
  /** The whole configuration that it worked with, the database left out; null in runs of earlier versions. */
  settings: Record<string, unknown> | null;
  /** When it was asked for last, whether or not there was anything left to do; null in runs of earlier versions. */
  askedAt: string | null;
}

/** Where runs are recorded, and the configuration that they work with. */
export interface RunStore {
  readonly db: Database;
  readonly config: object;
}

/** Records that a stage begins and returns the run. The identifier sorts by time. */
export async function startRun(db: Database, stage: RunStage, config: object, settings?: object): Promise<Run> {
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
    settings: settings ? describeSettings(settings) : null,
    askedAt: startedAt,
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
export async function resumeRun(db: Database, id: string, settings?: object): Promise<void> {
  const stored = settings ? { settings: describeSettings(settings) } : {};
  await db
    .updateTable('runs')
    .set({ status: 'running', error: null, finishedAt: null, askedAt: now(), ...stored })
    .where('id', '=', id)
    .execute();
}

/** Where the database lies is no part of what a run comes to, and its address may hold a password. */
function describeSettings(config: object): string {
  return JSON.stringify({ ...config, database: undefined });
}

/**
 * The run of a stage with this very config: the latest one, taken up again, or a new one. How it ends is recorded: done,
 * interrupted, or failed with the message of the error.
 *
 * @param recall what a finished run came to, where nothing is left to do: it then stays as it is, but for having been
 * asked for. Undefined has it worked on again
 * @example
 * await withRun(project, 'tune', { tune, dataHash }, (run) => tuneFrom(run), (run) => isThere(run) ? run.progress : undefined);
 */
export async function withRun<T>(
  { db, config: settings }: RunStore,
  stage: RunStage,
  config: object,
  work: (run: Run) => Promise<T>,
  recall: (run: Run) => Promise<T | undefined> | T | undefined = () => undefined,
): Promise<T> {
  const found = await findLatestRun(db, stage, { configHash: hashJson(config) });
  const recalled = found?.status === 'done' ? await recall(found) : undefined;
  if (recalled !== undefined) {
    await db.updateTable('runs').set({ askedAt: now() }).where('id', '=', found!.id).execute();
    return recalled;
  }
  if (found) await resumeRun(db, found.id, settings);
  const run: Run = found ? { ...found, status: 'running' } : await startRun(db, stage, config, settings);
  try {
    const result = await work(run);
    await finishRun(db, run.id, 'done');
    return result;
  } catch (error) {
    const interrupted = error instanceof CollimateError && error.code === 'INTERRUPTED';
    await finishRun(db, run.id, interrupted ? 'interrupted' : 'failed', (error as Error).message).catch(
      (failure: unknown) => {
        // Where the database is away, how the run ended cannot be stored; why it did is what counts.
        if (!(failure instanceof CollimateError && failure.code === 'UNAVAILABLE')) throw failure;
      },
    );
    throw error;
  }
}

/** Runs by rising start time, of one stage, config or status where given. */
export async function listRuns(
  db: Database,
  where: { stage?: RunStage; configHash?: string; status?: RunStatus } = {},
): Promise<Run[]> {
  let query = db.selectFrom('runs').selectAll().orderBy('startedAt').orderBy('id');
  if (where.stage) query = query.where('stage', '=', where.stage);
  if (where.configHash) query = query.where('configHash', '=', where.configHash);
  if (where.status) query = query.where('status', '=', where.status);
  return (await query.execute()).map(toRun);
}

/**
 * Why a stage starts from its beginning although a run of it was stopped: in what it differs from the latest one of
 * `isSame`. Undefined where the latest run is finished, or is this very one.
 */
export async function explainRestart(
  db: Database,
  stage: RunStage,
  config: object,
  isSame: (run: Run) => boolean = () => true,
): Promise<string | undefined> {
  const last = (await listRuns(db, { stage })).filter(isSame).at(-1);
  if (!last || last.status === 'done' || last.configHash === hashJson(config)) return undefined;
  const { step } = last.progress;
  const far = typeof step === 'number' ? ` at step ${step}` : '';
  const differing = listDifferences(last.config, config);
  return (
    `The run ${last.id} was stopped${far} and cannot go on with this command, which differs from it in ` +
    `${differing.join('; ')}. It stays as it is, and this run starts at its beginning.`
  );
}

/** The finished runs of a stage, the one that was asked for last first. */
export async function listAskedRuns(db: Database, stage: RunStage): Promise<Run[]> {
  const asked = ({ askedAt, finishedAt }: Run) => askedAt ?? finishedAt ?? '';
  return (await listRuns(db, { stage, status: 'done' })).sort((a, b) => (asked(a) < asked(b) ? 1 : -1));
}

/** The run of a stage that started last, of one config or status where given. */
export async function findLatestRun(
  db: Database,
  stage: RunStage,
  where: { configHash?: string; status?: RunStatus } = {},
): Promise<Run | undefined> {
  return (await listRuns(db, { stage, ...where })).at(-1);
}

function toRun(row: RunTable): Run {
  return {
    ...row,
    config: JSON.parse(row.config) as Record<string, unknown>,
    progress: JSON.parse(row.progress) as Record<string, unknown>,
    settings: row.settings === null ? null : (JSON.parse(row.settings) as Record<string, unknown>),
  };
}
