// The only importer of the PostgreSQL driver: `pg` behind kysely's dialect, so that values and errors are those that
// SQLite gives: whole numbers as numbers, text in the order of its bytes, and errors with advice.

import {
  type ColumnDefinitionNode,
  type CompiledQuery,
  type DatabaseConnection,
  DataTypeNode,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type KyselyPlugin,
  OperationNodeTransformer,
  PostgresAdapter,
  PostgresDialect,
  type PostgresDialectConfig,
  PostgresDriver,
  type QueryId,
  type QueryResult,
  RawNode,
  type TransactionSettings,
} from 'kysely';
import { Pool, types } from 'pg';
import { CollimateError } from '../../util/errors.ts';
import { ConnectionLost, createWaiter, type Patience, type Waiter } from '../../util/patience.ts';
import { hidePassword } from '../config/database-url.ts';

/** Open connections at most: enough for a server's requests, and few enough for several processes on one database. */
const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 10_000;

/** PostgreSQL's number for the type of 64-bit whole numbers, among them counts. */
const INT8 = 20;

interface PoolLimits {
  size?: number;
  /** How long a query waits for a connection. */
  waitMs?: number | undefined;
}

/**
 * The dialect over the database at `url`, `postgres://user:password@host:port/name`.
 *
 * @param patience waits for a server that goes away; without it whoever asks is told at once
 */
export function createPostgresDialect(url: string, limits: PoolLimits = {}, patience?: Patience): Dialect {
  const config: PostgresDialectConfig = { pool: async () => openPool(url, limits) };
  const driver = new TranslatingDriver(config, url, patience);
  return new (class extends PostgresDialect {
    override createDriver(): Driver {
      return driver;
    }
    override createAdapter(): DialectAdapter {
      return new HopefulAdapter(() => driver.hopeful);
    }
  })(config);
}

/** Says, where only a handle of the database is at hand, whether a transaction that lost its connection may be made anew. */
export class HopefulAdapter extends PostgresAdapter {
  readonly isHopeful: () => boolean;

  constructor(isHopeful: () => boolean) {
    super();
    this.isHopeful = isHopeful;
  }
}

/** A pool of connections of its own, with the types that the store expects. */
export function openPool(url: string, { size = POOL_SIZE, waitMs = CONNECT_TIMEOUT_MS }: PoolLimits = {}): Pool {
  const pool = new Pool({
    connectionString: url,
    max: size,
    connectionTimeoutMillis: waitMs,
    keepAlive: true,
    application_name: 'collimate',
    types: {
      getTypeParser: ((oid: number, format: 'text') =>
        oid === INT8 ? toNumber : types.getTypeParser(oid, format)) as typeof types.getTypeParser,
    },
  });
  // A connection that breaks while idle is dropped by the pool; the next query says what is wrong, if it still is.
  pool.on('error', () => {});
  // One that breaks while it is in use tells whoever waits for its answer; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** 64-bit whole numbers as numbers; none of ours is beyond 2^53. */
function toNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`store: expected a whole number within ±(2^53 − 1), got ${text}`);
}

/** kysely's driver with errors made for people, which waits for a server that went away where there is patience. */
class TranslatingDriver extends PostgresDriver {
  readonly #url: string;
  readonly #waiter: Waiter | undefined;

  constructor(config: PostgresDialectConfig, url: string, patience: Patience | undefined) {
    super(config);
    this.#url = url;
    this.#waiter = patience && createWaiter(patience);
  }

  /** Whether a transaction that lost its connection may be made anew. */
  get hopeful(): boolean {
    return this.#waiter?.hopeful ?? false;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const acquire = () => translateErrors(this.#url, () => super.acquireConnection());
    const wait = this.#waiter;
    const inner = await (wait ? wait.retry(acquire) : acquire());
    const release = (old: DatabaseConnection) => super.releaseConnection(old as never);
    return new SteadyConnection(inner, this.#url, wait && { wait, acquire, release });
  }

  override async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    await super.beginTransaction(connection, settings);
    (connection as SteadyConnection).inTransaction = true;
  }

