// Objects as files of a folder.

import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../util/files.ts';
import type { Objects, StoredObject } from './objects.ts';

/** The objects in the folder `dir`, which need not be there yet. */
export function openFolderObjects(dir: string): Objects {
  const pathOf = (name: string) => join(dir, name);
  const has = (name: string) => statSync(pathOf(name), { throwIfNoEntry: false })?.isFile() === true;
  return {
    place: dir,
    async put(name, content) {
      if (typeof content !== 'string') return writeFileAtomic(pathOf(name), content);
      copyWhole(content, pathOf(name));
    },
    get: async (name) => (has(name) ? readFileSync(pathOf(name)) : undefined),
    async fetch(name, path) {
      if (!has(name)) return false;
      copyWhole(pathOf(name), path);
      return true;
    },
    has: async (name) => has(name),
    remove: async (name) => rmSync(pathOf(name), { force: true }),
    async *list(prefix) {
      yield* listBelow(dir, '', prefix);
    },
    close() {},
  };
}

function copyWhole(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  const temporary = `${to}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    copyFileSync(from, temporary);
    renameSync(temporary, to);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Files below a folder by name; what is hidden, or still being written, is none. */
function* listBelow(root: string, folder: string, prefix: string): Generator<StoredObject> {
  const here = join(root, folder);
  if (!existsSync(here)) return;
  const entries = readdirSync(here, { withFileTypes: true }).filter(
    ({ name }) => !name.startsWith('.') && !name.endsWith('.tmp'),
  );
  // As whole names are ordered, in which a folder goes on with its slash.
  const names = entries.map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`).sort();
  for (const name of names) {
    if (name.endsWith('/')) {
      if (name.startsWith(prefix) || prefix.startsWith(name)) yield* listBelow(root, name, prefix);
    } else if (name.startsWith(prefix)) yield { name, bytes: statSync(join(root, name)).size };
  }
}
