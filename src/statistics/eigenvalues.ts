// The eigenvalues of a symmetric matrix without its vectors, which is many times faster: reflections to three diagonals,
// then bisection on how many values lie below a number.

import type { Matrix } from './matrix.ts';

const BISECTIONS = 64;

/** All eigenvalues by rising size (Golub and Van Loan, Matrix Computations, 8.3.1 and 8.4.2). */
export function eigenvalues(matrix: Matrix): Float64Array {
  const { diagonal, beside } = tridiagonalize(matrix);
  const size = diagonal.length;
  // Gershgorin: every value lies within the row sums around the diagonal.
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < size; i++) {
    const reach = Math.abs(beside[i] ?? 0) + Math.abs(beside[i - 1] ?? 0);
    lowest = Math.min(lowest, diagonal[i]! - reach);
    highest = Math.max(highest, diagonal[i]! + reach);
  }
  return Float64Array.from({ length: size }, (_, k) => {
    let [low, high] = [lowest, highest];
    for (let i = 0; i < BISECTIONS && high > low; i++) {
      const middle = (low + high) / 2;
      if (countBelow(diagonal, beside, middle) > k) high = middle;
      else low = middle;
    }
    return (low + high) / 2;
  });
}

/** `Qᵀ A Q` with three diagonals: one Householder reflection a column. */
function tridiagonalize({ size, data }: Matrix): { diagonal: Float64Array; beside: Float64Array } {
  const a = data.slice();
  const beside = new Float64Array(Math.max(0, size - 1));
  const v = new Float64Array(size);
  const w = new Float64Array(size);
  for (let k = 0; k < size - 2; k++) {
    let square = 0;
    for (let i = k + 1; i < size; i++) square += a[i * size + k]! ** 2;
    const first = a[(k + 1) * size + k]!;
    const alpha = first > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    beside[k] = alpha;
    const length = Math.sqrt(2 * (square - alpha * first)); // |x − α e₁|
    if (length === 0) continue;
    for (let i = k + 1; i < size; i++) v[i] = (a[i * size + k]! - (i === k + 1 ? alpha : 0)) / length;
    reflect(a, size, k + 1, v, w);
  }
  if (size > 1) beside[size - 2] = a[(size - 1) * size + size - 2]!;
  return { diagonal: Float64Array.from({ length: size }, (_, k) => a[k * size + k]!), beside };
}

/** `A ← H A H` with `H = I − 2 v vᵀ` on rows and columns from `start`: `A − 2 (v wᵀ + w vᵀ)`, `w = A v − (vᵀ A v) v`. */
function reflect(a: Float64Array, size: number, start: number, v: Float64Array, w: Float64Array): void {
  let dot = 0;
  for (let i = start; i < size; i++) {
    let sum = 0;
    for (let j = start; j < size; j++) sum += a[i * size + j]! * v[j]!;
    w[i] = sum;
    dot += sum * v[i]!;
  }
  for (let i = start; i < size; i++) w[i]! -= dot * v[i]!;
  for (let i = start; i < size; i++)
    for (let j = start; j < size; j++) a[i * size + j]! -= 2 * (v[i]! * w[j]! + w[i]! * v[j]!);
}

/** How many eigenvalues are below x: the negative pivots of `A − x I` (Sylvester's law of inertia). */
function countBelow(diagonal: Float64Array, beside: Float64Array, x: number): number {
  let count = 0;
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    const off = i > 0 ? beside[i - 1]! : 0;
    pivot = diagonal[i]! - x - (off * off) / pivot;
    if (pivot === 0) pivot = Number.MIN_VALUE * 2 ** 52;
    if (pivot < 0) count++;
  }
  return count;
}