  override async commitTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.commitTransaction(connection);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      throw new ConnectionLost(
        `${error.message} at the very moment of storing`,
        'Run the same command again: it looks at what is stored.',
        { cause: error, atCommit: true },
      );
    } finally {
      (connection as SteadyConnection).inTransaction = false;
    }
  }

  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      await super.rollbackTransaction(connection);
    } catch (error) {
      // A server that lost the connection has rolled back by itself; the reason is what counts.
      if (!(error instanceof ConnectionLost)) throw error;
    } finally {
      (connection as SteadyConnection).inTransaction = false;
    }
  }

  override releaseConnection(connection: DatabaseConnection): Promise<void> {
    const { inner, released } = connection as SteadyConnection;
    return released ? Promise.resolve() : super.releaseConnection(inner as never);
  }
}

interface Recovery {
  readonly wait: Waiter;
  acquire(): Promise<DatabaseConnection>;
  release(connection: DatabaseConnection): Promise<void>;
}

/** One connection as kysely sees it; what is beneath may be replaced between two statements. */
class SteadyConnection implements DatabaseConnection {
  inner: DatabaseConnection;
  inTransaction = false;
  /** Whether a broken connection was given back and there is none in its place. */
  released = false;
  readonly #url: string;
  readonly #recovery: Recovery | undefined;

  constructor(inner: DatabaseConnection, url: string, recovery: Recovery | undefined) {
    this.inner = inner;
    this.#url = url;
    this.#recovery = recovery;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    checkParameters(query.parameters);
    const run = () => translateErrors(this.#url, () => this.inner.executeQuery<R>(query));
    const recovery = this.#recovery;
    if (!recovery || this.inTransaction) return run();
    let lost = false;
    return recovery.wait.retry(async () => {
      if (lost) await this.#replace(recovery);
      try {
        return await run();
      } catch (error) {
        // What was stored before the connection broke is there already.
        if (lost && (error as { code?: string }).code === UNIQUE_VIOLATION) return { rows: [], numAffectedRows: 1n };
        lost ||= error instanceof ConnectionLost;
        throw error;
      }
    });
  }

  async #replace({ acquire, release }: Recovery): Promise<void> {
    if (!this.released) await release(this.inner).catch(() => {});
    this.released = true;
    this.inner = await acquire();
    this.released = false;
  }

  streamQuery<R>(query: CompiledQuery, size?: number): AsyncIterableIterator<QueryResult<R>> {
    return this.inner.streamQuery<R>(query, size as never);
  }
}

const UNIQUE_VIOLATION = '23505';

/** The same values as SQLite's driver takes, so that a mistake shows on either. */
function checkParameters(parameters: readonly unknown[]): void {
  parameters.forEach((value, i) => {
    if (value === null || value === undefined || value instanceof Uint8Array) return;
    // kysely's own questions about the tables come with true and false.
    if (typeof value === 'string' || typeof value === 'bigint' || typeof value === 'boolean') return;
    if (typeof value === 'number' && !Number.isNaN(value)) return;
    throw new TypeError(`store: SQL parameter ${i + 1} must be a number, text, bytes or null, got ${String(value)}`);
  });
}

/** What `work` gives; its errors made for people. */
export async function translateErrors<T>(url: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toCollimateError(hidePassword(url), error);
  }
}

