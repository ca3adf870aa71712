// Opening the database of a project: connection, migrations, and transactions that may be nested.

import { CamelCasePlugin, type Compilable, CompiledQuery, Kysely, Migrator, PostgresAdapter, sql } from 'kysely';
import { CollimateError } from '../../util/errors.ts';
import { ConnectionLost, type Patience } from '../../util/patience.ts';
import { hidePassword, isPostgresUrl } from '../config/database-url.ts';
import { createSqliteDialect } from './driver-sqlite.ts';
import { migrations } from './migrations.ts';
import type { Tables } from './schema.ts';

/** The handle that every function of the store takes first: a database, or a transaction on one. */
export type Database = Kysely<Tables>;

export interface OpenOptions {
  /** Waits for a PostgreSQL server that goes away, in stages that run for hours. */
  patience?: Patience | undefined;
  /** How long a statement waits for one of the connections to PostgreSQL, or for a new one. */
  connectWithinMs?: number;
  /** Whether tables are brought up to date; default true. Who does not own a project leaves them, and refuses others. */
  migrate?: boolean;
}

/**
 * Opens (or makes) the SQLite file at `target`, or opens the PostgreSQL database at the address `target`
 * (`postgres://…`), and brings its tables up to date.
 *
 * @throws CollimateError STORAGE where the database is damaged, not writable, not reachable, or written by a newer version.
 */
export async function openDatabase(
  target: string,
  { patience, connectWithinMs: waitMs, migrate: change = true }: OpenOptions = {},
): Promise<Database> {
  const postgres = isPostgresUrl(target) ? await import('./driver-postgres.ts') : undefined;
  const dialect = postgres ? postgres.createPostgresDialect(target, { waitMs }, patience) : createSqliteDialect(target);
  const db = new Kysely<Tables>({ dialect, plugins: [new CamelCasePlugin()] });
  try {
    if (change) await migrate(postgres ? db.withPlugin(new postgres.CollateByBytes()) : db, hidePassword(target));
    else await requireKnownSchema(db);
    return db;
  } catch (error) {
    await db.destroy();
    throw error;
  }
}

async function migrate(db: Database, path: string): Promise<void> {
  if (await isUpToDate(db)) return;
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrations },
    allowUnorderedMigrations: true,
    ...(isPostgres(db) && { migrationTableSchema: await readSchemaName(db, path) }),
  });
  const error = await migrateToLatest(migrator, 5);
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
    /already exists|duplicate column/.test(message)
      ? 'Something else changed the tables: restore the database from a copy. Files beside it are not affected.'
      : 'Check that the file is yours to write and that its disk has room.',
    { cause: error },
  );
}

/** What PostgreSQL says of what was there when a query began. */
const DROPPED = /^(schema|relation) ".*" does not exist$|with OID \d+|cache lookup failed/;

/** The library looks at the tables of all schemas of a PostgreSQL database, and fails where another one is dropped meanwhile. */
async function migrateToLatest(migrator: Migrator, attempts: number): Promise<unknown> {
  const { error } = await migrator.migrateToLatest();
  const dropped = error instanceof Error && DROPPED.test(error.message);
  return dropped && attempts > 1 ? migrateToLatest(migrator, attempts - 1) : error;
}

/**
 * Refuses tables of another release: what this one writes there could be read otherwise.
 *
 * @throws CollimateError STORAGE
 */
export async function requireKnownSchema(db: Database): Promise<void> {
  const made = await readMigrations(db);
  const known = Object.keys(migrations);
  const newer = made.filter((name) => !known.includes(name));
  if (newer.length > 0)
    throw new CollimateError(
      'STORAGE',
      `the tables of the project were changed by a newer release (${newer.join(', ')}), which this one does not know`,
      'Install that release here, and start again; what was made is stored.',
    );
  if (made.length < known.length)
    throw new CollimateError(
      'STORAGE',
      `the tables of the project are those of an older release, or there are none (${made.length} of ${known.length} changes)`,
      'Open the project once with this release, such as by `collimate status`, which brings them up to date.',
    );
}

/** Whether exactly the known migrations were made: opening then writes nothing, and waits for nobody who does. */
async function isUpToDate(db: Database): Promise<boolean> {
  return (await readMigrations(db)).join() === Object.keys(migrations).join();
}

