// A project in a folder that cannot be written, such as an archive: SQLite's file is copied to a temporary folder and read
// there, since even reading it writes beside it.

import { accessSync, constants, copyFileSync, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CollimateError } from '../util/errors.ts';
import { openScratch } from './images/staging.ts';

export interface DatabaseCopy {
  readonly path: string;
  remove(): void;
}

/** A copy of the SQLite file at `path` with its log, where the file or its folder cannot be written; else nothing. */
export function copyWhereReadOnly(path: string): DatabaseCopy | undefined {
  if (!existsSync(path) || (isWritable(path) && isWritable(dirname(path)))) return undefined;
  const { dir, remove } = openScratch('read');
  const copy = join(dir, 'copy.db');
  for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, copy + end);
  return { path: copy, remove };
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Refuses work that would change a project that can only be read: where its rows are a copy, the change would be gone with it.
 *
 * @throws CollimateError USAGE
 */
export function requireWritable({ dir, readOnly }: { dir: string; readOnly: boolean }, what: string): void {
  if (!readOnly) return;
  throw new CollimateError(
    'USAGE',
    `${dir} can only be read, and \`${what}\` writes to it`,
    'Copy the folder to a place that is yours to write. report (with --out), quality, lineage, status, check, export and studio work here.',
  );
}
