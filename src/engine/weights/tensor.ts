// Tensors as they are held after reading a weight file: plain typed arrays in row-major order, no operations.

import { CollimateError } from '../../util/errors.ts';
import type { StoredDtype } from './header.ts';

export type Float32Tensor = { dtype: 'float32'; shape: readonly number[]; data: Float32Array };

/** A tensor read from, or to be written to, a weight file; `data.length` is the product of `shape`. */
export type NamedTensor =
  | Float32Tensor
  | { dtype: 'float64'; shape: readonly number[]; data: Float64Array }
  | { dtype: 'int64'; shape: readonly number[]; data: BigInt64Array }
  | { dtype: 'int32'; shape: readonly number[]; data: Int32Array }
  | { dtype: 'uint8' | 'bool'; shape: readonly number[]; data: Uint8Array };

/** Where the bytes of a tensor lie, row-major and little-endian. */
export interface TensorPlace {
  readonly path: string;
  /** The first byte in the file. */
  readonly start: number;
}

/** Tensors by name, read from disk only when asked for. */
export interface TensorSource {
  /** All names, in sorted order. */
  names(): string[];
  has(name: string): boolean;
  /** @throws CollimateError WEIGHTS where there is no such tensor. */
  shape(name: string): readonly number[];
  /** As it lies in the file. @throws CollimateError WEIGHTS where there is no such tensor. */
  dtype(name: string): StoredDtype;
  /** float16 and bfloat16 are widened to float32. @throws CollimateError WEIGHTS where there is no such tensor. */
  read(name: string): NamedTensor;
  /** Where it lies, stored as `dtype(name)`; undefined where it is computed as it is read. @throws CollimateError WEIGHTS where there is no such tensor. */
  place(name: string): TensorPlace | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  close(): void;
}

/** The product of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** The same numbers as float32, without a copy where they already are; integers are refused. */
export function toFloat32(name: string, tensor: NamedTensor): Float32Tensor {
  if (tensor.dtype === 'float32') return tensor;
  if (tensor.dtype === 'float64')
    return { dtype: 'float32', shape: tensor.shape, data: Float32Array.from(tensor.data) };
  throw new CollimateError(
    'WEIGHTS',
    `${name}: expected a float tensor, got ${tensor.dtype}[${tensor.shape.join(', ')}]`,
    'These weights belong to another model than the one being loaded.',
  );
}
