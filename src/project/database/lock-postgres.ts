// One stage at a time on a project whose database is PostgreSQL. The lock is an advisory lock of a connection of its own:
// the server gives it up when that connection ends, so a holder that died, on whichever machine, holds nothing.

import { sql } from 'kysely';
import { type Database, inTransaction } from './database.ts';
import { openPool } from './driver-postgres.ts';
import { type Lock, type LockHolder, lockedError, makeHolder } from './lock.ts';

/** The first half of the lock's key; the second is made from the schema, since another one is another project. */
const KEY = 0x636f_6c6c;
const NAME = 'stage';
const schemaKey = 'abs(hashtext(current_schema()::text) % 2147483647)';

/**
 * Takes the stage lock of the database at `url` for `stage`.
 *
 * @throws CollimateError LOCKED while another connection holds it.
 */
export async function acquirePostgresLock(db: Database, url: string, stage: string): Promise<Lock> {
  const pool = openPool(url, { size: 1 });
  try {
    // Never given back to the pool: the lock is this connection's.
    const client = await pool.connect();
    const { rows } = await client.query<{ taken: boolean }>(
      `select pg_try_advisory_lock(${KEY}, ${schemaKey}) as taken`,
    );
    const other = await readStored(db);
    if (!rows[0]!.taken) {
      client.release();
      throw lockedError(other ?? { ...makeHolder('a stage'), pid: 0 }, 'its lock ends with its process.');
    }
    const own = makeHolder(stage);
    await writeStored(db, own);
    return {
      takenOverFrom: other,
      async release() {
        await deleteStored(db, own);
        client.release(true);
        await pool.end();
      },
    };
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/** Who holds the stage lock now, if anybody does. */
export async function readPostgresHolder(db: Database): Promise<LockHolder | undefined> {
  const { rows } = await sql<{ held: number }>`
    select 1 as held from pg_locks
    where locktype = 'advisory' and granted and classid::bigint = ${sql.lit(KEY)}
      and objid::bigint = ${sql.raw(schemaKey)}
      and database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows.length > 0 ? readStored(db) : undefined;
}

async function readStored(db: Database): Promise<LockHolder | undefined> {
  const row = await db.selectFrom('stageLocks').select('holder').where('name', '=', NAME).executeTakeFirst();
  return row && (JSON.parse(row.holder) as LockHolder);
}

async function writeStored(db: Database, own: LockHolder): Promise<void> {
  const holder = JSON.stringify(own);
  await db
    .insertInto('stageLocks')
    .values({ name: NAME, holder })
    .onConflict((c) => c.column('name').doUpdateSet({ holder }))
    .execute();
}

/** Only the own entry: whoever took over from this process has put theirs there. */
function deleteStored(db: Database, own: LockHolder): Promise<void> {
  return inTransaction(db, async (tx) => {
    await tx.deleteFrom('stageLocks').where('name', '=', NAME).where('holder', '=', JSON.stringify(own)).execute();
  });
}
