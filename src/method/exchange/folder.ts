// The files of a folder from outside. Names in metadata are only looked up among the files that were found by walking the
// folder: no path is ever made of one.

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MOST_BYTES } from '../../pictures/outside.ts';
import { decodeText } from '../../util/text-encoding.ts';
import { wrong } from './columns.ts';

export const MOST_FILES = 1_000_000;
export const MOST_TEXT = 512 * 1024 * 1024;

/** What lies in a folder or an archive. */
export interface FoundFiles {
  /** Where each regular file is, by its relative name with slashes. */
  readonly files: ReadonlyMap<string, string>;
  /** Links, which are not followed: nothing outside is reached. */
  readonly links: readonly string[];
}

/** All that lies below `dir`. */
export function listFiles(dir: string): FoundFiles {
  const stat = lstatSync(dir, { throwIfNoEntry: false });
  if (stat?.isFile())
    throw wrong(
      dir,
      'expected a folder',
      'A file is taken by `collimate import FORMAT FILE`, such as `import parquet`.',
    );
  if (!stat?.isDirectory()) throw wrong(dir, 'expected a folder', 'Name a folder that is there, and no link.');
  const files = new Map<string, string>();
  const links: string[] = [];
  const walk = (path: string, name: string) => {
    for (const entry of readdirSync(path, { withFileTypes: true })) {
      const [own, ownName] = [join(path, entry.name), name === '' ? entry.name : `${name}/${entry.name}`];
      if (entry.isDirectory()) walk(own, ownName);
      else if (entry.isFile()) files.set(ownName, own);
      else if (entry.isSymbolicLink()) links.push(ownName);
      if (files.size + links.length > MOST_FILES) throw wrong(dir, `more than ${MOST_FILES} files`);
    }
  };
  walk(dir, '');
  return { files, links };
}

/**
 * A file of text.
 *
 * @param label what errors call it: for a file of an archive, its name there
 * @throws CollimateError USAGE
 */
export function readTextFile(path: string, label = path): string {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw wrong(label, 'expected a file');
  if (stat.size > MOST_TEXT)
    throw wrong(label, `${stat.size} bytes of text, more than 512 MB`, 'Nothing was stored; import it in parts.');
  const decoded = decodeText(readFileSync(path));
  if ('text' in decoded) return decoded.text;
  throw wrong(label, `the file ${decoded.fault}`, 'Nothing was stored; save the file as UTF-8 and import it again.');
}

/** Reads a picture when it is its turn. */
export function readPicture(path: string): () => Promise<Uint8Array> {
  return async () => readPictureNow(path);
}

/** @throws CollimateError USAGE where it is too large. */
export function readPictureNow(path: string): Uint8Array {
  const { size } = lstatSync(path);
  if (size > MOST_BYTES) throw wrong(path, `${size} bytes, more than 32 MB`);
  return readFileSync(path);
}
