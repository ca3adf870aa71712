// Products of which differences of weights are made. Sums in float64.

import { elementCount, type Float32Tensor } from './tensor.ts';

/** A matrix of what is behind the first dimension. */
export interface Factor {
  readonly rows: number;
  readonly columns: number;
  readonly data: Float32Array | Float64Array;
}

export function matrixOf({ shape, data }: Float32Tensor): Factor {
  return { rows: shape[0]!, columns: elementCount(shape.slice(1)), data };
}

/** `A · B`. */
export function multiplyFactors(a: Factor, b: Factor): Factor {
  const data = new Float64Array(a.rows * b.columns);
  for (let o = 0; o < a.rows; o++)
    for (let r = 0; r < a.columns; r++) {
      const factor = a.data[o * a.columns + r]!;
      if (factor !== 0)
        for (let i = 0; i < b.columns; i++) data[o * b.columns + i]! += factor * b.data[r * b.columns + i]!;
    }
  return { rows: a.rows, columns: b.columns, data };
}

/**
 * Tucker's product of a core [R, S, k, k] with the rows of its sides: `Σ_rs A[r, o] · T[r, s, …] · B[s, i]`, [O, I·k·k].
 *
 * @param a [R, O]
 * @param b [S, I]
 */
export function tucker(core: Float32Tensor, a: Factor, b: Factor): Factor {
  const [rank, inner] = core.shape as readonly [number, number];
  const kernel = elementCount(core.shape.slice(2));
  const data = new Float64Array(a.columns * b.columns * kernel);
  for (let r = 0; r < rank; r++)
    for (let s = 0; s < inner; s++)
      for (let o = 0; o < a.columns; o++) {
        const left = a.data[r * a.columns + o]!;
        for (let i = 0; i < b.columns; i++) {
          const both = left * b.data[s * b.columns + i]!;
          for (let k = 0; k < kernel; k++)
            data[(o * b.columns + i) * kernel + k]! += both * core.data[(r * inner + s) * kernel + k]!;
        }
      }
  return { rows: a.columns, columns: b.columns * kernel, data };
}

/** Kronecker's product: each number of A times all of B. */
export function kronecker(a: Factor, b: Factor): Factor {
  const columns = a.columns * b.columns;
  const data = new Float64Array(a.rows * b.rows * columns);
  for (let o = 0; o < a.rows * b.rows; o++)
    for (let i = 0; i < columns; i++) {
      const left = a.data[Math.floor(o / b.rows) * a.columns + Math.floor(i / b.columns)]!;
      data[o * columns + i] = left * b.data[(o % b.rows) * b.columns + (i % b.columns)]!;
    }
  return { rows: a.rows * b.rows, columns, data };
}

/** Number by number. */
export function hadamard(a: Factor, b: Factor): Factor {
  return { ...a, data: Float64Array.from(a.data, (value, i) => value * b.data[i]!) };
}
