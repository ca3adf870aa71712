// The identity of a model: a digest over its files, written beside everything that the model made.

import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CollimateError } from '../../util/errors.ts';
import { hashFileOnce, hashFilesAside } from '../../util/file-hashes.ts';
import { sha256 } from '../../util/hash.ts';

/** What decides a model's behaviour: weights, configs, vocabulary. A model card or a preview does not. */
const RELEVANT = /\.(safetensors|json|txt)$/;

/**
 * The SHA-256 of a file's bytes, or of a model folder: of the lines `digest  path` of its weights, configs and
 * vocabularies, sorted by path. Hidden files are left out. A file that is known as it is now is not read again.
 *
 * @param hashFile how a file is hashed; `sha256File` reads each anew
 * @returns 64 hexadecimal digits.
 * @throws CollimateError WEIGHTS where there is nothing at `path`, or nothing of a model in the folder.
 */
export function hashWeights(path: string, hashFile: (path: string) => string = hashFileOnce): string {
  const files = listModelFiles(path);
  if (files[0] === '') return hashFile(path);
  return sha256(files.map((file) => `${hashFile(join(path, file))}  ${file}\n`).join(''));
}

/** `hashWeights`, which reads files of gigabytes between other work. */
export async function hashWeightsAside(path: string): Promise<string> {
  const files = listModelFiles(path).map((file) => (file === '' ? path : join(path, file)));
  const hashes = await hashFilesAside(files);
  return hashWeights(path, (file) => hashes.get(file)!);
}

/**
 * The files that decide what a model does, as paths below its folder, sorted; of one file, the empty path.
 *
 * @throws CollimateError WEIGHTS where there is nothing at `path`, or nothing of a model in the folder.
 */
export function listModelFiles(path: string): string[] {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined)
    throw new CollimateError('WEIGHTS', `${path}: there is no such file or folder`, 'Check the path of the model.');
  if (!status.isDirectory()) return [''];
  const files = relevantFiles(path, '');
  if (files.length > 0) return files;
  throw new CollimateError('WEIGHTS', `${path}: expected weights or configs, got none`, 'Name the folder of a model.');
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
