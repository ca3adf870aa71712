// Locks of stages on a project whose database is PostgreSQL: advisory locks of a connection of their own, which the server gives
// up when that connection ends, so a holder that died, on whichever machine, holds nothing. A stage with settings shares the
// project's lock and has its own alone; a stage without has the project's alone.

import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Pool, PoolClient } from 'pg';
import { CollimateError } from '../../util/errors.ts';
import { ConnectionLost } from '../../util/patience.ts';
import { hidePassword } from '../config/database-url.ts';
import { type Database, inTransaction } from './database.ts';
import { openPool, poolerError, translateErrors } from './driver-postgres.ts';
import { type Lock, type LockHolder, type LockScope, lockedError, makeHolder, scopeKey, sortHolders } from './lock.ts';

/** The first half of the project's key; the second is made from the schema, since another one is another project. */
const KEY = 0x636f_6c6c;
/** The first half of a stage's key, whose second half is made from its name too. */
const STAGE_KEY = 0x636f_6c6d;
/** The row of whoever has the project alone. */
const NAME = 'stage';
const schemaKey = 'abs(hashtext(current_schema()::text) % 2147483647)';
const stageKey = (name: string) => `abs(hashtext(current_schema()::text || ' ${name}') % 2147483647)`;

/** A row of `stageLocks` and what takes its lock. */
interface Place {
  readonly name: string;
  /** Takes what it needs, or nothing: a lock that was half taken ends with its connection. */
  readonly attempt: string;
}

function placeOf(scope: LockScope): Place {
  const key = scopeKey(scope);
  const pid = 'pg_backend_pid() as pid';
  if (key === undefined)
    return { name: NAME, attempt: `select pg_try_advisory_lock(${KEY}, ${schemaKey}) as taken, ${pid}` };
  const name = `${NAME} ${key}`;
  const attempt = `select pg_try_advisory_lock_shared(${KEY}, ${schemaKey})
    and pg_try_advisory_lock(${STAGE_KEY}, ${stageKey(name)}) as taken, ${pid}`;
  return { name, attempt };
}

/** How long the server may still hold the lock of a connection that broke, and how long one waits for the server itself. */
const PATIENCE_MS = 10 * 60_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

/**
 * Takes the lock of a stage of the database at `url`. A connection that breaks is made anew and the lock taken again;
 * where somebody else has it by then, `lost` is aborted.
 *
 * @throws CollimateError LOCKED while another connection holds it, STORAGE where connections are shared by a pooler, on which
 * no lock holds.
 */
export async function acquirePostgresLock(db: Database, url: string, scope: LockScope): Promise<Lock> {
  const { stage } = scope;
  const { name, attempt } = placeOf(scope);
  const pool = openPool(url, { size: 1 });
  let first: PoolClient | undefined;
  try {
    // Never given back to the pool: the lock is this connection's.
    first = await pool.connect();
    let client = first;
    // Before the lock is taken: on a pooler's connection it would be left behind, in everybody's way.
    const pid = await translateErrors(url, () => refusePooler(client, url));
    const { rows } = await client.query<Taken>(attempt);
    const other = await readStored(db, name);
    if (!rows[0]!.taken) {
      // What it was in the way of may be another stage's.
      client.release(true);
      first = undefined;
      const holder = await findBlocking(db, name, other);
      throw holder ? lockedError(holder, 'its lock ends with its process.') : await namelessError(db);
    }
    if (rows[0]!.pid !== pid) {
      await client.query('select pg_advisory_unlock_all()');
      throw poolerError(hidePassword(url));
    }
    const own = makeHolder(stage);
    await writeStored(db, name, own);
    const lost = new AbortController();
    let released = false;
    const keep = (held: PoolClient) =>
      held.once('error', () => {
        held.release(true);
        if (!released) void takeAgain();
      });
    const takeAgain = async () => {
      const again = await regain(
        pool,
        attempt,
        async () => JSON.stringify(await readStored(db, name)) === JSON.stringify(own),
        () => released,
      );
      if (released || again === undefined) return again?.release(true);
      if (again === null) return lost.abort(lostError(stage));
      client = again;
      keep(client);
    };
    keep(client);
    return {
      takenOverFrom: other,
      lost: lost.signal,
      async release() {
        released = true;
        // A row that is left names nobody who holds the lock, and the next stage says so.
        await deleteStored(db, name, own).catch((error: unknown) => {
          if (!(error instanceof ConnectionLost)) throw error;
        });
        try {
          client.release(true);
        } catch {
          // The connection broke and was given back already.
        }
        await pool.end();
      },
    };
  } catch (error) {
    // A pool waits for its clients before it ends.
    first?.release(true);
    await pool.end();
    throw error;
  }
}

interface Taken {
  taken: boolean;
  pid: number;
}

