import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../util/random.ts';
import { eigenvalues } from './eigenvalues.ts';
import { frechetDistance, measureSubsets, meterByCovariances, meterByProducts } from './frechet.ts';

const near = (a: number, b: number, bound = 1e-9) => assert.ok(Math.abs(a - b) < bound, `${a} is not ${b}`);

/** `H D H` of a diagonal and the reflection at a random vector, so that the eigenvalues are known. */
function turned(values: readonly number[], seed: number) {
  const size = values.length;
  const v = random(seed).normals(size);
  const length = Math.hypot(...v);
  const h = (i: number, j: number) => (i === j ? 1 : 0) - (2 * v[i]! * v[j]!) / length ** 2;
  const data = Float64Array.from({ length: size * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return values.reduce((sum, value, k) => sum + h(i, k) * value * h(k, j), 0);
  });
  return { size, data };
}

test('eigenvalues: a 2×2 matrix by hand, and those that a matrix was made of, also where they are equal, zero or negative', () => {
  const [low, high] = eigenvalues({ size: 2, data: Float64Array.of(2, 1, 1, 2) });
  near(low!, 1);
  near(high!, 3);
  for (const values of [
    [7],
    [0, 0, 0],
    [1, 1, 1, 1, 5],
    [-4, -1, 0, 0, 2, 9],
    [...random(9).normals(24)].toSorted((a, b) => a - b),
  ])
    eigenvalues(turned(values, 3)).forEach((value, k) => {
      near(value, values[k]!);
    });
});

/** Vectors in pairs around `mean`, whose covariance is `Σ axisᵀ axis` of the axes. */
function cloudOf(mean: readonly number[], axes: readonly (readonly number[])[]): Float32Array[] {
  const scale = Math.sqrt((2 * axes.length - 1) / 2);
  return axes.flatMap((axis) =>
    [-scale, scale].map((by) => Float32Array.from(mean, (value, i) => value + by * axis[i]!)),
  );
}

test('the distance: closed forms, with a covariance that is singular too', () => {
  near(frechetDistance(cloudOf([3], [[1]]), cloudOf([0], [[2]])), 9 + (2 - 1) ** 2, 1e-6); // (μ₁ − μ₂)² + (σ₁ − σ₂)²
  const plain = cloudOf(
    [0, 0],
    [
      [1, 0],
      [0, 1],
    ],
  );
  near(
    frechetDistance(
      cloudOf(
        [1, 0],
        [
          [2, 0],
          [0, 4],
        ],
      ),
      plain,
    ),
    1 + 1 + 9,
    1e-6,
  );
  // Eigenvalues 1 and 9, turned by 45°: tr = 2 + 10 − 2 (1 + 3)
  const [a, b] = [Math.SQRT1_2, 3 * Math.SQRT1_2];
  const oblique = cloudOf(
    [0, 0],
    [
      [a, -a],
      [b, b],
    ],
  );
  near(frechetDistance(oblique, plain), 4, 1e-6);
  near(frechetDistance(oblique, oblique), 0, 1e-6);
  near(frechetDistance(cloudOf([2, 2], [[1, 0]]), cloudOf([2, 2], [[2, 0]])), 1, 1e-6);
});

test('fewer than two vectors on a side, or in a part, are refused', () => {
  const [one, two] = [[Float32Array.of(1)], [Float32Array.of(1), Float32Array.of(2)]];
  assert.throws(() => frechetDistance(one, two), { code: 'SHAPE' });
  assert.throws(() => frechetDistance(two, one), { code: 'SHAPE' });
  assert.throws(() => measureSubsets(two, two)([0]), { code: 'SHAPE' });
});

/** Vectors [count, width] around `shift` in each dimension. */
const normals = (seed: number, count: number, width: number, shift = 0, scale = 1): Float32Array[] =>
  Array.from({ length: count }, (_, i) =>
    random(seed, i)
      .normals(width)
      .map((value) => scale * value + shift),
  );

test('by covariances and by products it is one, of a part of the cloud too, above and below full rank', () => {
  for (const [count, width] of [
    [40, 6],
    [5, 12],
  ] as const) {
    const [cloud, reference] = [normals(1, count, width, 0.3), normals(2, 30, width, 0, 1.5)];
    const rows = [...cloud.keys()].filter((i) => i !== 2);
    const part = rows.map((row) => cloud[row]!);
    const alone = frechetDistance(part, reference);
    near(meterByCovariances(cloud, reference)(rows), alone, 1e-6);
    near(meterByProducts(cloud, reference)(rows), alone, 1e-6);
  }
});

test('samples of one Gaussian come closer to it with their number', () => {
  const reference = cloudOf(
    [0, 0, 0],
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  );
  const [few, many] = [frechetDistance(normals(1, 50, 3), reference), frechetDistance(normals(2, 2000, 3), reference)];
  assert.ok(many < 0.02 && few > 3 * many, `${few} and ${many}`);
});
