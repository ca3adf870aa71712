import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../util/random.ts';
import { decompose, identity, multiply, squareRoot } from './eigen.ts';
import { eigenvalues } from './eigenvalues.ts';
import { fitGaussian, frechetFrom, type Gaussian } from './frechet.ts';

const near = (a: number, b: number, bound = 1e-9) => assert.ok(Math.abs(a - b) < bound, `${a} is not ${b}`);

function symmetricOf(size: number, seed: number) {
  const a = random(seed).normals(size * size);
  const data = Float64Array.from(a, (value, at) => value + a[(at % size) * size + Math.floor(at / size)]!);
  return { size, data };
}

test('decompose: a 2×2 matrix by hand, and a random one put together again', () => {
  const { values } = decompose({ size: 2, data: Float64Array.of(2, 1, 1, 2) });
  near(Math.min(...values), 1);
  near(Math.max(...values), 3);
  const matrix = symmetricOf(24, 7);
  const eigen = decompose(matrix);
  for (let i = 0; i < 24; i++) {
    for (let j = 0; j < 24; j++) {
      let sum = 0;
      for (let k = 0; k < 24; k++)
        sum += eigen.values[k]! * eigen.vectors.data[k * 24 + i]! * eigen.vectors.data[k * 24 + j]!;
      near(sum, matrix.data[i * 24 + j]!, 1e-9);
    }
  }
  assert.throws(() => decompose({ size: 1, data: Float64Array.of(Number.NaN) }), { code: 'NON_FINITE' });
});

test('eigenvalues agree with the decomposition, also where they are equal or zero', () => {
  for (const matrix of [
    symmetricOf(24, 9),
    identity(5),
    { size: 3, data: new Float64Array(9) },
    { size: 1, data: Float64Array.of(7) },
  ]) {
    const expected = decompose(matrix).values.toSorted();
    eigenvalues(matrix).forEach((value, k) => {
      near(value, expected[k]!, 1e-9);
    });
  }
});

test('squareRoot times itself is the matrix', () => {
  const a = symmetricOf(12, 8);
  const square = multiply(a, a);
  const root = squareRoot(square);
  const again = multiply(root, root).data;
  for (let i = 0; i < again.length; i++) near(again[i]!, square.data[i]!, 1e-8);
});

const gaussian = (mean: number[], data: number[]): Gaussian => ({
  count: 0,
  mean: Float64Array.from(mean),
  covariance: { size: mean.length, data: Float64Array.from(data) },
});

test('frechetFrom: closed forms', () => {
  near(frechetFrom(gaussian([0], [4]))(gaussian([3], [1])), 9 + (2 - 1) ** 2); // (μ₁ − μ₂)² + (σ₁ − σ₂)²
  const diagonal = frechetFrom(gaussian([0, 1], [1, 0, 0, 9]))(gaussian([1, 1], [4, 0, 0, 16]));
  near(diagonal, 1 + 1 + 1);
  // Σ₁ = I and Σ₂ with eigenvalues 1 and 9, turned by 45°: tr = 2 + 10 − 2 (1 + 3)
  near(frechetFrom(gaussian([0, 0], [1, 0, 0, 1]))(gaussian([0, 0], [5, 4, 4, 5])), 4);
  near(frechetFrom(gaussian([0, 0], [5, 4, 4, 5]))(gaussian([0, 0], [5, 4, 4, 5])), 0, 1e-6);
});

test('fitGaussian divides by n − 1, and a singular covariance is no obstacle', () => {
  const fitted = fitGaussian([Float32Array.of(0, 2), Float32Array.of(2, 2), Float32Array.of(4, 2)]);
  assert.deepEqual([...fitted.mean], [2, 2]);
  assert.deepEqual([...fitted.covariance.data], [4, 0, 0, 0]);
  near(frechetFrom(fitted)(gaussian([2, 2], [1, 0, 0, 0])), 1);
  assert.throws(() => fitGaussian([Float32Array.of(1)]), { code: 'SHAPE' });
});

test('samples of one Gaussian come closer to it with their number', () => {
  const cloud = (count: number, seed: number) =>
    fitGaussian(Array.from({ length: count }, (_, i) => random(seed, i).normals(4)));
  const distance = frechetFrom({ count: 0, mean: new Float64Array(4), covariance: identity(4) });
  const [few, many] = [distance(cloud(50, 1)), distance(cloud(2000, 2))];
  assert.ok(many < 0.02 && few > 3 * many, `${few} and ${many}`);
});
