// Opening the database of a project: connection, migrations, and transactions that may be nested.

import { CamelCasePlugin, Kysely, Migrator } from 'kysely';
import { CollimateError } from '../util/errors.ts';
import { createSqliteDialect } from './driver.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './schema.ts';

/** The handle that every function of the store takes first: a database, or a transaction on one. */
export type Database = Kysely<Tables>;

/**
 * Opens (or makes) the SQLite file at `path` and brings its tables up to date.
 *
 * @throws CollimateError STORAGE where the file is damaged, not writable, or written by a newer version.
 */
export async function openDatabase(path: string): Promise<Database> {
  const db = new Kysely<Tables>({ dialect: createSqliteDialect(path), plugins: [new CamelCasePlugin()] });
  try {
    await migrate(db, path);
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

async function migrate(db: Database, path: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  if (error instanceof CollimateError) throw error;
  const { message } = error as Error;
  if (message.includes('corrupted migrations')) {
    throw new CollimateError(
      'STORAGE',
      `${path} was written by another version of Collimate (${message})`,
      'Install the version that wrote it, or a newer one.',
      { cause: error },
    );
  }
  throw new CollimateError(
    'STORAGE',
    `${path}: the tables could not be made (${message})`,
    'Check that the file is yours to write and that its disk has room.',
    { cause: error },
  );
}

/** Runs `work` in one transaction: all of it is stored or none. Joins the transaction that `db` already is. */
export function inTransaction<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}

/** How many rows one INSERT carries: well under SQLite's 32,766 and PostgreSQL's 65,535 parameters. */
const ROWS_PER_INSERT = 1000;

/** Calls `insert` with runs of at most 1,000 rows in one transaction, and adds up what it returns. */
export function insertInChunks<Row>(
  db: Database,
  rows: readonly Row[],
  insert: (tx: Database, chunk: Row[]) => Promise<number>,
): Promise<number> {
  if (rows.length === 0) return Promise.resolve(0);
  return inTransaction(db, async (tx) => {
    let inserted = 0;
    for (let i = 0; i < rows.length; i += ROWS_PER_INSERT)
      inserted += await insert(tx, rows.slice(i, i + ROWS_PER_INSERT));
    return inserted;
  });
}

/** The time now as the store writes it. */
export function now(): string {
  return new Date().toISOString();
}
