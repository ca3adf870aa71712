// Eigenvalues and eigenvectors of a symmetric matrix by Jacobi's rotations. For the few hundred rows of a covariance
// of features; a larger matrix wants another method.

import { CollimateError } from '../util/errors.ts';

/** A square matrix by rows. */
export interface Matrix {
  readonly size: number;
  /** size × size */
  readonly data: Float64Array;
}

export interface Eigen {
  /** Not sorted. */
  readonly values: Float64Array;
  /** Row k is the eigenvector of `values[k]`, of length 1. */
  readonly vectors: Matrix;
}

const MAX_SWEEPS = 60;

/**
 * `A = Σ λ_k v_k v_kᵀ` by cyclic Jacobi rotations (Golub and Van Loan, Matrix Computations, 8.5).
 *
 * @throws CollimateError NON_FINITE where the matrix holds NaN or infinity.
 */
export function decompose({ size, data }: Matrix): Eigen {
  if (!data.every(Number.isFinite))
    throw new CollimateError('NON_FINITE', 'eigen: expected finite numbers', 'Check the features that were given.');
  const a = data.slice();
  const vectors = identity(size).data;
  const scale = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0));
  for (let sweep = 0; sweep < MAX_SWEEPS && offDiagonal(a, size) > 1e-14 * scale; sweep++) {
    for (let p = 0; p < size - 1; p++) for (let q = p + 1; q < size; q++) rotate(a, vectors, size, p, q);
  }
  return { values: Float64Array.from({ length: size }, (_, k) => a[k * size + k]!), vectors: { size, data: vectors } };
}

export function identity(size: number): Matrix {
  const data = new Float64Array(size * size);
  for (let k = 0; k < size; k++) data[k * size + k] = 1;
  return { size, data };
}

function offDiagonal(a: Float64Array, size: number): number {
  let sum = 0;
  for (let p = 0; p < size; p++) for (let q = p + 1; q < size; q++) sum += 2 * a[p * size + q]! ** 2;
  return Math.sqrt(sum);
}

/** Turns rows and columns p and q so that `a[p, q]` becomes 0; `vectors` collects the turns, by rows. */
function rotate(a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void {
  const apq = a[p * size + q]!;
  if (apq === 0) return;
  const slope = (a[q * size + q]! - a[p * size + p]!) / (2 * apq);
  const t = (slope >= 0 ? 1 : -1) / (Math.abs(slope) + Math.hypot(slope, 1));
  const c = 1 / Math.hypot(t, 1);
  const s = t * c;
  for (let k = 0; k < size; k++) turn(a, k * size + p, k * size + q, c, s);
  for (let k = 0; k < size; k++) turn(a, p * size + k, q * size + k, c, s);
  for (let k = 0; k < size; k++) turn(vectors, p * size + k, q * size + k, c, s);
}

function turn(values: Float64Array, i: number, j: number, c: number, s: number): void {
  const [x, y] = [values[i]!, values[j]!];
  values[i] = c * x - s * y;
  values[j] = s * x + c * y;
}

/** `A^{1/2}` of a symmetric matrix without negative eigenvalues; those that rounding made negative count as 0. */
export function squareRoot(matrix: Matrix): Matrix {
  const { size } = matrix;
  const { values, vectors } = decompose(matrix);
  const data = new Float64Array(size * size);
  for (let k = 0; k < size; k++) {
    const root = Math.sqrt(Math.max(0, values[k]!));
    for (let i = 0; i < size; i++) {
      const weight = root * vectors.data[k * size + i]!;
      for (let j = 0; j < size; j++) data[i * size + j]! += weight * vectors.data[k * size + j]!;
    }
  }
  return { size, data };
}

/** `A·B` of two matrices of one size. */
export function multiply(a: Matrix, b: Matrix): Matrix {
  const { size } = a;
  const data = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const factor = a.data[i * size + k]!;
      for (let j = 0; j < size; j++) data[i * size + j]! += factor * b.data[k * size + j]!;
    }
  }
  return { size, data };
}
