// The size of a PNG file from its first bytes, where decoding it would be too much.

import { closeSync, openSync, readSync } from 'node:fs';

/** A signature of 8 bytes, the length and name of the first chunk, then width and height. */
const HEADER = 24;

/** Width and height of the PNG file at `path`; undefined where it is missing or no PNG file. */
export function readPngSize(path: string): { readonly width: number; readonly height: number } | undefined {
  const bytes = readStart(path);
  if (bytes?.length !== HEADER || bytes.toString('latin1', 12, 16) !== 'IHDR') return undefined;
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
}

function readStart(path: string): Buffer | undefined {
  try {
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(HEADER);
      return bytes.subarray(0, readSync(file, bytes, 0, HEADER, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined;
  }
}
