// Tensors that go from one file to another as they are stored: bytes, never widened.

import { closeSync, openSync, readSync } from 'node:fs';
import { CollimateError } from '../../util/errors.ts';
import { DTYPE_BYTES } from './header.ts';
import { elementCount, type TensorPlace, type TensorSource } from './tensor.ts';

export interface BytePlace extends TensorPlace {
  readonly bytes: number;
}

const BLOCK = 4 << 20;

/** Where tensors lie, one after another; undefined where one is computed as it is read. */
export function bytePlaces(source: TensorSource, names: readonly string[]): BytePlace[] | undefined {
  const places = names.flatMap((name): BytePlace[] => {
    const place = source.place(name);
    const bytes = elementCount(source.shape(name)) * DTYPE_BYTES[source.dtype(name)];
    return place ? [{ ...place, bytes }] : [];
  });
  return places.length === names.length ? places : undefined;
}

/** The bytes at a place, in blocks. @throws CollimateError WEIGHTS where the file has become shorter. */
export function* readPlace({ path, start, bytes }: BytePlace): Iterable<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    for (let done = 0; done < bytes; ) {
      const block = Buffer.allocUnsafe(Math.min(BLOCK, bytes - done));
      const count = readSync(file, block, 0, block.length, start + done);
      if (count === 0)
        throw new CollimateError(
          'WEIGHTS',
          `${path}: expected ${start + bytes} bytes, got ${start + done}`,
          'The file was cut off while it was read: fetch it again.',
        );
      yield block.subarray(0, count);
      done += count;
    }
  } finally {
    closeSync(file);
  }
}
