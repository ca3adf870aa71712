// All rows of a database as an SQLite file, as they were at one moment.

import { renameSync, rmSync } from 'node:fs';
import { sql } from 'kysely';
import { CollimateError } from '../../util/errors.ts';
import { type Database, isPostgres, openDatabase } from './database.ts';
import { findDamage } from './integrity.ts';
import { copyDatabase } from './move-database.ts';

/**
 * Writes the rows of `db` to the SQLite file `path`, in place of what was there. Nobody waits for it on SQLite; on PostgreSQL who
 * writes waits until all is read.
 *
 * @throws CollimateError STORAGE where the file does not hold together; what was at `path` stays then.
 */
export async function writeSnapshot(db: Database, path: string): Promise<void> {
  const temporary = `${path}.new`;
  // A log that a killed copy left would be read into the new file.
  for (const end of ['', '-wal', '-shm']) rmSync(temporary + end, { force: true });
  if (!isPostgres(db)) await sql`vacuum into ${temporary}`.execute(db);
  const copy = await openDatabase(temporary);
  try {
    if (isPostgres(db)) await copyDatabase(db, copy);
    // Who works on the project now does not work on the copy.
    for (const table of ['stageLocks', 'workers'] as const) await copy.deleteFrom(table).execute();
    const damage = await findDamage(copy);
    if (damage.length > 0)
      throw new CollimateError(
        'STORAGE',
        `the copy of the database is damaged: ${damage[0]}`,
        'Run `collimate check`.',
      );
    await sql`pragma journal_mode = delete`.execute(copy);
  } finally {
    await copy.destroy();
  }
  for (const end of ['-wal', '-shm']) rmSync(path + end, { force: true });
  renameSync(temporary, path);
}
