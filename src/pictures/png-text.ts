// Texts inside PNG files (PNG specification, 11.3.3): added, read and taken out without touching a pixel.

import { crc32, inflateSync } from 'node:zlib';
import { listChunks, SIGNATURE } from './png-chunks.ts';

const TEXT_TYPES: readonly string[] = ['tEXt', 'zTXt', 'iTXt'];
/** Bytes that a compressed text may grow to. */
const MOST_TEXT = 2 ** 20;
/** What a tEXt chunk may hold: Latin-1 that can be printed, and line feeds. */
const LATIN_1 = /^[\n\x20-\x7e\xa0-\xff]*$/;

/** The data of the first chunk of a type; undefined where there is none, or the file is no whole PNG. */
export function readPngChunk(png: Uint8Array, type: string): Buffer | undefined {
  return listChunks(png)?.find((chunk) => chunk.type === type)?.data;
}

/** A PNG without its texts: what all files of these very pixels by one encoder have in common. Other bytes stay as they are. */
export function stripPngText(png: Uint8Array): Uint8Array {
  const chunks = listChunks(png);
  if (!chunks?.some(({ type }) => TEXT_TYPES.includes(type))) return png;
  const kept = chunks.filter(({ type }) => !TEXT_TYPES.includes(type));
  return Buffer.concat([SIGNATURE, ...kept.map(({ start, end }) => png.subarray(start, end))]);
}

/** A PNG with a text under a keyword of 1 to 79 Latin letters: as tEXt where Latin-1 has its letters, else as iTXt in UTF-8. */
export function addPngText(png: Uint8Array, keyword: string, text: string): Buffer {
  const header = listChunks(png)?.[0];
  if (header?.type !== 'IHDR') throw new TypeError('addPngText: expected a PNG file');
  const chunk = LATIN_1.test(text)
    ? makeChunk('tEXt', Buffer.from(`${keyword}\0${text}`, 'latin1'))
    : makeChunk('iTXt', Buffer.from(`${keyword}\0\0\0\0\0${text}`, 'utf8')); // not compressed, no language
  return Buffer.concat([png.subarray(0, header.end), chunk, png.subarray(header.end)]);
}

function makeChunk(type: string, data: Buffer): Buffer {
  const chunk = Buffer.alloc(data.length + 12);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  data.copy(chunk, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

/** The first text under a keyword; undefined where there is none, or none that can be read. */
export function readPngText(png: Uint8Array, keyword: string): string | undefined {
  return readPngTexts(png, keyword)[0];
}

/** All texts under a keyword that can be read: nothing keeps a file from having several. */
export function readPngTexts(png: Uint8Array, keyword: string): string[] {
  const start = `${keyword}\0`;
  return (listChunks(png) ?? []).flatMap(({ type, data }) =>
    TEXT_TYPES.includes(type) && data.toString('latin1', 0, start.length) === start
      ? (readText(type, data.subarray(start.length)) ?? [])
      : [],
  );
}

function readText(type: string, rest: Buffer): string | undefined {
  if (type === 'tEXt') return rest.toString('latin1');
  if (type === 'zTXt') return inflate(rest.subarray(1))?.toString('latin1');
  const language = rest.indexOf(0, 2);
  const translated = language < 0 ? -1 : rest.indexOf(0, language + 1);
  if (translated < 0) return undefined;
  const text = rest.subarray(translated + 1);
  return (rest[0] === 1 ? inflate(text) : text)?.toString('utf8');
}

function inflate(bytes: Buffer): Buffer | undefined {
  try {
    return inflateSync(bytes, { maxOutputLength: MOST_TEXT });
  } catch {
    return undefined;
  }
}
