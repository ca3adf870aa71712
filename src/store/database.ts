// Opening the database of a project: connection, migrations, and transactions that may be nested.

import { CamelCasePlugin, type Compilable, CompiledQuery, Kysely, Migrator } from 'kysely';
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
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    allowUnorderedMigrations: true,
  });
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

/** Which database a handle speaks to. */
export function databaseKind(db: Database): 'sqlite' | 'postgres' {
  return db.getExecutor().adapter.supportsTransactionalDdl ? 'postgres' : 'sqlite';
}

/** How many rows one INSERT carries: well under SQLite's 32,766 and PostgreSQL's 65,535 parameters. */
const ROWS_PER_INSERT = 1000;

/**
 * Inserts rows that all have the same keys, 1,000 at a time, in one transaction. `build` makes the statement for a run
 * of rows; its SQL is made once for all full runs, since building it costs more than running it.
 *
 * @returns how many rows were new.
 */
export async function insertInChunks<Row extends object>(
  db: Database,
  rows: readonly Row[],
  build: (tx: Database, chunk: Row[]) => Compilable,
): Promise<number> {
  const [first] = rows;
  if (!first) return 0;
  const columns = Object.keys(first) as (keyof Row)[];
  return inTransaction(db, async (tx) => {
    let inserted = 0;
    let full: string | undefined;
    for (let i = 0; i < rows.length; i += ROWS_PER_INSERT) {
      const chunk = rows.slice(i, i + ROWS_PER_INSERT);
      const sql = chunk.length === ROWS_PER_INSERT && full ? full : build(tx, chunk).compile().sql;
      if (chunk.length === ROWS_PER_INSERT) full = sql;
      const parameters = chunk.flatMap((row) => columns.map((column) => row[column]));
      const { numAffectedRows = 0n } = await tx.executeQuery(CompiledQuery.raw(sql, parameters));
      inserted += Number(numAffectedRows);
    }
    return inserted;
  });
}

/** The time now as the store writes it. */
export function now(): string {
  return new Date().toISOString();
}
