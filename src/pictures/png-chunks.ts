// The chunks of a PNG file (PNG specification, 5): where each lies, and what it holds. None is interpreted here.

export const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  /** Of the whole chunk in the file. */
  readonly start: number;
  readonly end: number;
}

/** The chunks of a file from its beginning; undefined where it is no whole PNG. */
export function listChunks(png: Uint8Array): Chunk[] | undefined {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) return undefined;
  const chunks: Chunk[] = [];
  for (let start = 8; start + 12 <= bytes.length; ) {
    const end = start + 12 + bytes.readUInt32BE(start);
    if (end > bytes.length) return undefined;
    const type = bytes.toString('latin1', start + 4, start + 8);
    chunks.push({ type, data: bytes.subarray(start + 8, end - 4), start, end });
    if (type === 'IEND') return end === bytes.length ? chunks : undefined;
    start = end;
  }
  return undefined;
}
