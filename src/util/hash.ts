// Names by content: SHA-256 of bytes, files, folders and plain values. All hashes are 64 lower-case hex digits.

import { createHash } from 'node:crypto';
import { closeSync, createReadStream, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

/**
 * SHA-256 of bytes, or of a text's UTF-8.
 *
 * @example
 * sha256('abc').slice(0, 8); // 'ba7816bf'
 */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** SHA-256 of a file, read in pieces of 1 MiB. */
export function sha256File(path: string): string {
  const hash = createHash('sha256');
  const piece = Buffer.allocUnsafe(1 << 20);
  const file = openSync(path, 'r');
  try {
    for (let read = readSync(file, piece); read > 0; read = readSync(file, piece)) hash.update(piece.subarray(0, read));
  } finally {
    closeSync(file);
  }
  return hash.digest('hex');
}

/** `sha256File` piece by piece between other work: for files of gigabytes where something else must go on. */
export async function sha256FileAside(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(piece as Buffer);
  return hash.digest('hex');
}

/** SHA-256 over the sorted relative names and contents of a folder's files: the identity of a model directory. */
export function sha256Folder(dir: string): string {
  const names = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1));
  const lines = names.sort().map((name) => `${name.replaceAll('\\', '/')}\n${sha256File(join(dir, name))}\n`);
  return sha256(lines.join(''));
}

/**
 * JSON with the keys of every object sorted, so that equal values give equal text.
 *
 * @example
 * canonicalJson({ b: 1, a: [2, { d: 3, c: 4 }] }); // '{"a":[2,{"c":4,"d":3}],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === 'object' && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : item,
  );
}

/** SHA-256 of `canonicalJson(value)`: the identity of a config or of a data set. */
export function hashJson(value: unknown): string {
  return sha256(canonicalJson(value));
}
