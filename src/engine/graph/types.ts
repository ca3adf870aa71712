// Element types and shapes: what every layer of the project agrees on. No tensors here.

import { CollimateError } from '../../util/errors.ts';

/**
 * Element types of a tensor. `float16` and `bfloat16` are storage types: what computes with them casts to float32. `int8` is
 * for quantised weights alone.
 */
export type DType = 'float32' | 'float16' | 'bfloat16' | 'int8' | 'int32' | 'int64' | 'bool';

/** Static dimensions, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

export interface TensorType {
  readonly dtype: DType;
  readonly shape: Shape;
}

/** The number of elements, `Π shape`. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** `float32[2, 3]` */
export function formatType({ dtype, shape }: TensorType): string {
  return `${dtype}[${shape.join(', ')}]`;
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

/** The axis counted from the front; negative axes count from the back. */
export function normalizeAxis(axis: number, rank: number, who: string): number {
  const result = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || result < 0 || result >= rank)
    throw shapeError(who, `an axis between ${-rank} and ${rank - 1}`, `${axis}`);
  return result;
}

/**
 * The shape that NumPy's broadcasting gives.
 *
 * @throws CollimateError SHAPE where a dimension differs and neither is 1.
 */
export function broadcastShapes(a: Shape, b: Shape, who: string): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (x !== y && x !== 1 && y !== 1)
      throw shapeError(who, `shapes that broadcast together`, `[${a.join(', ')}] and [${b.join(', ')}]`);
    return x === 1 ? y : x;
  });
}

export function shapeError(who: string, expected: string, got: string): CollimateError {
  return new CollimateError('SHAPE', `${who}: expected ${expected}, got ${got}`);
}
