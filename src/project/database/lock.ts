// One stage of one configuration at a time on one project, or one alone where it changes what all others stand on. A lock is a
// small file that says who holds it; it is taken and judged inside a write transaction of the project's database, so two
// processes cannot both find a dead holder and both step in.

import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { hashJson } from '../../util/hash.ts';
import { type Database, inTransaction, now } from './database.ts';

/** Who runs a stage. */
export interface LockHolder {
  pid: number;
  host: string;
  stage: string;
  startedAt: string;
  /** When the process itself started, in the kernel's ticks where it tells; a reused pid differs here. */
  processStart: string | null;
}

export interface Lock {
  /** The dead holder whose lock was taken over, if any. */
  takenOverFrom: LockHolder | undefined;
  /** Aborted where the lock was lost to somebody else, which only a server that went away can do: save and stop. */
  lost?: AbortSignal;
  release(): Promise<void>;
}

/** What is locked: the stage with these settings beside whatever else runs, or without settings the whole project. */
export interface LockScope {
  readonly stage: string;
  readonly settings?: object | undefined;
}

/** Sixteen digits for a stage with settings; none for a lock of the whole project. */
export function scopeKey({ stage, settings }: LockScope): string | undefined {
  return settings && hashJson([stage, settings]).slice(0, 16);
}

/**
 * Takes the lock file of a stage; `path` is that of the whole project.
 *
 * @throws CollimateError LOCKED while another living process, or any process of another machine, holds one that excludes it.
 */
export function acquireLock(db: Database, path: string, scope: LockScope): Promise<Lock> {
  return inTransaction(db, async () => {
    const key = scopeKey(scope);
    const own = key === undefined ? path : ownPath(path, key);
    for (const file of key === undefined ? listLockFiles(path) : [path, own]) {
      const other = readLivingHolder(file);
      if (other) throw lockedError(other, `if that machine is gone, delete ${file}.`);
    }
    const former = readHolder(own);
    // One process may take a lock twice within a millisecond: who wrote the file is told by more than process and time.
    const text = `${JSON.stringify({ ...makeHolder(scope.stage), id: randomUUID() })}\n`;
    writeFileAtomic(own, text);
    return { takenOverFrom: former, release: async () => release(own, text) };
  });
}

function ownPath(path: string, key: string): string {
  return path.replace(/\.lock$/, `.${key}.lock`);
}

/** The lock file of the whole project and those of its stages, whether or not they are there. */
function listLockFiles(path: string): string[] {
  const [dir, start] = [dirname(path), basename(path, '.lock')];
  const ofStages = readdirSync(dir).filter(
    (name) => name.startsWith(`${start}.`) && /\.[0-9a-f]{16}\.lock$/.test(name),
  );
  return [path, ...ofStages.map((name) => join(dir, name))];
}

/** Everybody alive who holds a lock of the project, the one who began first in front. */
export function readLivingHolders(path: string): LockHolder[] {
  const holders = listLockFiles(path).flatMap((file) => readLivingHolder(file) ?? []);
  return sortHolders(holders);
}

export function sortHolders(holders: readonly LockHolder[]): LockHolder[] {
  return holders.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt));
}

/** This process as the holder of a lock. */
export function makeHolder(stage: string): LockHolder {
  return {
    pid: process.pid,
    host: hostname(),
    stage,
    startedAt: now(),
    processStart: readProcessStart(process.pid),
  };
}

function release(path: string, own: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === own) rmSync(path, { force: true });
}

/** Who holds the lock at `path`, dead or alive. */
export function readHolder(path: string): LockHolder | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const value = JSON.parse(readFileSync(path, 'utf8')) as unknown;
    return isHolder(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Nobody is asked about a process by what is no holder: `process.kill` takes 0 for this one's own group. */
function isHolder(value: unknown): value is LockHolder {
  const { pid, host, stage, startedAt, processStart } = (value ?? {}) as Partial<Record<keyof LockHolder, unknown>>;
  return (
    Number.isInteger(pid) &&
    (pid as number) > 0 &&
    [host, stage, startedAt].every((text) => typeof text === 'string') &&
    (processStart === null || typeof processStart === 'string')
  );
}

/** Who holds the lock at `path`, if the process lives. */
function readLivingHolder(path: string): LockHolder | undefined {
  const holder = readHolder(path);
  return holder && isAlive(holder) ? holder : undefined;
}

/** Whether the process of a holder lives; one of another machine is taken to. */
export function isAlive(holder: Pick<LockHolder, 'pid' | 'host' | 'processStart'>): boolean {
  if (holder.host !== hostname()) return true;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return holder.processStart === null || holder.processStart === readProcessStart(holder.pid);
}

/** Field 22 of /proc/PID/stat, counted after the name, which may itself hold blanks; null where there is no /proc. */
export function readProcessStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/** `elsewhere` says what to do about a holder on another machine; who holds the lock need not be known. */
export function lockedError(holder: LockHolder | undefined, elsewhere: string): CollimateError {
  if (!holder)
    return new CollimateError(
      'LOCKED',
      'a stage works on this project, and has not yet said which',
      'Try again in a moment: it either says who it is or is gone.',
    );
  const { pid, host, stage, startedAt } = holder;
  const here = host === hostname();
  const next = here
    ? `Wait for it, or stop it with \`kill -INT ${pid}\`: it saves its work first.`
    : `Wait for it, or stop it there: ${elsewhere}`;
  return new CollimateError(
    'LOCKED',
    `process ${pid}${here ? '' : ` on ${host}`} runs \`${stage}\` on this project since ${startedAt}`,
    next,
  );
}
