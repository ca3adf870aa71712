// Where an import keeps files until all of them are sound, and what else is there for the time of one process. The folder says
// whose it is, so that what a killed process left is found at the next start and removed, and what another is still filling is not.

import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive, makeHolder, readHolder } from '../database/lock.ts';

/** How the names of such folders begin, in `images/`. */
export const STAGING = '.import-';
const OWNER = 'owner.json';
/** After which a folder is nobody's that does not say whose it is, or is another machine's. */
const ABANDONED_MS = 24 * 3600 * 1000;

export interface Staging {
  readonly dir: string;
  /** Removes it with all that is in it. */
  remove(): void;
}

/** Makes a folder for this process beside the pictures of a project, so that finished files need only be renamed. */
export function openStaging(projectDir: string): Staging {
  return makeOwned(join(projectDir, 'images', STAGING), 'import');
}

const SCRATCH = /^collimate-(export|read|upload)-\w{6}$/;

/** Makes a folder for this process where the system keeps temporary files; what killed processes left there goes first. */
export function openScratch(what: 'export' | 'read' | 'upload'): Staging {
  sweep(tmpdir(), (name) => SCRATCH.test(name));
  return makeOwned(join(tmpdir(), `collimate-${what}-`), what);
}

function makeOwned(prefix: string, what: string): Staging {
  const dir = mkdtempSync(prefix);
  writeFileSync(join(dir, OWNER), JSON.stringify(makeHolder(what)));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Removes the folders of imports that are no more; where nothing can be removed, nothing is. Returns how many went. */
export function sweepStaging(projectDir: string): number {
  return sweep(join(projectDir, 'images'), (name) => name.startsWith(STAGING));
}

function sweep(folder: string, isOurs: (name: string) => boolean): number {
  return attempt(() => readdirSync(folder), []).filter((name) => isOurs(name) && removeAbandoned(join(folder, name)))
    .length;
}

/** A project that can only be read stays as it is, and so do the folders of other people. */
const removeAbandoned = (dir: string): boolean =>
  attempt(() => {
    if (!isAbandoned(dir)) return false;
    rmSync(dir, { recursive: true, force: true });
    return true;
  }, false);

function attempt<T>(work: () => T, otherwise: T): T {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

function isAbandoned(dir: string): boolean {
  const owner = readHolder(join(dir, OWNER));
  if (owner?.host === hostname()) return !isAlive(owner);
  return Date.now() - lstatSync(dir).mtimeMs > ABANDONED_MS;
}
