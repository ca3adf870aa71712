// The hashes of a folder's files, kept in the folder itself: by them damage is noticed that the disk does not tell of.

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readArtefact, type Schema } from './artefact.ts';
import { CollimateError } from './errors.ts';
import { writeFileAtomic } from './files.ts';
import { sha256File } from './hash.ts';

const FILE = 'hashes.json';

interface FolderHashes {
  readonly version: 1;
  /** SHA-256 by the path below the folder, with `/`. */
  readonly files: Readonly<Record<string, string>>;
}

/** Hashes every file of a folder and keeps what came out in `hashes.json`. */
export function writeFolderHashes(folder: string): void {
  const files = Object.fromEntries(listFiles(folder).map((name) => [name, sha256File(join(folder, name))]));
  writeFileAtomic(join(folder, FILE), `${JSON.stringify({ version: 1, files })}\n`);
}

/**
 * The hashes that were kept, by the path below the folder; undefined where none were.
 *
 * @throws CollimateError STORAGE where they are damaged
 */
export function readFolderHashes(folder: string): Readonly<Record<string, string>> | undefined {
  const path = join(folder, FILE);
  if (!existsSync(path)) return undefined;
  return readArtefact(path, schema, { version: 1, again: 'make this folder again' }).files;
}

/**
 * The files of a folder that no longer have the hash that was kept, each read anew; those that are gone are not named.
 * Undefined where no hashes were kept.
 *
 * @throws CollimateError STORAGE where the hashes themselves are damaged
 */
function findChangedFiles(folder: string): string[] | undefined {
  const files = readFolderHashes(folder);
  if (!files) return undefined;
  return listFiles(folder).filter(
    (name) => files[name] !== undefined && sha256File(join(folder, name)) !== files[name],
  );
}

/**
 * Compares a checkpoint with the hashes that were kept of it; one of an earlier version has none.
 *
 * @throws CollimateError MISMATCH where a file was changed or damaged
 */
export function checkCheckpoint(folder: string): void {
  const changed = findChangedFiles(folder) ?? [];
  if (changed.length === 0) return;
  throw new CollimateError(
    'MISMATCH',
    `${folder}: ${changed.join(', ')}: not the content that was saved there; changed or damaged`,
    'Restore it from a copy, or go on from another checkpoint (--resume-from-checkpoint), or start anew with none.',
  );
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .filter((name) => name !== FILE)
    .sort();
}

const isHashes = (value: unknown): value is FolderHashes => {
  const files = (value as FolderHashes | null)?.files;
  return typeof files === 'object' && files !== null && Object.values(files).every((hash) => typeof hash === 'string');
};

const schema: Schema<FolderHashes> = {
  safeParse: (value) =>
    isHashes(value)
      ? { success: true, data: value }
      : { success: false, error: { issues: [{ path: ['files'], message: 'expected a hash for each file' }] } },
};
