// Copying a whole database to another one, SQLite or PostgreSQL: in one transaction, and only if every table then has as
// many rows as before and the same checksum. The source is read and nothing else.

import { createHash, type Hash } from 'node:crypto';
import { sql } from 'kysely';
import { CollimateError } from '../../util/errors.ts';
import { type Database, insertInChunks, inTransaction, isPostgres } from './database.ts';
import type { Tables } from './schema.ts';
import { TABLE_KEYS } from './table-keys.ts';

type TableName = keyof Tables;
type Row = Record<string, unknown>;

/** What was moved of one table. */
export interface MovedTable {
  table: string;
  rows: number;
  /** SHA-256 over all rows by their key. */
  checksum: string;
}

/** Who runs a stage or works now is no business of another database. */
const MOVED = (Object.keys(TABLE_KEYS) as TableName[]).filter((table) => table !== 'stageLocks' && table !== 'workers');

/**
 * Copies all rows of `source` to `target`, whose tables must be empty, in one transaction there. Meanwhile nobody can
 * write to the source.
 *
 * @throws CollimateError STORAGE where the target holds something, or where a table differs after the copy: nothing is
 * left in the target then.
 */
export function copyDatabase(
  source: Database,
  target: Database,
  onTable: (moved: MovedTable) => void = () => {},
): Promise<MovedTable[]> {
  return inTransaction(source, async (from) => {
    if (isPostgres(from)) await lockTables(from, 'share');
    return inTransaction(target, async (to) => {
      if (isPostgres(to)) await lockTables(to, 'share row exclusive');
      await refuseFilled(to);
      const moved: MovedTable[] = [];
      for (const table of MOVED) {
        const copied = await copyTable(from, to, table);
        const stored = await readChecksum(to, table);
        if (copied.rows !== stored.rows || copied.checksum !== stored.checksum) throw differs(copied, stored);
        onTable(copied);
        moved.push(copied);
      }
      return moved;
    });
  });
}

async function lockTables(db: Database, mode: 'share' | 'share row exclusive'): Promise<void> {
  const tables = sql.join(MOVED.map((table) => sql.table(table)));
  await sql`lock table ${tables} in ${sql.raw(mode)} mode`.execute(db);
}

async function refuseFilled(db: Database): Promise<void> {
  for (const table of MOVED) {
    const row = await db.selectFrom(table).select(sql<number>`1`.as('one')).limit(1).executeTakeFirst();
    if (!row) continue;
    throw new CollimateError(
      'STORAGE',
      `move-database: expected an empty database, got one with rows in ${table}`,
      'Name an empty database, or take the old one away first; nothing was changed.',
    );
  }
}

async function copyTable(from: Database, to: Database, table: TableName): Promise<MovedTable> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const page of readPages(from, table)) {
    for (const row of page) addRow(hash, row);
    count += page.length;
    await insertInChunks(to, page, (tx, chunk) => tx.insertInto(table).values(chunk as never));
  }
  return { table, rows: count, checksum: hash.digest('hex') };
}

async function readChecksum(db: Database, table: TableName): Promise<MovedTable> {
  const hash = createHash('sha256');
  let count = 0;
  for await (const page of readPages(db, table)) {
    for (const row of page) addRow(hash, row);
    count += page.length;
  }
  return { table, rows: count, checksum: hash.digest('hex') };
}

const ROWS_PER_PAGE = 1000;

/** All rows by their key, which both databases order by bytes; models come by age, as later ones refer to earlier ones. */
async function* readPages(db: Database, table: TableName): AsyncGenerator<Row[]> {
  const keys: readonly string[] = table === 'models' ? ['createdAt', 'hash'] : TABLE_KEYS[table];
  let last: Row | undefined;
  do {
    let query = db.selectFrom(table).selectAll().limit(ROWS_PER_PAGE);
    for (const key of keys) query = query.orderBy(sql.ref(key));
    if (last) {
      const before = last;
      const columns = sql.join(keys.map((key) => sql.ref(key)));
      query = query.where(sql<boolean>`(${columns}) > (${sql.join(keys.map((key) => before[key]))})`);
    }
    const page = ((await query.execute()) as Row[]).map(toPlainRow);
    yield page;
    last = page.length === ROWS_PER_PAGE ? page.at(-1) : undefined;
  } while (last);
}

/** SQLite's driver gives bytes as an ArrayBuffer, PostgreSQL's as a Buffer. */
function toPlainRow(row: Row): Row {
  for (const [name, value] of Object.entries(row)) if (value instanceof ArrayBuffer) row[name] = Buffer.from(value);
  return row;
}

/** Adds a row to a checksum: its columns by name, each value with its type, so that 1, "1" and bytes differ. */
function addRow(hash: Hash, row: Row): void {
  for (const name of Object.keys(row).sort()) {
    const value = row[name];
    const text = value instanceof Uint8Array ? `bytes ${Buffer.from(value).toString('hex')}` : JSON.stringify(value);
    hash.update(`${name}=${text}\n`);
  }
  hash.update('\n');
}

function differs(copied: MovedTable, stored: MovedTable): CollimateError {
  return new CollimateError(
    'STORAGE',
    `move-database: ${copied.table} has ${copied.rows} rows (${copied.checksum.slice(0, 12)}) in the source and ${stored.rows} (${stored.checksum.slice(0, 12)}) in the target`,
    'Nothing was moved; the project goes on with its old database. Please report this.',
  );
}
