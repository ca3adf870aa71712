// Where an import keeps files until all of them are sound. The folder says whose it is, so that what a killed import left is
// found at the next start and removed, and what another one is still filling is not.

import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
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
  const dir = mkdtempSync(join(projectDir, 'images', STAGING));
  writeFileSync(join(dir, OWNER), JSON.stringify(makeHolder('import')));
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

/** Removes the folders of imports that are no more; where nothing can be removed, nothing is. Returns how many went. */
export function sweepStaging(projectDir: string): number {
  const images = join(projectDir, 'images');
  let removed = 0;
  try {
    for (const name of readdirSync(images)) {
      const dir = join(images, name);
      if (!name.startsWith(STAGING) || !isAbandoned(dir)) continue;
      rmSync(dir, { recursive: true, force: true });
      removed++;
    }
  } catch {
    // A project that can only be read stays as it is; one without pictures has nothing to sweep.
  }
  return removed;
}

function isAbandoned(dir: string): boolean {
  const owner = readHolder(join(dir, OWNER));
  if (owner?.host === hostname()) return !isAlive(owner);
  return Date.now() - statSync(dir).mtimeMs > ABANDONED_MS;
}