/** The migrations that were made, by name; none where there is not even a table of them. */
async function readMigrations(db: Database): Promise<string[]> {
  try {
    const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db);
    return rows.map(({ name }) => name);
  } catch (error) {
    if (error instanceof CollimateError) throw error;
    return [];
  }
}

/** The schema of PostgreSQL that the project's tables are in. */
export async function readSchema(db: Database): Promise<string> {
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  return rows[0]!.schema;
}

/** The schema that the tables go to: another one may hold another project. PostgreSQL 15 or newer is what is tested. */
async function readSchemaName(db: Database, name: string): Promise<string> {
  const { rows } = await sql<{ schema: string | null; version: number | string }>`
    select current_schema() as schema, current_setting('server_version_num')::int as version`.execute(db);
  const { schema, version } = rows[0]!;
  if (Number(version) < 150_000)
    throw new CollimateError(
      'STORAGE',
      `${name}: expected PostgreSQL 15 or newer, got ${Math.floor(Number(version) / 10_000)}`,
      'Use a newer server.',
    );
  if (schema !== null) return schema;
  throw new CollimateError('STORAGE', `${name}: the search path names no schema`, 'Create the schema first.');
}

const MOST_ATTEMPTS = 5;

/**
 * Runs `work` in one transaction: all of it is stored or none. Joins the transaction that `db` already is. Where the
 * connection breaks before anything was stored and there is patience, it is made anew, so `work` changes nothing else.
 */
export async function inTransaction<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db);
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (!(error instanceof ConnectionLost) || error.atCommit || !isHopeful(db) || attempt === MOST_ATTEMPTS)
        throw error;
    }
  }
}

function isHopeful(db: Database): boolean {
  const { adapter } = db.getExecutor();
  return 'isHopeful' in adapter && (adapter as { isHopeful(): boolean }).isHopeful();
}

/** Whether `db` is PostgreSQL, which locks rows where SQLite lets one writer in at a time. */
export function isPostgres(db: Database): boolean {
  return db.getExecutor().adapter instanceof PostgresAdapter;
}

/** Which database a handle speaks to. */
export function databaseKind(db: Database): 'sqlite' | 'postgres' {
  return isPostgres(db) ? 'postgres' : 'sqlite';
}

/** How many rows one INSERT carries: well under SQLite's 32,766 and PostgreSQL's 65,535 parameters. */
const ROWS_PER_INSERT = 1000;
/** Up to so many, the SQL of each number of rows is kept, where its function is. */
const FEW_ROWS = 64;

/**
 * Inserts rows that all have the same keys, 1,000 at a time, in one transaction. `build` makes the statement for a run
 * of rows and decides nothing by their values: its SQL is made once for all full runs, and of a function that stays the same,
 * once for all runs of few rows, since building it costs more than running it.
 *
 * @returns how many rows were new.
 */
export async function insertInChunks<Row extends object>(
  db: Database,
  rows: readonly Row[],
  build: Build<Row>,
): Promise<number> {
  const [first] = rows;
  if (!first) return 0;
  const columns = Object.keys(first) as (keyof Row)[];
  return inTransaction(db, async (tx) => {
    let inserted = 0;
    for (let i = 0; i < rows.length; i += ROWS_PER_INSERT) {
      const chunk = rows.slice(i, i + ROWS_PER_INSERT);
      const sql = insertSql(tx, build, columns.join(' '), chunk);
      const parameters = chunk.flatMap((row) => columns.map((column) => row[column]));
      const { numAffectedRows = 0n } = await tx.executeQuery(CompiledQuery.raw(sql, parameters));
      inserted += Number(numAffectedRows);
    }
    return inserted;
  });
}

type Build<Row> = (tx: Database, chunk: Row[]) => Compilable;

/** By the function that builds a statement, then by database, columns and number of rows. */
const inserts = new WeakMap<object, Map<string, string>>();

function insertSql<Row>(tx: Database, build: Build<Row>, columns: string, chunk: Row[]): string {
  const known = inserts.get(build) ?? new Map<string, string>();
  inserts.set(build, known);
  const key = `${databaseKind(tx)} ${chunk.length} ${columns}`;
  const sql = known.get(key) ?? build(tx, chunk).compile().sql;
  if (chunk.length <= FEW_ROWS || chunk.length === ROWS_PER_INSERT) known.set(key, sql);
  return sql;
}

/** The time now as the store writes it. */
export function now(): string {
  return new Date().toISOString();
}
