// The queue of work: pg-boss on the project's PostgreSQL, in a schema beside the project's own. The only importer of pg-boss.
// Items are delivered at least once; what they make is stored once, whoever makes it.

import { sql } from 'kysely';
import { PgBoss } from 'pg-boss';
import { CollimateError } from '../../util/errors.ts';
import { createWaiter, type Patience } from '../../util/patience.ts';
import { hidePasswords } from '../config/database-url.ts';
import { type Database, readSchema } from '../database/database.ts';
import { translateErrors } from '../database/driver-postgres.ts';
import { countFailed, countWork, type FailedFilter, type FailedItem, listFailedItems } from './count-work.ts';
import { topicName, type WorkItem, type WorkTopic } from './kinds.ts';

/** Where items go that failed for good. */
const DEAD = 'dead';
/** Connections of one process to the queue. */
const CONNECTIONS = 2;
const FIRST_PAUSE_S = 2;
const LONGEST_PAUSE_S = 300;
/** How long what is done is remembered; results are elsewhere. */
const REMEMBERED_S = 24 * 3600;
/** An item may be worked on for so long, however well its worker seems. */
const LONGEST_S = 12 * 3600;
/** How often one of the processes looks for items whose worker fell silent. */
const LOOK_S = 3;

/** An item that a worker has. It is that one attempt: another worker's does not count for it. */
export interface TakenItem {
  readonly topic: string;
  readonly id: string;
  readonly key: string;
  readonly data: unknown;
  /** How often it was tried before. */
  readonly retryCount: number;
}

/** Items of one topic by what becomes of them. */
export interface TopicCount {
  readonly topic: string;
  readonly waiting: number;
  readonly working: number;
}

export interface DeliveryOptions {
  /** How often an item is tried. */
  readonly attempts: number;
  /** After how many seconds of silence a worker is taken to be dead; at least 10. */
  readonly heartbeat: number;
}

