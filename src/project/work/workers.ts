// Workers as rows of the project: who they are, what they can, what they do and how fast. Every time is the database's, since
// the clocks of machines differ.

import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../database/database.ts';
import type { WorkerTable } from '../database/schema.ts';

export type Worker = WorkerTable;

/** What a worker says of itself. */
export type WorkerReport = Omit<WorkerTable, 'startedAt' | 'seenAt'>;

/** After how many seconds of silence a worker is not counted on. It says something every few seconds. */
const SILENT_S = 30;
/** After how many it is forgotten. */
const FORGOTTEN_S = 24 * 3600;

/** The time of the database, `seconds` ago, as the store writes times. */
function databaseTime(seconds = 0): RawBuilder<string> {
  return sql<string>`to_char(clock_timestamp() at time zone 'utc' - make_interval(secs => ${seconds}), 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** Stores what a worker says of itself now. */
export async function putWorker(db: Database, report: WorkerReport): Promise<void> {
  const { id: _, ...changes } = report;
  await db
    .insertInto('workers')
    .values({ ...report, startedAt: databaseTime(), seenAt: databaseTime() })
    .onConflict((c) => c.column('id').doUpdateSet({ ...changes, seenAt: databaseTime() }))
    .execute();
}

export async function removeWorker(db: Database, id: string): Promise<void> {
  await db.deleteFrom('workers').where('id', '=', id).execute();
}

/** Workers that were heard of lately, by name; those that were not for long are forgotten. */
export async function listWorkers(db: Database): Promise<Worker[]> {
  await db.deleteFrom('workers').where('seenAt', '<', databaseTime(FORGOTTEN_S)).execute();
  return db
    .selectFrom('workers')
    .selectAll()
    .where('seenAt', '>=', databaseTime(SILENT_S))
    .orderBy('name')
    .orderBy('id')
    .execute();
}

/** Living workers that do a kind of work. */
export async function listWorkersOf(db: Database, kind: string): Promise<Worker[]> {
  const workers = await listWorkers(db);
  return workers.filter(({ kinds, state }) => state !== 'draining' && kinds.split(' ').includes(kind));
}
