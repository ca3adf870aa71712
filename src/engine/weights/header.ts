// The header of a safetensors file: 8 bytes of length, then JSON. Everything it claims is checked against the file's
// size here, so that reading a tensor afterwards cannot leave the file or another tensor's bytes.

import { CollimateError } from '../../util/errors.ts';
import { repeatedKey } from './repeated-key.ts';
import { elementCount } from './tensor.ts';

/** Bytes of one element of every dtype that the format knows. */
export const DTYPE_BYTES = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U64: 8,
  U32: 4,
  U16: 2,
  U8: 1,
  BOOL: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
} as const;

export type StoredDtype = keyof typeof DTYPE_BYTES;

/** One tensor of the header; `start` and `end` count from the first byte of the file. */
export type HeaderEntry = { dtype: StoredDtype; shape: readonly number[]; start: number; end: number };

export type Header = { metadata: Record<string, string>; entries: Map<string, HeaderEntry> };

/** The format's own limit. */
const MAX_HEADER_BYTES = 100_000_000;

const DAMAGED = 'The file is damaged or was cut off while it was copied: fetch it again.';

/** The error of a file that cannot be trusted. */
export function damaged(path: string, problem: string, hint = DAMAGED): CollimateError {
  return new CollimateError('WEIGHTS', `safetensors ${path}: ${problem}`, hint);
}

/** What lies under the name of weights where a download went wrong: how it begins, what it is, and what to do. */
const OTHER_FILES: readonly (readonly [beginning: string, what: string, hint: string])[] = [
  [
    'version ',
    'a pointer of Git LFS to a file that was not fetched',
    'Run `git lfs pull` in its repository, or fetch the file itself.',
  ],
  ['<!DOCTYP', 'a web page', 'Fetch the file itself, not the page about it.'],
  ['<!doctyp', 'a web page', 'Fetch the file itself, not the page about it.'],
  ['<html', 'a web page', 'Fetch the file itself, not the page about it.'],
];

const startsWith = (bytes: Uint8Array, text: string) => Buffer.from(bytes.subarray(0, text.length)).toString() === text;

/** Checks the length field. @throws CollimateError WEIGHTS where it lies. */
export function headerLength(path: string, firstBytes: Uint8Array, fileBytes: number): number {
  const other = OTHER_FILES.find(([beginning]) => startsWith(firstBytes, beginning));
  if (other) throw damaged(path, `expected weights, got ${other[1]}`, other[2]);
  if (fileBytes < 8 || firstBytes.length < 8)
    throw damaged(path, `expected at least 8 bytes, got a file of ${fileBytes}`);
  const view = new DataView(firstBytes.buffer, firstBytes.byteOffset, 8);
  const length = Number(view.getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) {
    const hint = 'This is no safetensors file, whatever its name says.';
    throw damaged(path, `expected a header of at most ${MAX_HEADER_BYTES} bytes, got the length ${length}`, hint);
  }
  if (length < 2 || 8 + length > fileBytes)
    throw damaged(path, `expected a header of ${length} bytes, got a file of ${fileBytes}`);
  return length;
}

/** Parses and checks the JSON of a header. @throws CollimateError WEIGHTS naming the first thing wrong. */
export function parseHeader(path: string, json: string, fileBytes: number): Header {
  const dataStart = 8 + Buffer.byteLength(json);
  const { __metadata__: rawMetadata, ...rawEntries } = parseObject(path, json);
  const entries = new Map<string, HeaderEntry>();
  for (const name of Object.keys(rawEntries).sort())
    entries.set(name, parseEntry(path, name, rawEntries[name], dataStart));
  checkLayout(path, entries, dataStart, fileBytes);
  return { metadata: parseMetadata(path, rawMetadata), entries };
}

function parseObject(path: string, json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw damaged(
      path,
      `expected a JSON header, got ${JSON.stringify(json.slice(0, 24))} (${(cause as Error).message})`,
    );
  }
  if (!isRecord(value)) throw damaged(path, `expected a JSON object as header, got ${json.slice(0, 24)}`);
  const repeated = repeatedKey(json);
  if (repeated !== undefined) throw damaged(path, `expected each name once in the header, got "${repeated}" twice`);
  return value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isRange(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isCount) && value[0]! <= value[1]!;
}

function parseMetadata(path: string, value: unknown): Record<string, string> {
  if (value === undefined || value === null) return {};
  if (!isRecord(value) || Object.values(value).some((text) => typeof text !== 'string'))
    throw damaged(path, `expected __metadata__ to map strings to strings, got ${JSON.stringify(value).slice(0, 60)}`);
  return value as Record<string, string>;
}

function parseEntry(path: string, name: string, value: unknown, dataStart: number): HeaderEntry {
  if (!isRecord(value)) throw damaged(path, `${name}: expected an object, got ${JSON.stringify(value)}`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype))
    throw damaged(
      path,
      `${name}: expected a dtype of ${Object.keys(DTYPE_BYTES).join(' ')}, got ${JSON.stringify(dtype)}`,
    );
  if (!Array.isArray(shape) || !shape.every(isCount))
    throw damaged(path, `${name}: expected a shape of whole numbers, got ${JSON.stringify(shape)}`);
  if (!isRange(offsets))
    throw damaged(path, `${name}: expected data_offsets [start, end], got ${JSON.stringify(offsets)}`);
  const [start, end] = offsets;
  const expected = elementCount(shape) * DTYPE_BYTES[dtype as StoredDtype];
  if (end - start !== expected)
    throw damaged(path, `${name}: expected ${expected} bytes for ${dtype}[${shape.join(', ')}], got ${end - start}`);
  return { dtype: dtype as StoredDtype, shape, start: dataStart + start, end: dataStart + end };
}

/** The format wants the data covered exactly once: no overlap, no hole, nothing after the last tensor. */
function checkLayout(path: string, entries: Map<string, HeaderEntry>, dataStart: number, fileBytes: number): void {
  const sorted = [...entries].sort(([, a], [, b]) => a.start - b.start || a.end - b.end);
  let position = dataStart;
  let previous = 'the header';
  for (const [name, { start, end }] of sorted) {
    if (end > fileBytes) throw damaged(path, `${name}: expected bytes ${start} to ${end}, got a file of ${fileBytes}`);
    if (start !== position) {
      const fault = start < position ? 'overlaps' : 'leaves a hole after';
      throw damaged(path, `${name}: expected to start at byte ${position}, got ${start}, which ${fault} ${previous}`);
    }
    position = end;
    previous = name;
  }
  if (position !== fileBytes) throw damaged(path, `expected ${position} bytes in all, got a file of ${fileBytes}`);
}
