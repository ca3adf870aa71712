// Reading one safetensors file: the header at once, each tensor by its position when asked for.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { CollimateError } from '../../util/errors.ts';
import { widenBfloat16, widenFloat16 } from './half.ts';
import { damaged, type Header, type HeaderEntry, headerLength, parseHeader, type StoredDtype } from './header.ts';
import { elementCount, type NamedTensor, type TensorPlace, type TensorSource } from './tensor.ts';

/** Numbers widened at a time, so that float16 weights need no second copy of a whole tensor. */
const BLOCK = 1 << 20;

const PICKLED = /\.(ckpt|bin|pt|pth|pkl)$/i;

/** A weight file that unpickles, and so can run code of its author's on loading. */
export function isPickled(path: string): boolean {
  return PICKLED.test(path);
}

export function refusePickled(path: string): CollimateError {
  return new CollimateError(
    'WEIGHTS',
    `${path}: expected a .safetensors file, got a pickled one, which can run any code when it is loaded`,
    'Convert it on a machine that you can spare: in Python, `safetensors.torch.save_file(torch.load(path, weights_only=True), "model.safetensors")`, or ask its publisher for safetensors.',
  );
}

/**
 * Opens a safetensors file and checks its whole header; tensors are read on demand.
 *
 * @throws CollimateError WEIGHTS where the file is missing, pickled, cut off, or its header does not hold.
 * @example
 * const file = openSafetensors('unet/diffusion_pytorch_model.safetensors');
 * file.read('conv_in.weight').shape; // [320, 4, 3, 3]
 */
export function openSafetensors(path: string): TensorSource {
  if (isPickled(path)) throw refusePickled(path);
  const file = openForReading(path);
  try {
    return new SafetensorsFile(path, file, readHeader(path, file));
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function openForReading(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    const problem = code === 'ENOENT' ? 'there is no such file' : `it cannot be opened (${code})`;
    throw new CollimateError('WEIGHTS', `safetensors ${path}: ${problem}`, 'Check the path of the model folder.', {
      cause,
    });
  }
}

function readHeader(path: string, file: number): Header {
  const status = fstatSync(file);
  if (!status.isFile()) throw damaged(path, 'expected a file, got a folder', 'Name the file inside it.');
  const first = new Uint8Array(8);
  const got = readSync(file, first, 0, 8, 0);
  const bytes = new Uint8Array(headerLength(path, first.subarray(0, got), status.size));
  readFully(path, file, bytes, 8);
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw damaged(path, 'expected a JSON header in UTF-8, got other bytes');
  }
  return parseHeader(path, json, status.size);
}

/** Reads until `target` is full: one call stops at 2 GiB. */
function readFully(path: string, file: number, target: Uint8Array, position: number): void {
  for (let done = 0; done < target.length; ) {
    const count = readSync(file, target, done, Math.min(target.length - done, 1 << 30), position + done);
    if (count === 0) throw damaged(path, `expected ${position + target.length} bytes, got ${position + done}`);
    done += count;
  }
}

class SafetensorsFile implements TensorSource {
  readonly metadata: Readonly<Record<string, string>>;
  readonly #path: string;
  readonly #file: number;
  readonly #entries: Map<string, HeaderEntry>;
  #open = true;

  constructor(path: string, file: number, header: Header) {
    this.#path = path;
    this.#file = file;
    this.#entries = header.entries;
    this.metadata = header.metadata;
  }

  names(): string[] {
    return [...this.#entries.keys()];
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  shape(name: string): readonly number[] {
    return this.#entry(name).shape;
  }

  dtype(name: string): StoredDtype {
    return this.#entry(name).dtype;
  }

  read(name: string): NamedTensor {
    const { dtype, shape, start } = this.#entry(name);
    const reader = READERS[dtype];
    if (reader === undefined)
      throw damaged(this.#path, `${name}: ${dtype} is not read`, `Convert the tensor to F32, F16 or BF16.`);
    const fill = (target: Uint8Array, offset: number) => readFully(this.#path, this.#file, target, start + offset);
    return reader([...shape], elementCount(shape), fill);
  }

  place(name: string): TensorPlace {
    return { path: this.#path, start: this.#entry(name).start };
  }

  close(): void {
    if (this.#open) closeSync(this.#file);
    this.#open = false;
  }

  #entry(name: string): HeaderEntry {
    const entry = this.#entries.get(name);
    if (entry !== undefined) return entry;
    throw damaged(
      this.#path,
      `expected a tensor "${name}", got none among ${this.#entries.size}`,
      'Use the weights that belong to this config.json.',
    );
  }
}

/** Fills a byte array from `offset` bytes into the tensor. */
type Fill = (target: Uint8Array, offset: number) => void;
type Reader = (shape: number[], length: number, fill: Fill) => NamedTensor;

const READERS: Partial<Record<StoredDtype, Reader>> = {
  F32: (shape, length, fill) => ({ dtype: 'float32', shape, data: filled(new Float32Array(length), fill) }),
  F64: (shape, length, fill) => ({ dtype: 'float64', shape, data: filled(new Float64Array(length), fill) }),
  I64: (shape, length, fill) => ({ dtype: 'int64', shape, data: filled(new BigInt64Array(length), fill) }),
  I32: (shape, length, fill) => ({ dtype: 'int32', shape, data: filled(new Int32Array(length), fill) }),
  U8: (shape, length, fill) => ({ dtype: 'uint8', shape, data: filled(new Uint8Array(length), fill) }),
  BOOL: (shape, length, fill) => ({ dtype: 'bool', shape, data: filled(new Uint8Array(length), fill) }),
  F16: (shape, length, fill) => ({ dtype: 'float32', shape, data: widened(length, fill, widenFloat16) }),
  BF16: (shape, length, fill) => ({ dtype: 'float32', shape, data: widened(length, fill, widenBfloat16) }),
};

function filled<T extends NamedTensor['data']>(data: T, fill: Fill): T {
  fill(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 0);
  return data;
}

function widened(length: number, fill: Fill, widen: typeof widenFloat16): Float32Array {
  const data = new Float32Array(length);
  const block = new Uint16Array(Math.min(BLOCK, length));
  for (let offset = 0; offset < length; offset += BLOCK) {
    const part = block.subarray(0, Math.min(BLOCK, length - offset));
    fill(new Uint8Array(part.buffer, 0, part.byteLength), offset * 2);
    widen(part, data, offset);
  }
  return data;
}
