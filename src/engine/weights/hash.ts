// The identity of a model: a digest over its files, written beside everything that the model made.

import { createHash, type Hash } from 'node:crypto';
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CollimateError } from '../../util/errors.ts';

/** What decides a model's behaviour: weights, configs, vocabulary. A model card or a preview does not. */
const RELEVANT = /\.(safetensors|json|txt)$/;

/**
 * The SHA-256 of a file's bytes, or of a model folder: of the lines `digest  path` of its weights, configs and
 * vocabularies, sorted by path. Hidden files are left out.
 *
 * @returns 64 hexadecimal digits.
 * @throws CollimateError WEIGHTS where there is nothing at `path`, or nothing of a model in the folder.
 */
export function hashWeights(path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined)
    throw new CollimateError('WEIGHTS', `${path}: there is no such file or folder`, 'Check the path of the model.');
  if (!status.isDirectory()) return hashFile(path);
  const files = relevantFiles(path, '');
  if (files.length === 0)
    throw new CollimateError(
      'WEIGHTS',
      `${path}: expected weights or configs, got none`,
      'Name the folder of a model.',
    );
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${hashFile(join(path, file))}  ${file}\n`);
  return hash.digest('hex');
}

function relevantFiles(root: string, folder: string): string[] {
  const names = readdirSync(join(root, folder)).filter((name) => !name.startsWith('.'));
  const files = names.flatMap((name) => {
    const path = folder === '' ? name : `${folder}/${name}`;
    if (statSync(join(root, path)).isDirectory()) return relevantFiles(root, path);
    return RELEVANT.test(name) ? [path] : [];
  });
  return files.sort();
}

function hashFile(path: string): string {
  const hash = createHash('sha256');
  const file = openSync(path, 'r');
  try {
    feed(file, hash);
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

function feed(file: number, hash: Hash): void {
  const block = new Uint8Array(4 << 20);
  for (let count = readSync(file, block); count > 0; count = readSync(file, block))
    hash.update(block.subarray(0, count));
}
