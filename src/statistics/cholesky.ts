// `A = L Lᵀ` of a symmetric matrix without negative eigenvalues, and the product that the Fréchet distance needs.

import type { Matrix } from './matrix.ts';

/** What rounding leaves of a pivot that is zero, in parts of the largest diagonal element. */
const ZERO = 1e-12;

/**
 * The lower triangle L with `L Lᵀ = A`. Where a pivot is zero, as in the covariance of fewer vectors than dimensions, its
 * column is zero (Golub and Van Loan, Matrix Computations, 4.2.8).
 */
export function cholesky({ size, data }: Matrix): Matrix {
  const l = new Float64Array(size * size);
  let largest = 0;
  for (let k = 0; k < size; k++) largest = Math.max(largest, data[k * size + k]!);
  for (let j = 0; j < size; j++) {
    let pivot = data[j * size + j]!;
    for (let k = 0; k < j; k++) pivot -= l[j * size + k]! ** 2;
    if (pivot <= ZERO * largest) continue;
    const root = Math.sqrt(pivot);
    l[j * size + j] = root;
    for (let i = j + 1; i < size; i++) {
      let sum = data[i * size + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * size + k]! * l[j * size + k]!;
      l[i * size + j] = sum / root;
    }
  }
  return { size, data: l };
}

/** `Lᵀ B L` of a lower triangle and a symmetric matrix. */
export function congruent({ size, data: l }: Matrix, { data: b }: Matrix): Matrix {
  const half = new Float64Array(size * size); // B L
  for (let i = 0; i < size; i++)
    for (let k = 0; k < size; k++) {
      const factor = b[i * size + k]!;
      for (let j = 0; j <= k; j++) half[i * size + j]! += factor * l[k * size + j]!;
    }
  const data = new Float64Array(size * size);
  for (let k = 0; k < size; k++)
    for (let i = 0; i <= k; i++) {
      const factor = l[k * size + i]!;
      for (let j = 0; j < size; j++) data[i * size + j]! += factor * half[k * size + j]!;
    }
  return { size, data };
}
