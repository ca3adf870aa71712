// Files named by their content: `ab/abcdef….png`, where the name is the SHA-256 of the bytes. A file is written once,
// by way of a temporary name, and never changed, so a name that exists is a file that is whole.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CollimateError } from '../util/errors.ts';
import { writeFileAtomic } from '../util/files.ts';
import { sha256, sha256File } from '../util/hash.ts';

/** A folder of files named by content. Hashes are SHA-256 in hex. */
export interface BlobStore {
  /** Stores bytes and returns their hash; storing the same bytes again writes nothing. */
  putBlob(bytes: Uint8Array): string;
  /** Moves a finished file on the same disk into the store and returns its hash. */
  moveBlob(path: string): string;
  /** The bytes of a hash, checked against it. @throws CollimateError STORAGE where missing or changed. */
  getBlob(hash: string): Buffer;
  hasBlob(hash: string): boolean;
  /** Where a hash is stored, whether or not it is there. */
  blobPath(hash: string): string;
}

/** The blob store in folder `dir`, whose files end in `extension` (with its dot). */
export function openBlobStore(dir: string, extension: string): BlobStore {
  const blobPath = (hash: string) => join(dir, hash.slice(0, 2), `${hash}${extension}`);
  const hasBlob = (hash: string) => existsSync(blobPath(hash));
  return {
    blobPath,
    hasBlob,
    putBlob(bytes) {
      const hash = sha256(bytes);
      if (!hasBlob(hash)) writeFileAtomic(blobPath(hash), bytes);
      return hash;
    },
    moveBlob(path) {
      const hash = sha256File(path);
      if (hasBlob(hash)) rmSync(path);
      else {
        mkdirSync(dirname(blobPath(hash)), { recursive: true });
        renameSync(path, blobPath(hash));
      }
      return hash;
    },
    getBlob: (hash) => readChecked(blobPath(hash), hash),
  };
}

function readChecked(path: string, hash: string): Buffer {
  const bytes = readOrFail(path);
  if (sha256(bytes) === hash) return bytes;
  throw new CollimateError(
    'STORAGE',
    `${path}: the content no longer has the hash it is named by`,
    'Delete this file and run the stage that made it again.',
  );
}

function readOrFail(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CollimateError(
      'STORAGE',
      `${path}: the file is missing or cannot be read`,
      'Restore it from a copy, or run the stage that made it again.',
      { cause: error },
    );
  }
}
