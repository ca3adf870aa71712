// Writing safetensors: the same tensors give the same bytes, whatever the order they come in. A tensor is asked for when
// its turn comes, so that a model of any size is written with one of them in memory, and each file is read back before it
// takes its name.

import { closeSync, openSync, readSync } from 'node:fs';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { type BytePlace, bytePlaces, readPlace } from './copy-bytes.ts';
import { narrowBfloat16, narrowFloat16 } from './half.ts';
import { DTYPE_BYTES, type StoredDtype } from './header.ts';
import { elementCount, type NamedTensor, type TensorSource } from './tensor.ts';

/** How float32 numbers are stored; the halves round to nearest even. */
export type FloatDtype = 'float32' | 'float16' | 'bfloat16';
export const FLOAT_DTYPES: readonly FloatDtype[] = ['float32', 'float16', 'bfloat16'];

/** Options of `writeSafetensors`. */
export type WriteOptions = {
  /** Default float32. */
  dtype?: FloatDtype;
  metadata?: Readonly<Record<string, string>>;
};

/** A tensor that is read when it is written, and once more for the comparison. */
export interface LazyTensor {
  /** As it is to be stored. */
  readonly dtype: StoredDtype;
  readonly shape: readonly number[];
  read(): NamedTensor;
  /** Where its bytes lie already as they are to be stored. */
  readonly places?: readonly BytePlace[];
}

const STORED: Record<NamedTensor['dtype'], StoredDtype> = {
  float32: 'F32',
  float64: 'F64',
  int64: 'I64',
  int32: 'I32',
  uint8: 'U8',
  bool: 'BOOL',
};

const FLOATS: Record<FloatDtype, StoredDtype> = { float32: 'F32', float16: 'F16', bfloat16: 'BF16' };
const IS_FLOAT: readonly StoredDtype[] = ['F64', 'F32', 'F16', 'BF16'];

/**
 * Writes tensors, wide elements first and then by name, with a header padded to 8 bytes; then reads them back.
 *
 * @throws CollimateError WEIGHTS where a shape does not fit its data or a number does not fit float16, DISK_FULL where
 * there is no room, STORAGE where the disk does not give back what was written; the old file is then untouched.
 */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, NamedTensor>,
  { dtype = 'float32', metadata }: WriteOptions = {},
): void {
  const lazy = [...tensors].map(([name, tensor]): [string, LazyTensor] => {
    checkLength(path, name, tensor);
    const stored = tensor.dtype === 'float32' ? FLOATS[dtype] : STORED[tensor.dtype];
    return [name, { dtype: stored, shape: tensor.shape, read: () => tensor }];
  });
  writeTensors(path, new Map(lazy), metadata);
}

/** `writeSafetensors` for tensors that are not in memory yet. */
export function writeTensors(
  path: string,
  tensors: ReadonlyMap<string, LazyTensor>,
  metadata?: Readonly<Record<string, string>>,
): void {
  const sorted = [...tensors].sort(
    ([a, x], [b, y]) => DTYPE_BYTES[y.dtype] - DTYPE_BYTES[x.dtype] || compareNames(a, b),
  );
  const header: Record<string, unknown> = {};
  if (metadata !== undefined) header.__metadata__ = sortedRecord(metadata);
  let position = 0;
  for (const [name, { dtype, shape }] of sorted) {
    if (name === '__metadata__')
      throw new CollimateError('WEIGHTS', `writing ${path}: no tensor may be named __metadata__`);
    const end = position + elementCount(shape) * DTYPE_BYTES[dtype];
    header[name] = { dtype, shape, data_offsets: [position, end] };
    position = end;
  }
  const bytes = () => chunks(path, header, sorted);
  writeFileAtomic(path, bytes(), (temporary) => compareFile(path, temporary, bytes()));
}

/** Every tensor of a source, its floats stored as `dtype`, or as they are. */
export function lazyTensors(source: TensorSource, dtype?: FloatDtype): Map<string, LazyTensor> {
  return new Map(
    source.names().map((name) => {
      const read = () => source.read(name);
      return [name, lazyTensor(source, [name], source.shape(name), dtype, read)];
    }),
  );
}