export interface WorkQueue {
  /**
   * Adds items that are not waiting or being worked on; returns how many were new. They no longer count as failed: they are
   * tried anew.
   */
  add(topic: WorkTopic, items: readonly WorkItem[], options: DeliveryOptions): Promise<number>;
  /** Topics with items that wait to be taken, the one that waits longest first. */
  listWaiting(): Promise<string[]>;
  take(topic: string, count: number): Promise<TakenItem[]>;
  /** Says that the worker of these lives. */
  touch(items: readonly TakenItem[]): Promise<void>;
  /** Returns how many were this worker's still: others were given to somebody else, when this one seemed dead. */
  complete(items: readonly TakenItem[]): Promise<number>;
  /** It is tried again later, or goes to those that failed for good. */
  fail(items: readonly TakenItem[], error: { message: string; worker: string }): Promise<void>;
  /** Puts back what its worker can not make now, as if it had not been taken. */
  giveBack(items: readonly TakenItem[]): Promise<void>;
  /** Keys of a topic that wait or are being worked on. */
  listLive(topic: WorkTopic): Promise<Set<string>>;
  cancel(topic: WorkTopic, keys: ReadonlySet<string>): Promise<number>;
  count(): Promise<TopicCount[]>;
  /** The latest that failed for good, at most `limit`. */
  listFailed(limit?: number, filter?: FailedFilter): Promise<FailedItem[]>;
  /** Puts failed items back where they came from; all, or those of these identifiers. Returns how many. */
  retryFailed(ids?: readonly string[]): Promise<number>;
  /** Takes failed items away; all, or those of these identifiers. Returns how many. */
  dropFailed(ids?: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

interface JobRow {
  id: string;
  name: string;
  key: string;
  [column: string]: unknown;
}

/**
 * Opens the queue of the project whose database is at `url`; makes its tables where they are missing.
 *
 * @param patience waits for a server that goes away
 */
export async function openWorkQueue(db: Database, url: string, patience?: Patience): Promise<WorkQueue> {
  const schema = `${await readSchema(db)}_work`;
  // Whoever owns this schema alone may not make schemas, not even one that is there.
  const there = await hasSchema(db, schema);
  const boss = new PgBoss({
    connectionString: url,
    application_name: 'collimate work',
    schema,
    createSchema: !there,
    max: CONNECTIONS,
    schedule: false,
    superviseIntervalSeconds: LOOK_S,
    monitorIntervalSeconds: LOOK_S,
    // Workers are rows of the project, which say more of them.
    registerInstance: false,
    // Spans of those who take items name the trace of those who asked for them.
    openTelemetry: { propagateContext: true },
  });
  // Whoever asks for something is told; what the queue does by itself it does again.
  boss.on('error', () => {});
  const wait = patience && createWaiter(patience);
  const ask = <T>(work: () => Promise<T>): Promise<T> => {
    const once = () => translateErrors(url, work);
    return wait ? wait.retry(once) : once();
  };
  const query = async (text: string, values: unknown[] = []) =>
    (await ask(() => boss.getDb().executeSql(text, values))).rows as JobRow[];
  await ask(() =>
    boss.start().catch((error: unknown) => {
      if ((error as { code?: string }).code !== '42501') throw error;
      throw new CollimateError(
        'STORAGE',
        `${hidePasswords(url)}: the queue’s tables cannot be made in schema ${schema} (${(error as Error).message})`,
        there
          ? `It, or what is in it, is another user’s. Have an administrator give it to this one: alter schema ${schema} owner to, and the name of this user; tables in it likewise.`
          : `Have an administrator make it once: create schema ${schema} authorization, and the name of this user.`,
        { cause: error },
      );
    }),
  );
  await ask(() => boss.createQueue(DEAD, { retentionSeconds: 365 * 24 * 3600 }));
  const made = new Set<string>();

  async function makeTopic(name: string, { attempts, heartbeat }: DeliveryOptions): Promise<void> {
    if (made.has(name)) return;
    const delivery = {
      deadLetter: DEAD,
      retryLimit: attempts - 1,
      retryDelay: FIRST_PAUSE_S,
      retryBackoff: true,
      retryDelayMax: LONGEST_PAUSE_S,
      heartbeatSeconds: heartbeat,
      expireInSeconds: LONGEST_S,
      deleteAfterSeconds: REMEMBERED_S,
    };
    // `exclusive` lets one item of a key wait or be worked on; with another policy a key alone would not keep out a second.
    await ask(() => boss.createQueue(name, { policy: 'exclusive', ...delivery }));
    await ask(() => boss.updateQueue(name, delivery));
    made.add(name);
  }
  /** What failed for good and is meant by a condition, of which `$2` is the first value. */
  async function findDead(condition: string, ...values: unknown[]): Promise<string[]> {
    const where = `name = $1 and state < 'active' and ${condition}`;
    return (await query(`select id from ${schema}.job where ${where}`, [DEAD, ...values])).map(({ id }) => id);
  }
  async function dropDead(ids: readonly string[]): Promise<number> {
    for (let i = 0; i < ids.length; i += ROWS_AT_ONCE)
      await ask(() => boss.deleteJob(DEAD, ids.slice(i, i + ROWS_AT_ONCE)));
    return ids.length;
  }
  const attempt = ({ id, retryCount }: TakenItem) => ({ id, retryCount });
  const byTopic = async (items: readonly TakenItem[], work: (topic: string, own: TakenItem[]) => Promise<unknown>) => {
    for (const topic of new Set(items.map((item) => item.topic)))
      await ask(() =>
        work(
          topic,
          items.filter((item) => item.topic === topic),
        ),
      );
  };

  return {
    async add(topic, items, options) {
      const name = topicName(topic);
      await makeTopic(name, options);
      let added = 0;
      for (let i = 0; i < items.length; i += ROWS_AT_ONCE) {
        const jobs = items.slice(i, i + ROWS_AT_ONCE).map(({ key, data }) => ({ singletonKey: key, data }));
        // Found before they are added: what fails from then on stays failed.
        const failed = await findDead(
          'source_name = $2 and singleton_key = any($3)',
          name,
          jobs.map((job) => job.singletonKey),
        );
        added += (await ask(() => boss.insert(name, jobs, { returnId: true })))?.length ?? 0;
        await dropDead(failed);
      }
      return added;
    },
    async listWaiting() {
      const rows = await query(
        `select name, min(created_on) as since from ${schema}.job
         where state < 'active' and start_after <= now() and name <> $1 group by name order by since`,
        [DEAD],
      );
      return rows.map(({ name }) => name);
    },
    async take(topic, count) {
      const jobs = await ask(() => boss.fetch<object>(topic, { batchSize: count, includeMetadata: true }));
      return jobs.map(({ id, singletonKey, data, retryCount }) => ({
        topic,
        id,
        key: singletonKey ?? id,
        data,
        retryCount,
      }));
    },
    touch: (items) => byTopic(items, (topic, own) => boss.touch(topic, own.map(attempt))),
    async complete(items) {
      let settled = 0;
      await byTopic(items, async (topic, own) => {
        // Its types leave out what it answers and its documentation names.
        const answer = (await boss.complete(topic, own.map(attempt))) as { affected?: number };
        settled += answer.affected ?? own.length;
      });
      return settled;
    },
    fail: (items, error) => byTopic(items, (topic, own) => boss.fail(topic, own.map(attempt), error)),
    giveBack: (items) =>
      byTopic(items, async (topic, own) => {
        // As pg-boss puts back what it took too much of: it is no try. What was given to others meanwhile stays theirs.
        await query(
          `update ${schema}.job as job set state = 'created', started_on = null, heartbeat_on = null
           from unnest($2::uuid[], $3::int[]) as own (id, tries)
           where job.id = own.id and retry_count = tries and name = $1 and state = 'active'`,
          [topic, own.map(({ id }) => id), own.map(({ retryCount }) => retryCount)],
        );
      }),
    async listLive(topic) {
      const rows = await query(
        `select singleton_key as key from ${schema}.job where name = $1 and state < 'completed'`,
        [topicName(topic)],
      );
      return new Set(rows.map(({ key }) => key));
    },
    async cancel(topic, keys) {
      const name = topicName(topic);
      const rows = await query(
        `select id, singleton_key as key from ${schema}.job where name = $1 and state < 'active'`,
        [name],
      );
      const ids = rows.filter(({ key }) => keys.has(key)).map(({ id }) => id);
      for (let i = 0; i < ids.length; i += ROWS_AT_ONCE)
        await ask(() => boss.deleteJob(name, ids.slice(i, i + ROWS_AT_ONCE)));
      return ids.length;
    },
    async count() {
      const rows = await query(
        `select name, count(*) filter (where state < 'active')::int as waiting,
           count(*) filter (where state = 'active')::int as working
         from ${schema}.job where state < 'completed' and name <> $1 group by name order by name`,
        [DEAD],
      );
      return rows.map(({ name, waiting, working }) => ({
        topic: name,
        waiting: Number(waiting),
        working: Number(working),
      }));
    },
    listFailed: (limit = 100, filter) => ask(() => listFailedItems(db, limit, filter)),
    async retryFailed(ids) {
      const limit = Math.max(1, countFailed(await ask(() => countWork(db))));
      return ask(() => boss.redrive(DEAD, { limit, ...(ids && { ids: [...ids] }) }));
    },
    dropFailed: async (ids) => dropDead(await (ids ? findDead('id = any($2)', ids) : findDead('true'))),
    close: () => boss.stop({ graceful: false }),
  };
}

async function hasSchema(db: Database, schema: string): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select exists (select from pg_namespace where nspname = ${schema}) as there`.execute(db);
  return rows[0]!.there;
}

/** Rows in one statement. */
const ROWS_AT_ONCE = 1000;

/** @throws CollimateError USAGE where the project's rows or objects are where no other machine can see them. */
export function requireShared(database: string, objects: string, isShared: boolean): void {
  if (isShared) return;
  throw new CollimateError(
    'USAGE',
    `work: expected a database and objects that other machines see, got database ${database} and objects ${objects}`,
    'Move them: `collimate move-database --to postgres://…`, `collimate move-objects --to s3://…`.',
  );
}
