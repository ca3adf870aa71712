// The entries of the package, as package.json names them, with what the head of each one's source says.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** An entry of the package: how it is imported, its declaration file below `dist`, and what it holds. */
export interface Entry {
  readonly path: string;
  readonly file: string;
  readonly about: string;
  /** A program that uses it; empty for the package as a whole. */
  readonly example: string;
}

const read = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

export function listEntries(): Entry[] {
  const { exports } = JSON.parse(read('package.json')) as { exports: Record<string, { types?: string }> };
  return Object.entries(exports).flatMap(([path, { types }]) => {
    if (!types) return [];
    const file = types.replace('./dist/', '');
    const source = read(`src/${file.replace('.d.ts', '.ts')}`);
    return [{ path: path.replace(/^\./, 'collimate'), file, ...readHead(source) }];
  });
}

function readHead(source: string): Pick<Entry, 'about' | 'example'> {
  const [, comment] = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(source) ?? [];
  if (comment === undefined) return { about: /^\/\/ (.*)$/m.exec(source)?.[1] ?? '', example: '' };
  const [about = '', example = ''] = comment.replace(/^ \* ?/gm, '').split('@example\n');
  return { about: about.trim(), example: example.trim() };
}
