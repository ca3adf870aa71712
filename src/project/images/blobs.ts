// Files named by their content: `ab/abcdef….png`, where the name is the SHA-256 of the bytes, of a PNG that of its pixels. A
// file is written once, by way of a temporary name, and never changed, so a name that exists is a file that is whole. They
// lie in a folder of the project, or in a bucket, of which that folder then is a cache.

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { hashPackedPng, hashPicture, hashPng } from '../../pictures/identity.ts';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { sha256, sha256File } from '../../util/hash.ts';
import { forSeveral } from '../../util/several.ts';
import type { Objects } from '../objects/objects.ts';
import { createCacheLimit } from './cache-limit.ts';

/** Files named by content. Hashes are SHA-256 in hex. */
export interface BlobStore {
  /** Stores bytes and returns their hash; storing the same bytes again writes nothing. */
  putBlob(bytes: Uint8Array): Promise<string>;
  /** Moves a finished file on the same disk into the store and returns its hash. */
  moveBlob(path: string): Promise<string>;
  /**
   * The bytes of a hash, checked against it; a copy of what a bucket holds that is damaged is fetched again.
   *
   * @throws CollimateError STORAGE where missing or changed.
   */
  getBlob(hash: string): Promise<Buffer>;
  hasBlob(hash: string): Promise<boolean>;
  /** Which of many are there; a bucket is listed, not asked for each. */
  findBlobs(hashes: Iterable<string>): Promise<Set<string>>;
  /** Deletes the file of a hash; one that is not there is none. */
  removeBlob(hash: string): Promise<void>;
  /** Where a hash is, or would be, in the project's folder. */
  blobPath(hash: string): string;
  /** As `blobPath`, the file fetched from the bucket where it is not there yet. What is nowhere is not there afterwards. */
  fetchBlob(hash: string): Promise<string>;
  /** Removes a damaged copy of what a bucket holds, and fetches it anew; a folder that is no copy stays as it is. */
  refetchBlob(hash: string): Promise<string>;
  /** As `getBlob`, for writers that cannot wait: all of them are fetched first. */
  openReader(hashes: Iterable<string>): Promise<(hash: string) => Buffer>;
}

/** Where files are besides the folder. */
export interface BlobHome {
  readonly objects: Objects;
  /** How large the folder may grow. */
  readonly cacheBytes: number;
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

/** Files of a bucket that are fetched at once. */
const FETCHED_AT_ONCE = 16;
/** Files to ask a bucket for one by one, rather than to list what it holds. */
const FEW = 20;

/**
 * The blob store in folder `dir`, whose files end in `extension` (with its dot); `.png` files are named by their pixels.
 *
 * @param home a bucket that holds the files, under the folder's own name; the folder is a cache then
 */
export function openBlobStore(dir: string, extension: string, home?: BlobHome): BlobStore {
  const { name, nameFile, fits } = extension === '.png' ? PICTURES : BYTES;
  const below = (hash: string) => `${hash.slice(0, 2)}/${hash}${extension}`;
  const blobPath = (hash: string) => join(dir, below(hash));
  const isHere = (hash: string) => existsSync(blobPath(hash));
  const objectName = (hash: string) => `${basename(dir)}/${below(hash)}`;
  const cache = home && createCacheLimit(dir, home.cacheBytes);

  const hasBlob = async (hash: string) => (home ? home.objects.has(objectName(hash)) : isHere(hash));
  async function fetchBlob(hash: string): Promise<string> {
    const path = blobPath(hash);
    if (home && !isHere(hash) && (await home.objects.fetch(objectName(hash), path))) cache!.added(path);
    else cache?.used(path);
    return path;
  }
  async function refetchBlob(hash: string): Promise<string> {
    if (home) rmSync(blobPath(hash), { force: true });
    return fetchBlob(hash);
  }
  async function getBlob(hash: string): Promise<Buffer> {
    const path = await fetchBlob(hash);
    const bytes = readOrFail(path, home);
    if (fits(bytes, hash)) return bytes;
    if (!home) throw changed(path);
    const again = readOrFail(await refetchBlob(hash), home);
    if (fits(again, hash)) return again;
    rmSync(path);
    throw changed(`${home.objects.place}/${objectName(hash)}`);
  }
  function readHere(hash: string): Buffer {
    const bytes = readOrFail(blobPath(hash), home);
    if (fits(bytes, hash)) return bytes;
    throw changed(blobPath(hash), home && 'Delete this file, which is a copy: it is fetched again.');
  }
  async function store(hash: string, content: Uint8Array | string, keep: (path: string) => void): Promise<string> {
    if (home && !(await home.objects.has(objectName(hash)))) await home.objects.put(objectName(hash), content);
    if (isHere(hash)) return hash;
    keep(blobPath(hash));
    cache?.added(blobPath(hash));
    return hash;
  }
  return {
    blobPath,
    hasBlob,
    fetchBlob,
    refetchBlob,
    getBlob,
    async findBlobs(hashes) {
      const asked = new Set(hashes);
      const found = new Set<string>();
      if (home && asked.size > FEW) {
        for await (const { name: object } of home.objects.list(`${basename(dir)}/`)) {
          const hash = basename(object, extension);
          if (asked.has(hash)) found.add(hash);
        }
      } else for (const hash of asked) if (await hasBlob(hash)) found.add(hash);
      return found;
    },
    putBlob: async (bytes) => store(name(bytes), bytes, (path) => writeFileAtomic(path, bytes)),
    async moveBlob(path) {
      const hash = await store(nameFile(path), path, (to) => {
        mkdirSync(dirname(to), { recursive: true });
        renameSync(path, to);
      });
      rmSync(path, { force: true });
      return hash;
    },
    async removeBlob(hash) {
      await home?.objects.remove(objectName(hash));
      rmSync(blobPath(hash), { force: true });
    },
    async openReader(hashes) {
      cache?.pause();
      await forSeveral(hashes, FETCHED_AT_ONCE, async (hash) => void (await fetchBlob(hash)));
      return readHere;
    },
  };
}

function changed(place: string, hint = 'Delete it and run the stage that made it again.'): CollimateError {
  return new CollimateError('STORAGE', `${place}: the content no longer has the hash it is named by`, hint);
}

function readOrFail(path: string, home: BlobHome | undefined): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new CollimateError(
      'STORAGE',
      `${path}: the file is missing or cannot be read${home ? `, and ${home.objects.place} does not have it` : ''}`,
      'Restore it from a copy, or run the stage that made it again.',
      { cause: error },
    );
  }
}
