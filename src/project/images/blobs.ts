// Files named by their content: `ab/abcdef….png`, where the name is the SHA-256 of the bytes, of a PNG that of its pixels. A
// file is written once, by way of a temporary name, and never changed, so a name that exists is a file that is whole.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { hashPackedPng, hashPicture, hashPng } from '../../pictures/identity.ts';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { sha256, sha256File } from '../../util/hash.ts';

/** A folder of files named by content. Hashes are SHA-256 in hex. */
export interface BlobStore {
  /** Stores bytes and returns their hash; storing the same bytes again writes nothing. */
  putBlob(bytes: Uint8Array): string;
  /** Moves a finished file on the same disk into the store and returns its hash. */
  moveBlob(path: string): string;
  /** The bytes of a hash, checked against it. @throws CollimateError STORAGE where missing or changed. */
  getBlob(hash: string): Buffer;
  hasBlob(hash: string): boolean;
  /** Deletes the file of a hash; one that is not there is none. */
  removeBlob(hash: string): void;
  /** Where a hash is stored, whether or not it is there. */
  blobPath(hash: string): string;
}

/** How the bytes of a kind of file are named, and whether they may have a name. */
interface Naming {
  name(bytes: Uint8Array): string;
  nameFile(path: string): string;
  fits(bytes: Uint8Array, hash: string): boolean;
}

const BYTES: Naming = { name: sha256, nameFile: sha256File, fits: (bytes, hash) => sha256(bytes) === hash };
/** A picture is its pixels, however they are packed; projects that are older have names of packed files, which stay. */
const PICTURES: Naming = {
  name: hashPicture,
  nameFile: (path) => hashPicture(readFileSync(path)),
  fits: (bytes, hash) => hashPng(bytes) === hash || hashPackedPng(bytes) === hash,
};

/** The blob store in folder `dir`, whose files end in `extension` (with its dot); `.png` files are named by their pixels. */
export function openBlobStore(dir: string, extension: string): BlobStore {
  const { name, nameFile, fits } = extension === '.png' ? PICTURES : BYTES;
  const blobPath = (hash: string) => join(dir, hash.slice(0, 2), `${hash}${extension}`);
  const hasBlob = (hash: string) => existsSync(blobPath(hash));
  return {
    blobPath,
    hasBlob,
    putBlob(bytes) {
      const hash = name(bytes);
      if (!hasBlob(hash)) writeFileAtomic(blobPath(hash), bytes);
      return hash;
    },
    moveBlob(path) {
      const hash = nameFile(path);
      if (hasBlob(hash)) rmSync(path);
      else {
        mkdirSync(dirname(blobPath(hash)), { recursive: true });
        renameSync(path, blobPath(hash));
      }
      return hash;
    },
    removeBlob: (hash) => rmSync(blobPath(hash), { force: true }),
    getBlob: (hash) => readChecked(blobPath(hash), hash, fits),
  };
}

function readChecked(path: string, hash: string, fits: Naming['fits']): Buffer {
  const bytes = readOrFail(path);
  if (fits(bytes, hash)) return bytes;
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
