// How much work there is, read without opening the queue: whoever only watches starts nothing.

import { sql } from 'kysely';
import { plural } from '../../util/text.ts';
import { type Database, readSchema } from '../database/database.ts';

export interface WorkCount {
  readonly topic: string;
  readonly state: 'waiting' | 'working' | 'failed';
  readonly count: number;
}

/** An item that failed for good. */
export interface FailedItem {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly attempts: number;
  readonly failedAt: string;
  readonly error: string;
  /** Which worker tried it last, if it could say. */
  readonly worker: string | null;
}

/** The table of the queue; undefined where there never was one. */
async function findTable(db: Database): Promise<string | undefined> {
  const table = `${await readSchema(db)}_work.job`;
  const known = await sql<{ found: string | null }>`select to_regclass(${table})::text as found`.execute(db);
  return known.rows[0]?.found === null ? undefined : table;
}

/** Which items that failed for good are meant. */
export interface FailedFilter {
  readonly topic?: string;
  readonly key?: string;
  /** How their identifiers begin. */
  readonly start?: string;
}

/** Items that failed for good, the latest first, at most `limit` of them. */
export async function listFailedItems(
  db: Database,
  limit: number,
  { topic, key, start }: FailedFilter = {},
): Promise<FailedItem[]> {
  const table = await findTable(db);
  if (table === undefined) return [];
  const { rows } = await sql<FailedRow>`
    select id, source_name as topic, singleton_key as key, coalesce(source_retry_count, 0)::int + 1 as attempts,
      created_on as at, source_output as output
    from ${sql.table(table)} where name = 'dead' and state < 'active'
      and (${topic ?? null}::text is null or source_name = ${topic ?? null})
      and (${key ?? null}::text is null or singleton_key = ${key ?? null})
      and (${start ?? null}::text is null or starts_with(id::text, ${start ?? null}))
    order by created_on desc, id desc limit ${limit}`.execute(db);
  return rows.map(({ id, topic, key, attempts, at, output }) => ({
    id,
    topic,
    key,
    attempts: Number(attempts),
    failedAt: new Date(at).toISOString(),
    error: output?.message ?? 'its worker fell silent',
    worker: output?.worker ?? null,
  }));
}

/** Keys of a topic that failed for good. */
export async function listFailedKeys(db: Database, topic: string): Promise<Set<string>> {
  const table = await findTable(db);
  if (table === undefined) return new Set();
  const { rows } = await sql<{ key: string }>`
    select singleton_key as key from ${sql.table(table)}
    where name = 'dead' and state < 'active' and source_name = ${topic}`.execute(db);
  return new Set(rows.map(({ key }) => key));
}

interface FailedRow {
  readonly id: string;
  readonly topic: string;
  readonly key: string;
  readonly attempts: number | string;
  readonly at: Date | string;
  readonly output: { readonly message?: string; readonly worker?: string } | null;
}

/** Items by topic and state; none where there never was a queue. */
export async function countWork(db: Database): Promise<WorkCount[]> {
  const table = await findTable(db);
  if (table === undefined) return [];
  const { rows } = await sql<WorkCount>`
    select coalesce(source_name, name) as topic,
      case when name = 'dead' then 'failed' when state = 'active' then 'working' else 'waiting' end as state,
      count(*)::int as count
    from ${sql.table(table)} where state < 'completed' group by 1, 2 order by 1, 2`.execute(db);
  return rows.map(({ topic, state, count }) => ({ topic, state, count: Number(count) }));
}

/** How many items failed for good. */
export function countFailed(counts: readonly WorkCount[]): number {
  return counts.reduce((sum, { state, count }) => sum + (state === 'failed' ? count : 0), 0);
}

/** What there is to do about a stage that failed so, as its items are now. */
export function adviseFailedWork(all: readonly WorkCount[], topic: string): string {
  const counts = all.filter((row) => row.topic === topic);
  const failed = countFailed(counts);
  const live = counts.reduce((total, { count }) => total + count, 0) - failed;
  if (failed > 0)
    return `${plural(failed, 'item still counts', 'items still count')} as failed: once the cause is mended, try again or give up what is listed under Workers, then start this stage again.`;
  if (live > 0)
    return `${plural(live, 'item of this stage waits or is', 'items of this stage wait or are')} being worked on: start this stage again, which waits for them and goes on.`;
  return 'Nothing of it counts as failed any more: it was made since, or given up. Start this stage again: it takes what is there and goes on.';
}
