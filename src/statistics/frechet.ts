// The Fréchet distance between two clouds of features, each taken as a Gaussian. Not comparable with figures on other
// features: here they come from the judge of the embedded world, not from Inception.

import { CollimateError } from '../util/errors.ts';
import { type Matrix, multiply, squareRoot } from './eigen.ts';
import { eigenvalues } from './eigenvalues.ts';

/** Mean and covariance of a cloud of features. */
export interface Gaussian {
  readonly count: number;
  readonly mean: Float64Array;
  readonly covariance: Matrix;
}

/**
 * The mean and the covariance (divided by n − 1) of feature vectors of one width.
 *
 * @throws CollimateError SHAPE for fewer than two vectors.
 */
export function fitGaussian(features: readonly Float32Array[]): Gaussian {
  const count = features.length;
  const size = features[0]?.length ?? 0;
  if (count < 2)
    throw new CollimateError(
      'SHAPE',
      `frechet: expected at least 2 feature vectors, got ${count}`,
      'Draw more images.',
    );
  const mean = new Float64Array(size);
  for (const feature of features) for (let i = 0; i < size; i++) mean[i]! += feature[i]! / count;
  const data = new Float64Array(size * size);
  const off = new Float64Array(size);
  for (const feature of features) {
    for (let i = 0; i < size; i++) off[i] = feature[i]! - mean[i]!;
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) data[i * size + j]! += (off[i]! * off[j]!) / (count - 1);
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) data[j * size + i] = data[i * size + j]!;
  return { count, mean, covariance: { size, data } };
}

/** Measures how far Gaussians lie from one reference, whose matrix square root is made once. */
export type FrechetMeter = (other: Gaussian) => number;

/**
 * `d² = |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2 (Σ₁^{1/2} Σ₂ Σ₁^{1/2})^{1/2})` from `reference` (Dowson and Landau, 1982; used as
 * FID by Heusel et al., 2017). Estimated from samples it is too high by about 1/n: compare equal numbers of images.
 *
 * @example
 * const distance = frechetFrom(fitGaussian(renders));
 * distance(fitGaussian(renders)); // 0, apart from rounding
 */
export function frechetFrom(reference: Gaussian): FrechetMeter {
  const root = squareRoot(reference.covariance);
  return ({ mean, covariance }) => {
    const values = eigenvalues(symmetric(multiply(multiply(root, covariance), root)));
    const overlap = values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
    const shift = mean.reduce((sum, value, i) => sum + (value - reference.mean[i]!) ** 2, 0);
    return Math.max(0, shift + trace(reference.covariance) + trace(covariance) - 2 * overlap);
  };
}

/** `(A + Aᵀ) / 2`: without what rounding made unequal. */
function symmetric({ size, data }: Matrix): Matrix {
  return { size, data: data.map((value, at) => (value + data[(at % size) * size + Math.floor(at / size)]!) / 2) };
}

function trace({ size, data }: Matrix): number {
  let sum = 0;
  for (let k = 0; k < size; k++) sum += data[k * size + k]!;
  return sum;
}