/** The lock on a new connection; null where another had it meanwhile or the server stays away, undefined where it is not wanted any more. */
async function regain(
  pool: Pool,
  attempt: string,
  isOwn: () => Promise<boolean>,
  isOver: () => boolean,
): Promise<PoolClient | null | undefined> {
  const end = Date.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; Date.now() < end; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    await sleep(pause, undefined, { ref: false });
    if (isOver()) return undefined;
    const client = await pool.connect().catch(() => undefined);
    if (!client) continue;
    try {
      const taken = (await client.query<Taken>(attempt)).rows[0]!.taken;
      // Whoever took the lock has put their name into the table; without one, what holds it is left of the own connection.
      const own = await isOwn();
      if (taken && own) return client;
      client.release(true);
      if (!own) return null;
    } catch {
      client.release(true);
    }
  }
  return null;
}

/**
 * A pooler that hands server connections from one client to another at each transaction gives the lock away with them. It is
 * told by two clients that meet on one server connection, or by one that is moved.
 *
 * @returns the server's process for this client
 * @throws CollimateError STORAGE
 */
async function refusePooler(client: PoolClient, url: string): Promise<number> {
  const pid = await readPid(client);
  const second = openPool(url, { size: 1 });
  let other: PoolClient | undefined;
  try {
    other = await second.connect();
    await other.query('begin');
    if ((await readPid(other)) !== pid && (await readPid(client)) === pid) return pid;
    throw poolerError(hidePassword(url));
  } finally {
    // Closed, which ends its transaction: a pool waits for its clients before it ends.
    other?.release(true);
    await second.end();
  }
}

/** A lock to which no stage has put its name: one that begins now, or one that a pooler's connection was left with. */
async function namelessError(db: Database): Promise<CollimateError> {
  const { rows } = await sql<{ pid: number }>`
    select distinct pid from pg_locks
    where locktype = 'advisory' and granted and classid::bigint in (${sql.lit(KEY)}, ${sql.lit(STAGE_KEY)})
      and database = (select oid from pg_database where datname = current_database())
    order by pid`.execute(db);
  const calls = rows.map(({ pid }) => `select pg_terminate_backend(${pid});`);
  return new CollimateError(
    'LOCKED',
    'a connection holds the lock of this project, and no stage has put its name to it',
    `Try again in a moment. If it stays so, a pooler keeps the connection of a stage that is gone: end it on the server${calls.length > 0 ? ` with ${calls.join(' ')}` : ''}`,
  );
}

async function readPid(client: PoolClient): Promise<number> {
  return (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]!.pid;
}

function lostError(stage: string): CollimateError {
  return new CollimateError(
    'INTERRUPTED',
    `the connection that held the lock of \`${stage}\` broke, and another has the lock now; what was done is saved`,
    'Run the same command again once that one has ended, to go on from here.',
  );
}

/** Who holds locks of stages now, the one who began first in front. */
export async function readPostgresHolders(db: Database): Promise<LockHolder[]> {
  return sortHolders((await readHeld(db)).map(({ holder }) => holder));
}

interface Stored {
  readonly name: string;
  readonly holder: LockHolder;
}

/** The rows whose locks are held. */
async function readHeld(db: Database): Promise<Stored[]> {
  const stored = await db.selectFrom('stageLocks').selectAll().execute();
  const held: Stored[] = [];
  for (const { name, holder } of stored)
    if (await isHeld(db, name)) held.push({ name, holder: JSON.parse(holder) as LockHolder });
  return held;
}

async function isHeld(db: Database, name: string): Promise<boolean> {
  const [first, second] = name === NAME ? [KEY, schemaKey] : [STAGE_KEY, stageKey(name)];
  const { rows } = await sql<{ held: number }>`
    select 1 as held from pg_locks
    where locktype = 'advisory' and granted and mode = 'ExclusiveLock' and classid::bigint = ${sql.lit(first)}
      and objid::bigint = ${sql.raw(second)}
      and database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows.length > 0;
}

/** Who is in the way of a lock: the one who has it, who has the project alone, or any where it would be had alone. */
async function findBlocking(db: Database, name: string, last: LockHolder | undefined): Promise<LockHolder | undefined> {
  const held = await readHeld(db);
  const blocking = held.find((row) => row.name === name) ?? held.find((row) => row.name === NAME || name === NAME);
  return blocking?.holder ?? last;
}

async function readStored(db: Database, name: string): Promise<LockHolder | undefined> {
  const row = await db.selectFrom('stageLocks').select('holder').where('name', '=', name).executeTakeFirst();
  return row && (JSON.parse(row.holder) as LockHolder);
}

async function writeStored(db: Database, name: string, own: LockHolder): Promise<void> {
  const holder = JSON.stringify(own);
  await db
    .insertInto('stageLocks')
    .values({ name, holder })
    .onConflict((c) => c.column('name').doUpdateSet({ holder }))
    .execute();
}

/** Only the own entry: whoever took over from this process has put theirs there. */
function deleteStored(db: Database, name: string, own: LockHolder): Promise<void> {
  return inTransaction(db, async (tx) => {
    await tx.deleteFrom('stageLocks').where('name', '=', name).where('holder', '=', JSON.stringify(own)).execute();
  });
}
