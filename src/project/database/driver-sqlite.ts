// The only importer of the SQLite driver: libsql (SQLite with better-sqlite3's interface) behind kysely's SQLite dialect.
// It guards the driver's edges: a value it cannot bind aborts the process, and its errors carry codes, not advice.

import { type Dialect, SqliteAdapter, SqliteDialect, type SqliteStatement } from 'kysely';
import Libsql from 'libsql';
import { CollimateError } from '../../util/errors.ts';

const BUSY_TIMEOUT_MS = 10_000;

/** Pages of the file that stay in memory: two megabytes, the default, hold a part of the indexes of a queue. */
const CACHE_KIB = 32 * 1024;

/** Pages (4 KiB) of the log before they are copied into the file. Many writes change the same pages, which are copied once. */
const PAGES_PER_CHECKPOINT = 4000;

/** Statements kept ready for each connection: preparing one takes longer than most take to run. */
const PREPARED_AT_MOST = 300;

/**
 * The SQLite dialect over one file. Write-ahead logging lets a reader and a writer of two processes work at once;
 * `synchronous=FULL` makes a committed rating survive a power cut; a writer waits up to ten seconds for another.
 */
export function createSqliteDialect(path: string): Dialect {
  return new (class extends SqliteDialect {
    override createAdapter() {
      return new TransactionalAdapter();
    }
  })({ database: async () => openConnection(path) });
}

/** SQLite can take back changes of tables: all migrations are made in one transaction, or none. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

function openConnection(path: string) {
  const native = translate(path, () => {
    const opened = new Libsql(path);
    opened.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`);
    opened.pragma('journal_mode = WAL');
    opened.pragma('synchronous = FULL');
    opened.pragma('foreign_keys = ON');
    opened.pragma(`cache_size = -${CACHE_KIB}`);
    opened.pragma(`wal_autocheckpoint = ${PAGES_PER_CHECKPOINT}`);
    return opened;
  });
  const prepared = new Map<string, SqliteStatement>();
  const prepare = (sql: string) =>
    wrapStatement(
      path,
      translate(path, () => native.prepare(sql)),
    );
  return {
    close() {
      // The driver leaves the log beside the file; what is in it belongs in the file, which people copy alone.
      try {
        native.pragma('wal_checkpoint(PASSIVE)');
      } catch {
        // A full disk: the log stays where it is, and the next one to open the file reads it.
      }
      native.close();
    },
    prepare(sql: string): SqliteStatement {
      // A write transaction that starts deferred cannot wait when another process wrote first; one that starts immediate can.
      if (sql === 'begin') return prepare('begin immediate');
      // A full disk makes SQLite roll back by itself; a second rollback would hide the reason.
      if (sql === 'rollback' && !native.inTransaction) return NOTHING;
      const statement = prepared.get(sql) ?? prepare(sql);
      if (isKept(sql)) prepared.set(sql, statement);
      if (prepared.size > PREPARED_AT_MOST) prepared.delete(prepared.keys().next().value!);
      return statement;
    },
  };
}

/** Only what rows are read and written with: changes of tables are made once and make other statements stale. */
const isKept = (sql: string) => /^(select|insert|update|delete|with)\b/.test(sql);

const NOTHING: SqliteStatement = {
  reader: false,
  all: () => [],
  run: () => ({ changes: 0, lastInsertRowid: 0 }),
  iterate: () => [].values(),
};

function wrapStatement(path: string, statement: Libsql.Statement): SqliteStatement {
  return {
    reader: statement.reader,
    all: (parameters) => translate(path, () => statement.all(toBindable(parameters)) as unknown[]),
    run: (parameters) => translate(path, () => statement.run(toBindable(parameters))),
    // Reading all rows first: an iteration left half-way would hold its snapshot open.
    iterate: (parameters) => translate(path, () => statement.all(toBindable(parameters)) as unknown[]).values(),
  };
}

function toBindable(parameters: readonly unknown[]): unknown[] {
  return parameters.map((value, i) => {
    if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (value === null || value === undefined || typeof value === 'string' || typeof value === 'bigint') return value;
    if (typeof value === 'number' && !Number.isNaN(value)) return value;
    throw new TypeError(`store: SQL parameter ${i + 1} must be a number, text, bytes or null, got ${String(value)}`);
  });
}

function translate<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toCollimateError(path, error);
  }
}

function toCollimateError(path: string, error: unknown): unknown {
  const { code = '', message } = error as { code?: string; message: string };
  const fail = (kind: 'DISK_FULL' | 'UNAVAILABLE' | 'STORAGE', text: string, hint: string) =>
    new CollimateError(kind, text, hint, { cause: error, ...(kind === 'UNAVAILABLE' && { retryAfter: 5 }) });
  if (code === 'SQLITE_FULL') {
    return fail(
      'DISK_FULL',
      `no room left on the disk while writing ${path}`,
      'Free some space and run the same command again; what was stored before is intact.',
    );
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return fail(
      'UNAVAILABLE',
      `${path} was busy for ${BUSY_TIMEOUT_MS / 1000} s`,
      'Another process is writing; try again when it has finished.',
    );
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return fail(
      'STORAGE',
      `${path} is damaged or is no SQLite file (${message})`,
      'Restore it from a copy; the image and weight files beside it are not affected.',
    );
  }
  if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code.startsWith('SQLITE_IOERR')) {
    return fail(
      'STORAGE',
      `${path} cannot be read or written (${message})`,
      'Check that the folder exists, is yours to write, and that its disk has room.',
    );
  }
  return error;
}
