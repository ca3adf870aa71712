// Folders as one file: packed without compression, since pictures are compressed already, and unpacked with care, since an
// archive from outside may lie about everything.

import { closeSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Unzip, UnzipInflate, Zip, ZipPassThrough } from 'fflate';
import { CollimateError } from '../../util/errors.ts';
import { wrong } from './columns.ts';
import { MOST_FILES, MOST_TEXT } from './folder.ts';

/** More files, or more bytes, would need the format's later form, which fewer programs read. */
const [MOST_PACKED_FILES, MOST_PACKED_BYTES] = [65_535, 4_294_967_295];
const READ_BYTES = 1 << 20;
/** Of everything that an archive unpacks to. */
const MOST_UNPACKED = 64 * 2 ** 30;

/**
 * The bytes of an archive, part by part; the same files give the same bytes.
 *
 * @throws CollimateError USAGE where there are more files or bytes than the format holds.
 */
export function* packFiles(files: Iterable<readonly [name: string, bytes: Uint8Array]>): Generator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let [count, size] = [0, 0];
  const zip = new Zip((error, part) => {
    if (error) throw error;
    parts.push(part);
  });
  function* take(): Generator<Uint8Array> {
    const ready = parts;
    parts = [];
    for (const part of ready) {
      size += part.length;
      yield part;
    }
    if (size <= MOST_PACKED_BYTES && count <= MOST_PACKED_FILES) return;
    throw new CollimateError(
      'USAGE',
      'export: a zip file holds at most 65,535 files and 4 GiB',
      'Name a folder instead, with `collimate export imagefolder FOLDER`.',
    );
  }
  for (const [name, bytes] of files) {
    const entry = new ZipPassThrough(name);
    entry.mtime = '1980-01-01T00:00:00';
    zip.add(entry);
    entry.push(bytes, true);
    count++;
    yield* take();
  }
  zip.end();
  yield* take();
}

/**
 * Unpacks an archive into `folder` under names of our own, and returns where each of its files lies by its name there.
 *
 * @throws CollimateError USAGE for what is no archive, is cut off, or unpacks to too much.
 */
export function unpackFiles(path: string, folder: string): Map<string, string> {
  const unpacker = createUnpacker(path, folder);
  const source = openSync(path, 'r');
  try {
    const buffer = new Uint8Array(READ_BYTES);
    const { size } = statSync(path);
    for (let at = 0; at < size; ) {
      const length = readSync(source, buffer, 0, READ_BYTES, at);
      at += length;
      unpacker.push(buffer.slice(0, length), at >= size);
    }
    return unpacker.finish();
  } finally {
    closeSync(source);
    unpacker.close();
  }
}

function createUnpacker(path: string, folder: string) {
  const files = new Map<string, string>();
  let unpacked = 0;
  let open: { readonly name: string; readonly file: number; size: number } | undefined;
  const close = () => {
    if (open) closeSync(open.file);
    open = undefined;
  };
  const unzip = new Unzip((entry) => {
    if (entry.name.endsWith('/')) return;
    if (files.size >= MOST_FILES) throw wrong(path, `more than ${MOST_FILES} files`);
    const target = join(folder, `${files.size}${extname(entry.name).slice(0, 10)}`);
    files.set(entry.name, target);
    close();
    const current = { name: entry.name, file: openSync(target, 'wx'), size: 0 };
    open = current;
    entry.ondata = (error, part, final) => {
      if (error) throw wrong(`${path}, ${entry.name}`, `cannot be unpacked (${error.message})`);
      current.size += part.length;
      unpacked += part.length;
      if (current.size > MOST_TEXT || unpacked > MOST_UNPACKED)
        throw wrong(`${path}, ${entry.name}`, 'unpacks to more than this reads');
      for (let at = 0; at < part.length; ) at += writeSync(current.file, part, at);
      if (final) close();
    };
    entry.start();
  });
  unzip.register(UnzipInflate);
  return {
    push(bytes: Uint8Array, final: boolean) {
      try {
        unzip.push(bytes, final);
      } catch (error) {
        if (error instanceof CollimateError) throw error;
        throw wrong(path, `no zip file, or a damaged one (${(error as Error).message})`);
      }
    },
    finish() {
      if (open) throw wrong(path, `cut off within ${open.name}`);
      if (files.size === 0) throw wrong(path, 'no zip file, or an empty one');
      return files;
    },
    close,
  };
}
