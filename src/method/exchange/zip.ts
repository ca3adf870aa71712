// Folders as one file, packed without compression, since pictures are compressed already. Unpacking is unzip.ts.

import { Zip, ZipPassThrough } from 'fflate';
import { CollimateError } from '../../util/errors.ts';

/** More files, or more bytes, would need the format's later form, which fewer programs read. */
const [MOST_PACKED_FILES, MOST_PACKED_BYTES] = [65_535, 4_294_967_295];

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
