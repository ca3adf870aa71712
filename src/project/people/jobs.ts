// Jobs: stages that the studio started as processes of their own.

import { randomBytes } from 'node:crypto';
import type { JobError } from '../../util/job-files.ts';
import { hidePasswordsIn } from '../config/database-url.ts';
import { type Database, now } from '../database/database.ts';
import type { JobStatus, JobTable } from '../database/schema-studio.ts';

export interface Job extends Omit<JobTable, 'options' | 'error'> {
  options: Record<string, unknown>;
  error: JobError | null;
}

/** Records that a job begins. Its identifier sorts by time. */
export async function insertJob(
  db: Database,
  job: Pick<Job, 'kind' | 'options' | 'command' | 'host' | 'startedBy'>,
): Promise<Job> {
  const startedAt = now();
  const row: JobTable = {
    ...hidePasswordsIn(job),
    id: `job-${startedAt.slice(0, 19).replace(/[-:]/g, '')}-${randomBytes(3).toString('hex')}`,
    options: JSON.stringify(hidePasswordsIn(job.options)),
    status: 'running',
    pid: null,
    processStart: null,
    startedAt,
    finishedAt: null,
    error: null,
  };
  await db.insertInto('jobs').values(row).execute();
  return toJob(row);
}

/** Records the process of a job. */
export async function setJobProcess(
  db: Database,
  id: string,
  process: { pid: number; processStart: string | null },
): Promise<void> {
  await db.updateTable('jobs').set(process).where('id', '=', id).execute();
}

/** Marks a job as asked to stop, unless it is over. */
export async function markJobStopping(db: Database, id: string): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ status: 'stopping' })
    .where('id', '=', id)
    .where('status', '=', 'running')
    .execute();
}

/** Records how a job ended, once. */
export async function finishJob(
  db: Database,
  id: string,
  status: Exclude<JobStatus, 'running' | 'stopping'>,
  error: Job['error'],
): Promise<void> {
  await db
    .updateTable('jobs')
    .set({ status, error: error && JSON.stringify(hidePasswordsIn(error)), finishedAt: now() })
    .where('id', '=', id)
    .where('status', 'in', ['running', 'stopping'])
    .execute();
}

export async function findJob(db: Database, id: string): Promise<Job | undefined> {
  const row = await db.selectFrom('jobs').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toJob(row);
}

/** The latest jobs first, those that are not over where `open`. */
export async function listJobs(db: Database, { limit = 1000, open = false } = {}): Promise<Job[]> {
  let query = db.selectFrom('jobs').selectAll().orderBy('startedAt', 'desc').orderBy('id', 'desc').limit(limit);
  if (open) query = query.where('status', 'in', ['running', 'stopping']);
  return (await query.execute()).map(toJob);
}

/** What jobs say of themselves lies in this folder of the runs, by their identifiers. */
export const JOBS_FOLDER = 'jobs';

export async function listJobIds(db: Database): Promise<string[]> {
  return (await db.selectFrom('jobs').select('id').execute()).map(({ id }) => id);
}

/** Identifiers of the latest job of each kind. */
export async function listLatestJobs(db: Database): Promise<Set<string>> {
  const rows = await db.selectFrom('jobs').select(['id', 'kind']).orderBy('startedAt').orderBy('id').execute();
  return new Set(new Map(rows.map(({ id, kind }) => [kind, id])).values());
}

/** Jobs of earlier versions may hold the address of a database: it comes without its password. */
function toJob(stored: JobTable): Job {
  const row = hidePasswordsIn(stored);
  return {
    ...row,
    options: JSON.parse(row.options) as Record<string, unknown>,
    error: row.error === null ? null : (JSON.parse(row.error) as Job['error']),
  };
}
