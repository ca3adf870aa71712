// The Fréchet distance of a cloud of features, or of parts of it, to one reference, each taken as a Gaussian. With fewer images
// than dimensions all is done on products between images; else on covariances. Not comparable with figures on other features:
// here they come from the judge of an embedded world or from CLIP, not from Inception.

import { CollimateError } from '../util/errors.ts';
import { cholesky, congruent } from './cholesky.ts';
import { eigenvalues } from './eigenvalues.ts';
import { type Matrix, trace } from './matrix.ts';

/** The distance of the vectors at `rows` (two or more) to the reference. */
export type SubsetMeter = (rows: readonly number[]) => number;

/**
 * `d² = |μ₁ − μ₂|² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁Σ₂)^{1/2}` (Dowson and Landau, 1982; used as FID by Heusel et al., 2017),
 * covariances divided by n − 1. The last trace is the sum of the roots of the eigenvalues of `Lᵀ Σ₁ L`, `Σ₂ = L Lᵀ`, or, what is
 * the same, of `X Yᵀ Y Xᵀ / ((n − 1)(m − 1))` with centred vectors as rows of X [n, d] and Y [m, d]. Estimated from samples it
 * is too high by about 1/n: compare equal numbers of images.
 *
 * @example
 * const meter = measureSubsets(features, renders);
 * meter(features.map((_, i) => i)); // of all
 * @throws CollimateError SHAPE for fewer than two vectors on a side.
 */
export function measureSubsets(cloud: readonly Float32Array[], reference: readonly Float32Array[]): SubsetMeter {
  requireTwo(reference.length);
  const meter =
    cloud.length < reference[0]!.length ? meterByProducts(cloud, reference) : meterByCovariances(cloud, reference);
  return (rows) => {
    requireTwo(rows.length);
    return meter(rows);
  };
}

function requireTwo(count: number): void {
  if (count >= 2) return;
  throw new CollimateError('SHAPE', `frechet: expected at least 2 feature vectors, got ${count}`, 'Draw more images.');
}

export function meterByCovariances(cloud: readonly Float32Array[], reference: readonly Float32Array[]): SubsetMeter {
  const { mean, covariance } = fitGaussian(reference);
  const root = cholesky(covariance);
  return (rows) => {
    const own = fitGaussian(rows.map((row) => cloud[row]!));
    const overlap = sumRoots(eigenvalues(congruent(root, own.covariance)));
    return combine(mean, own.mean, trace(covariance) + trace(own.covariance), overlap);
  };
}

export function meterByProducts(cloud: readonly Float32Array[], reference: readonly Float32Array[]): SubsetMeter {
  const [mean, deviations] = centre(reference);
  const referenceTrace = sumSquares(deviations) / (reference.length - 1);
  // P = X Yᵀ; G = P Pᵀ. Centring rows of X afterwards is centring G on both sides.
  const products = cloud.map((own) => Float64Array.from(deviations, (other) => dot(own, other)));
  const size = cloud.length;
  const gram = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) {
      gram[i * size + j] = dot(products[i]!, products[j]!);
      gram[j * size + i] = gram[i * size + j]!;
    }
  return (rows) => {
    const [ownMean, own] = centre(rows.map((row) => cloud[row]!));
    const scale = (rows.length - 1) * (reference.length - 1);
    const centred = centreBothSides(gram, size, rows).map((value) => value / scale);
    const overlap = sumRoots(eigenvalues({ size: rows.length, data: centred }));
    return combine(mean, ownMean, referenceTrace + sumSquares(own) / (rows.length - 1), overlap);
  };
}

/** The distance of the whole cloud. */
export function frechetDistance(cloud: readonly Float32Array[], reference: readonly Float32Array[]): number {
  return measureSubsets(cloud, reference)([...cloud.keys()]);
}

/** The mean and the covariance of feature vectors of one width. */
function fitGaussian(features: readonly Float32Array[]): { mean: Float64Array; covariance: Matrix } {
  const [mean, deviations] = centre(features);
  const size = mean.length;
  const data = new Float64Array(size * size);
  for (const off of deviations)
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) data[i * size + j]! += (off[i]! * off[j]!) / (features.length - 1);
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) data[j * size + i] = data[i * size + j]!;
  return { mean, covariance: { size, data } };
}

function combine(a: Float64Array, b: Float64Array, traces: number, overlap: number): number {
  const shift = a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0);
  return Math.max(0, shift + traces - 2 * overlap);
}

function sumRoots(values: Float64Array): number {
  return values.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
}

function centre(vectors: readonly Float32Array[]): [Float64Array, Float64Array[]] {
  const mean = new Float64Array(vectors[0]!.length);
  for (const vector of vectors) for (let k = 0; k < mean.length; k++) mean[k]! += vector[k]! / vectors.length;
  return [mean, vectors.map((vector) => Float64Array.from(vector, (value, k) => value - mean[k]!))];
}

function sumSquares(vectors: readonly Float64Array[]): number {
  return vectors.reduce((sum, vector) => sum + dot(vector, vector), 0);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

/** `C A C` of the part of A at `rows`, with `C = I − 1 1ᵀ / n`. */
function centreBothSides(a: Float64Array, size: number, rows: readonly number[]): Float64Array {
  const n = rows.length;
  const part = new Float64Array(n * n);
  const means = new Float64Array(n);
  rows.forEach((from, i) => {
    rows.forEach((to, j) => {
      part[i * n + j] = a[from * size + to]!;
      means[i]! += part[i * n + j]! / n;
    });
  });
  const all = means.reduce((sum, value) => sum + value, 0) / n;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) part[i * n + j]! += all - means[i]! - means[j]!;
  return part;
}
