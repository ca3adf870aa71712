// Writing files so that a reader sees the old bytes or the new ones, never half of them.

import { randomBytes } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CollimateError } from './errors.ts';

/** The disk, the user's share of it, or the size that a file may have is used up. */
const NO_ROOM: readonly string[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Writes `chunks` to `path` by way of a temporary name beside it: write, sync, rename.
 *
 * @param check looks at the file before it takes its name; what it throws leaves the old file as it was
 * @throws CollimateError DISK_FULL where the disk has no room; the old file, if any, is untouched.
 */
export function writeFileAtomic(
  path: string,
  chunks: string | Uint8Array | Iterable<Uint8Array>,
  check?: (temporary: string) => void,
): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    const file = openSync(temporary, 'wx');
    try {
      for (const chunk of toChunks(chunks)) writeAll(file, chunk);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    check?.(temporary);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    if (!NO_ROOM.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new CollimateError(
      'DISK_FULL',
      `no room left on the disk while writing ${path}`,
      'Free some space and run the same command again; what was stored before is intact.',
      { cause: error },
    );
  }
}

function toChunks(data: string | Uint8Array | Iterable<Uint8Array>): Iterable<Uint8Array> {
  if (typeof data === 'string') return [Buffer.from(data)];
  return data instanceof Uint8Array ? [data] : data;
}

function writeAll(file: number, chunk: Uint8Array): void {
  for (let offset = 0; offset < chunk.length; ) offset += writeSync(file, chunk, offset);
}

/** Gives a file that is never written to again a second name, or copies it where the file system has no such names. */
export function linkOrCopy(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
