// Tensors of a source under other names and shapes, and parts of fused ones: how one layout looks like another without
// a copy of its weights.

import { CollimateError } from '../../util/errors.ts';
import { DTYPE_BYTES } from './header.ts';
import { elementCount, type NamedTensor, type TensorPlace, type TensorSource } from './tensor.ts';

/** Where a tensor is found in a source of another layout. */
export interface ViewEntry {
  /** The name in the source. */
  readonly from: string;
  /** The shape here: of as many elements as in the source, or as in one part of it. */
  readonly shape: readonly number[];
  /** The `index`-th of `of` equal parts along the first axis; without it the whole. */
  readonly part?: { readonly index: number; readonly of: number };
  /** How the source has it otherwise; applied twice, either form is what it was. */
  readonly form?: StoredForm;
}

/** A matrix with its axes exchanged, or a tensor with the halves of its first axis exchanged. */
export type StoredForm = 'transposed' | 'halves swapped';

/** A source whose names are those of `entries`; closing it closes the source behind it. */
export function createView(source: TensorSource, entries: ReadonlyMap<string, ViewEntry>): TensorSource {
  const entry = (name: string): ViewEntry => {
    const found = entries.get(name);
    if (found) return found;
    throw new CollimateError(
      'WEIGHTS',
      `weights: expected a tensor "${name}", got none among ${entries.size}`,
      'Use the weights that belong to this config.json.',
    );
  };
  return {
    names: () => [...entries.keys()].sort(),
    has: (name) => entries.has(name),
    shape: (name) => entry(name).shape,
    dtype: (name) => source.dtype(entry(name).from),
    place: (name) => placeOf(source, entry(name)),
    read: (name) => take(source.read(entry(name).from), entry(name)),
    metadata: source.metadata,
    close: () => source.close(),
  };
}

function placeOf(source: TensorSource, { from, shape, part, form }: ViewEntry): TensorPlace | undefined {
  if (form) return undefined;
  const place = source.place(from);
  const before = part ? part.index * elementCount(shape) * DTYPE_BYTES[source.dtype(from)] : 0;
  return place && { ...place, start: place.start + before };
}

function take(tensor: NamedTensor, { shape, part, form }: ViewEntry): NamedTensor {
  if (form) return { ...reform(tensor, form), shape };
  if (!part) return { ...tensor, shape };
  const length = elementCount(shape);
  return { ...tensor, shape, data: tensor.data.slice(part.index * length, (part.index + 1) * length) } as NamedTensor;
}

/** The tensor in the other form. */
export function reform(tensor: NamedTensor, form: StoredForm): NamedTensor {
  const [rows, columns = 1] = tensor.shape as [number, number?];
  const from = tensor.data as Float32Array;
  if (form === 'transposed') {
    const data = from.slice();
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++) data[column * rows + row] = from[row * columns + column]!;
    return { ...tensor, shape: [columns, rows], data } as NamedTensor;
  }
  return { ...tensor, data: swapHalves(from) } as NamedTensor;
}

/** The numbers with the second half before the first. */
export function swapHalves<T extends Float32Array | Float64Array>(numbers: T): T {
  const swapped = numbers.slice() as T;
  const half = numbers.length / 2;
  swapped.set(numbers.subarray(half), 0);
  swapped.set(numbers.subarray(0, half), half);
  return swapped;
}
