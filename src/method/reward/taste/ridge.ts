// Linear regression held towards zero, for few answers in many dimensions.

import { cholesky } from '../../../statistics/cholesky.ts';

/** One answer: what it is explained by, and what is left of it. */
export interface Residual {
  readonly features: Float64Array;
  readonly value: number;
}

/**
 * The weights with the least `Σ (value − w·features)² + penalty·‖w‖²`, as `w = Φᵀ (ΦΦᵀ + penalty·I)⁻¹ y`: as many equations as
 * answers, however wide the features are (Hastie, Tibshirani and Friedman, The Elements of Statistical Learning, 12.3.7).
 */
export function fitRidge(rows: readonly Residual[], penalty: number): Float64Array {
  const size = rows.length;
  const data = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      const product = dot(rows[i]!.features, rows[j]!.features) + (i === j ? penalty : 0);
      data[i * size + j] = product;
      data[j * size + i] = product;
    }
  const factors = solve(
    cholesky({ size, data }).data,
    rows.map(({ value }) => value),
  );
  const weights = new Float64Array(rows[0]?.features.length ?? 0);
  rows.forEach(({ features }, i) => {
    for (let k = 0; k < weights.length; k++) weights[k]! += factors[i]! * features[k]!;
  });
  return weights;
}

/** `a · b`. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

/** x of `L Lᵀ x = y`. */
function solve(l: Float64Array, y: readonly number[]): Float64Array {
  const size = y.length;
  const x = Float64Array.from(y);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * size + k]! * x[k]!;
    x[i]! /= l[i * size + i]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= l[k * size + i]! * x[k]!;
    x[i]! /= l[i * size + i]!;
  }
  return x;
}
