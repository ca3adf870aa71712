// Many small writes in one commit. A commit on SQLite waits for the disk (`synchronous=FULL`), and 400 answers a second
// cannot each wait alone; those that come while one commit is under way share the next. Each stands or falls by itself.

import { CompiledQuery } from 'kysely';
import type { Database } from './database.ts';

/** Most quick and slow writes in one commit: they bound how long the first of them waits. */
const MOST_QUICK = 64;
const MOST_SLOW = 2;

interface Write {
  run(tx: Database): Promise<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

export interface GroupCommit {
  /** Runs `work` in a transaction and resolves once it is on the disk. */
  write<T>(work: (tx: Database) => Promise<T>): Promise<T>;
  /** The same for work that takes long, such as choosing images: quick writes go before it. */
  writeSlowly<T>(work: (tx: Database) => Promise<T>): Promise<T>;
}

export function createGroupCommit(db: Database): GroupCommit {
  const quick: Write[] = [];
  const slow: Write[] = [];
  let busy = false;

  const drain = async () => {
    busy = true;
    // What has come in this turn of the event loop comes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (quick.length + slow.length > 0)
      await commit(db, [...quick.splice(0, MOST_QUICK), ...slow.splice(0, MOST_SLOW)]);
    busy = false;
  };

  const enqueue = <T>(queue: Write[], run: (tx: Database) => Promise<T>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      queue.push({ run, resolve: resolve as Write['resolve'], reject });
      if (!busy) void drain();
    });
  return { write: (work) => enqueue(quick, work), writeSlowly: (work) => enqueue(slow, work) };
}

/** Answers go out after the commit, never before. */
async function commit(db: Database, writes: readonly Write[]): Promise<void> {
  const settle: (() => void)[] = [];
  try {
    await db.transaction().execute(async (tx) => {
      const [first] = writes;
      // One alone needs no savepoint: where it fails, so does the transaction.
      if (first && writes.length === 1) {
        const value = await first.run(tx);
        settle.push(() => first.resolve(value));
        return;
      }
      for (const write of writes) settle.push(await attempt(tx, write));
    });
    for (const tell of settle) tell();
  } catch (error) {
    for (const { reject } of writes) reject(error);
  }
}

const SAVEPOINT = CompiledQuery.raw('savepoint one_write');
const RELEASE = CompiledQuery.raw('release savepoint one_write');
const ROLL_BACK = CompiledQuery.raw('rollback to savepoint one_write');

async function attempt(tx: Database, { run, resolve, reject }: Write): Promise<() => void> {
  await tx.executeQuery(SAVEPOINT);
  try {
    const value = await run(tx);
    await tx.executeQuery(RELEASE);
    return () => resolve(value);
  } catch (error) {
    await tx.executeQuery(ROLL_BACK);
    await tx.executeQuery(RELEASE);
    return () => reject(error);
  }
}