/**
 * The tensor that `names` of a source make together, copied byte by byte where their numbers stay as they are.
 *
 * @param read makes it otherwise
 */
export function lazyTensor(
  source: TensorSource,
  names: readonly string[],
  shape: readonly number[],
  wanted: FloatDtype | undefined,
  read: () => NamedTensor,
): LazyTensor {
  const dtypes = new Set(names.map((name) => source.dtype(name)));
  const dtype = chooseDtype(source.dtype(names[0]!), wanted);
  const places = dtypes.size === 1 && dtypes.has(dtype) ? bytePlaces(source, names) : undefined;
  return { dtype, shape, read, ...(places && { places }) };
}

/** How a tensor is stored that is stored as `present` now. */
function chooseDtype(present: StoredDtype, wanted: FloatDtype | undefined): StoredDtype {
  return wanted !== undefined && IS_FLOAT.includes(present) ? FLOATS[wanted] : present;
}

function* chunks(path: string, header: object, sorted: [string, LazyTensor][]): Iterable<Uint8Array> {
  yield encodeHeader(header);
  for (const [name, { dtype, shape, read, places }] of sorted) {
    if (places) {
      for (const place of places) yield* readPlace(place);
      continue;
    }
    const tensor = read();
    checkLength(path, name, { ...tensor, shape });
    const data = encode(path, name, tensor, dtype);
    yield new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
}

function encode(
  path: string,
  name: string,
  tensor: NamedTensor,
  dtype: StoredDtype,
): NamedTensor['data'] | Uint16Array {
  if (STORED[tensor.dtype] === dtype) return tensor.data;
  const floats = tensor.dtype === 'float64' ? Float32Array.from(tensor.data) : tensor.data;
  if (floats instanceof Float32Array) {
    if (dtype === 'F32') return floats;
    if (dtype === 'BF16') return narrowBfloat16(floats);
    if (dtype === 'F16') return checkedHalf(path, name, floats);
  }
  throw new CollimateError('WEIGHTS', `writing ${path}: ${name} cannot turn from ${tensor.dtype} to ${dtype}`);
}

function encodeHeader(header: object): Uint8Array {
  const json = Buffer.from(JSON.stringify(header));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + length, ' ');
  bytes.writeBigUInt64LE(BigInt(length));
  json.copy(bytes, 8);
  return bytes;
}

/** Compares the file at `temporary`, which is to become `path`, with what was to be written. */
function compareFile(path: string, temporary: string, expected: Iterable<Uint8Array>): void {
  const file = openSync(temporary, 'r');
  try {
    const block = Buffer.allocUnsafe(1 << 20);
    for (const chunk of expected) {
      for (let done = 0; done < chunk.length; ) {
        const count = readSync(file, block, 0, Math.min(block.length, chunk.length - done), null);
        if (count === 0 || block.compare(chunk, done, done + count, 0, count) !== 0)
          throw new CollimateError(
            'STORAGE',
            `writing ${path}: the file does not read back as it was written`,
            'The disk, its cable or the memory may be failing: check them, and write to another disk.',
          );
        done += count;
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Refuses to turn a finite weight into an infinite one. */
function checkedHalf(path: string, name: string, data: Float32Array): Uint16Array {
  const overflow = firstOverflow(data);
  if (overflow === undefined) return narrowFloat16(data);
  throw new CollimateError(
    'WEIGHTS',
    `writing ${path}: ${name} expected numbers within ±65504 for float16, got ${overflow}`,
    'Store these weights as float32 or bfloat16.',
  );
}

function firstOverflow(data: Float32Array): number | undefined {
  for (let i = 0; i < data.length; i++) {
    const size = Math.abs(data[i]!);
    if (size >= 65520 && size !== Infinity) return data[i];
  }
  return undefined;
}

function checkLength(path: string, name: string, tensor: NamedTensor): void {
  const expected = elementCount(tensor.shape);
  if (tensor.data.length === expected) return;
  const shape = `[${tensor.shape.join(', ')}]`;
  throw new CollimateError(
    'WEIGHTS',
    `writing ${path}: ${name} expected ${expected} numbers for ${shape}, got ${tensor.data.length}`,
  );
}

function compareNames(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function sortedRecord(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => compareNames(a, b)));
}
