// A folder that is a copy of what a bucket holds may be any size: the files that were not used for longest go first.

import { readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** Down to which share of the limit a full folder is emptied, so that it is not walked for each file. */
const AFTERWARDS = 0.8;

export interface CacheLimit {
  /** A file came into the folder: others may have to go. */
  added(path: string): void;
  used(path: string): void;
  /** Keeps whatever comes from now on, for as long as this store is open. */
  pause(): void;
}

/** Keeps the files below `dir` under `limit` bytes together. Several processes may do so on one folder. */
export function createCacheLimit(dir: string, limit: number): CacheLimit {
  let size: number | undefined;
  let paused = false;
  return {
    added(path) {
      if (size === undefined) size = sum(listFiles(dir));
      else size += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (!paused && size > limit) size = shrink(dir, limit, path);
    },
    used(path) {
      const now = new Date();
      try {
        utimesSync(path, now, now);
      } catch {
        // It is not there, or not ours to touch: then it is only thought to be older than it is.
      }
    },
    pause() {
      paused = true;
    },
  };
}

interface CachedFile {
  readonly path: string;
  readonly bytes: number;
  readonly usedAt: number;
}

const sum = (files: readonly CachedFile[]) => files.reduce((bytes, file) => bytes + file.bytes, 0);

/** Returns the size afterwards. */
function shrink(dir: string, limit: number, newest: string): number {
  const files = listFiles(dir).sort((a, b) => a.usedAt - b.usedAt);
  let size = sum(files);
  for (const { path, bytes } of files) {
    if (size <= AFTERWARDS * limit) break;
    if (path === newest) continue;
    rmSync(path, { force: true });
    size -= bytes;
  }
  return size;
}

/** What is hidden, or still being written, is not looked at. */
function listFiles(dir: string): CachedFile[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter(
      (entry) =>
        entry.isFile() &&
        !entry.name.endsWith('.tmp') &&
        !/(^|\/)\./.test(join(entry.parentPath.slice(dir.length), entry.name)),
    )
    .flatMap((entry) => {
      const path = join(entry.parentPath, entry.name);
      const status = statSync(path, { throwIfNoEntry: false });
      return status ? [{ path, bytes: status.size, usedAt: status.mtimeMs }] : [];
    });
}