function toCollimateError(name: string, error: unknown): unknown {
  const { code = '', message } = error as { code?: string; message: string };
  const fail = (kind: 'DISK_FULL' | 'UNAVAILABLE' | 'STORAGE', text: string, hint: string) =>
    new CollimateError(kind, text, hint, { cause: error, ...(kind === 'UNAVAILABLE' && { retryAfter: 5 }) });
  if (code === '53100')
    return fail(
      'DISK_FULL',
      `no room left on the disk of ${name}`,
      'Free some space and run the same command again; what was stored before is intact.',
    );
  if (code === '55P03' || code === '40P01' || code === '40001')
    return fail('UNAVAILABLE', `${name} is busy (${message})`, 'Try again; nothing of this change was stored.');
  // So says the pool where all of its connections are in use; a server that does not answer reads otherwise.
  if (/timeout exceeded when trying to connect/.test(message))
    return fail('UNAVAILABLE', `${name} is busy: no connection became free in time`, 'Try again in a moment.');
  // So says pgbouncer where it shares connections between statements; no waiting helps.
  if (/not allowed in statement pooling mode/.test(message)) return poolerError(name);
  if (code === '3D000')
    return fail('STORAGE', `${name}: ${message}`, 'Create the database with `createdb`, or correct its name.');
  if (code === '28P01' || code === '28000')
    return fail('STORAGE', `${name}: ${message}`, 'Correct user and password, or give it in PGPASSWORD.');
  if (code === '42501' && /for schema/.test(message))
    return fail('STORAGE', `${name}: ${message}`, 'Grant this user the right to create tables in its schema.');
  // Of a role without the right, or of a server that only repeats another.
  if (code === '42501' || code === '25006')
    return fail(
      'STORAGE',
      `${name}: ${message}`,
      'This user may read here at most: status, quality, raters, lineage, report and export work, what writes needs the right to.',
    );
  if (code === '53300')
    return fail(
      'UNAVAILABLE',
      `${name} has no connection left (${message})`,
      'Wait, stop other programs that hold connections, or raise max_connections of the server.',
    );
  if (code === '57014')
    return fail('UNAVAILABLE', `${name} ended a question before its answer (${message})`, 'Raise statement_timeout.');
  // So says whatever reads addresses, in other words for each; the address itself may have the password in it.
  if (code === 'ERR_INVALID_URL' || error instanceof URIError)
    return new CollimateError(
      'CONFIG',
      `${name} is no address of a database`,
      'Write postgres://user:password@host:port/name; in a user’s name or password / is %2F, ? is %3F, # is %23, @ is %40 and % is %25.',
    );
  if (isConnectionLost(error))
    return new ConnectionLost(
      `${name} cannot be reached (${message})`,
      'Check that the server runs and that the address is right.',
      { cause: error },
    );
  return error;
}

/** @param name the address without its password */
export function poolerError(name: string): CollimateError {
  return new CollimateError(
    'STORAGE',
    `${name} leads to a pooler that shares connections between transactions, on which no lock holds: two stages would work on this project at once`,
    'Name the PostgreSQL server itself, or a pooler in session mode (pgbouncer: pool_mode = session).',
  );
}

/**
 * Whether an error says that the server went away, starts, or cannot be found: what was asked may work later, over another
 * connection.
 */
export function isConnectionLost(error: unknown): boolean {
  const { code = '', message = '' } = (error ?? {}) as { code?: string; message?: string };
  return (
    /^(ECONN|ENOTFOUND|EHOST|ENETUNREACH|EPIPE|ETIMEDOUT|EAI_|57P0|08)/.test(code) ||
    /timeout|terminated|not queryable|socket has been ended/i.test(message)
  );
}

/** Makes text columns sort and compare by their bytes, as SQLite's do, whatever the locale of the database. */
export class CollateByBytes extends OperationNodeTransformer implements KyselyPlugin {
  transformQuery({ node, queryId }: Parameters<KyselyPlugin['transformQuery']>[0]) {
    return this.transformNode(node, queryId);
  }

  async transformResult({ result }: Parameters<KyselyPlugin['transformResult']>[0]) {
    return result;
  }

  protected override transformColumnDefinition(node: ColumnDefinitionNode, queryId?: QueryId): ColumnDefinitionNode {
    const { dataType, ...rest } = super.transformColumnDefinition(node, queryId);
    const isText = DataTypeNode.is(dataType) && dataType.dataType === 'text';
    return { ...rest, dataType: isText ? RawNode.createWithSql('text collate "C"') : dataType };
  }
}
