// Writing safetensors: the same tensors give the same bytes, whatever the order they come in.

import { CollimateError } from '../util/errors.ts';
import { writeFileAtomic } from '../util/files.ts';
import { narrowFloat16 } from './half.ts';
import { DTYPE_BYTES, type StoredDtype } from './header.ts';
import { elementCount, type NamedTensor } from './tensor.ts';

/** Options of `writeSafetensors`. */
export type WriteOptions = {
  /** How float32 tensors are stored; float16 rounds to nearest even. Default float32. */
  dtype?: 'float32' | 'float16';
  metadata?: Readonly<Record<string, string>>;
};

const STORED: Record<NamedTensor['dtype'], StoredDtype> = {
  float32: 'F32',
  float64: 'F64',
  int64: 'I64',
  int32: 'I32',
  uint8: 'U8',
  bool: 'BOOL',
};

/**
 * Writes tensors, wide elements first and then by name, with a header padded to 8 bytes.
 *
 * @throws CollimateError WEIGHTS where a shape does not fit its data or a number does not fit float16, DISK_FULL where
 * there is no room; the old file is then untouched.
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, NamedTensor>,
  options: WriteOptions = {},
): void {
  const half = options.dtype === 'float16';
  const stored = (tensor: NamedTensor) => (half && tensor.dtype === 'float32' ? 'F16' : STORED[tensor.dtype]);
  const sorted = [...tensors].sort(
    ([a, x], [b, y]) => DTYPE_BYTES[stored(y)] - DTYPE_BYTES[stored(x)] || compare(a, b),
  );
  const header: Record<string, unknown> = {};
  if (options.metadata !== undefined) header.__metadata__ = sortedRecord(options.metadata);
  let position = 0;
  for (const [name, tensor] of sorted) {
    checkTensor(path, name, tensor);
    const end = position + tensor.data.length * DTYPE_BYTES[stored(tensor)];
    header[name] = { dtype: stored(tensor), shape: tensor.shape, data_offsets: [position, end] };
    position = end;
  }
  writeFileAtomic(path, chunks(path, header, sorted, half));
}

function* chunks(path: string, header: object, sorted: [string, NamedTensor][], half: boolean): Iterable<Uint8Array> {
  yield encodeHeader(header);
  for (const [name, tensor] of sorted) {
    const data = half && tensor.dtype === 'float32' ? checkedHalf(path, name, tensor.data) : tensor.data;
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}

function encodeHeader(header: object): Uint8Array {
  const json = Buffer.from(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + length, ' ');
  bytes.writeBigUInt64LE(BigInt(length));
  json.copy(bytes, 8);
  return bytes;
}

/** Refuses to turn a finite weight into an infinite one. */
function checkedHalf(path: string, name: string, data: Float32Array): Uint16Array {
  const overflow = firstOverflow(data);
  if (overflow === undefined) return narrowFloat16(data);
  throw new CollimateError(
    'WEIGHTS',
    `writing ${path}: ${name} expected numbers within ±65504 for float16, got ${overflow}`,
    'Store these weights as float32.',
  );
}

function firstOverflow(data: Float32Array): number | undefined {
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i]!);
    if (size >= 65520 && size !== Infinity) return data[i];
  }
  return undefined;
}

function checkTensor(path: string, name: string, tensor: NamedTensor): void {
  if (name === '__metadata__')
    throw new CollimateError('WEIGHTS', `writing ${path}: no tensor may be named __metadata__`);
  const expected = elementCount(tensor.shape);
  if (tensor.data.length === expected) return;
  const shape = `[${tensor.shape.join(', ')}]`;
  throw new CollimateError(
    'WEIGHTS',
    `writing ${path}: ${name} expected ${expected} numbers for ${shape}, got ${tensor.data.length}`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortedRecord(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compare(a, b)));
}
