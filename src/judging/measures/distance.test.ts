import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cmmdOf, sumKernels } from '../../statistics/cmmd.ts';
import { extrapolate } from '../../statistics/extrapolate.ts';
import { random } from '../../util/random.ts';
import { measureDistance } from './distance.ts';

const near = (actual: number, expected: number, within: number) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual}, expected ${expected}`);

/** Vectors [count, width] around `shift` in each dimension. */
function makeCloud(name: string, count: number, width: number, shift = 0, scale = 1): Float32Array[] {
  const rng = random(0, 'cloud', name);
  return Array.from({ length: count }, () => Float32Array.from(rng.normals(width), (value) => scale * value + shift));
}

test('CMMD by hand: two vectors against two, at σ = 10', () => {
  // Squared distances: within x 2, within y 4, between 1, 1, 1 and 1.
  const x = [Float32Array.of(1, 0, 0), Float32Array.of(0, 1, 0)];
  const y = [Float32Array.of(0.5, 0.5, Math.SQRT1_2 + 0), Float32Array.of(0.5, 0.5, -Math.SQRT1_2)];
  const k = (square: number) => Math.exp(-square / 200);
  const { biased, unbiased } = cmmdOf(sumKernels([x], y), [0]);
  near(biased, 1000 * ((2 + 2 * k(2)) / 4 + (2 + 2 * k(2)) / 4 - 2 * k(1)), 1e-6);
  near(unbiased, 1000 * (k(2) + k(2) - 2 * k(1)), 1e-6);
  assert.ok(biased > 0 && unbiased < 0);
  near(cmmdOf(sumKernels([x], x), [0]).biased, 0, 1e-9);
});

test('CMMD of some groups is that of their vectors alone', () => {
  const groups = ['a', 'b', 'c'].map((name) => makeCloud(name, 4, 3));
  const reference = makeCloud('r', 9, 3, 0.5);
  const some = cmmdOf(sumKernels(groups, reference), [0, 2]);
  const alone = cmmdOf(sumKernels([[...groups[0]!, ...groups[2]!]], reference), [0]);
  near(some.biased, alone.biased, 1e-9);
  near(some.unbiased, alone.unbiased, 1e-9);
});

test('a line in 1/n is followed to its end, by halves of unlike sizes too', () => {
  for (const count of [20, 27, 40]) {
    const { value, infinity } = extrapolate([...Array(count).keys()], (some) => 3 + 20 / some.length);
    near(value, 3 + 20 / count, 1e-12);
    near(infinity!, 3, 1e-9);
  }
});

test('followed to infinity the distance loses its bias, and its interval holds the truth', () => {
  // N(0.25, 1) against N(0, 1) in 8 dimensions: d² = 8 · 0.25² = 0.5.
  const truth = 0.5;
  const reference = makeCloud('much', 8000, 8);
  let [plain, infinity, held] = [0, 0, 0];
  const runs = 20;
  for (let run = 0; run < runs; run++) {
    const cloud = makeCloud(`run ${run}`, 120, 8, 0.25);
    const byPrompt = Array.from({ length: 60 }, (_, i) => cloud.slice(2 * i, 2 * i + 2));
    const report = measureDistance(byPrompt, reference, { features: 'numbers', kernel: false });
    plain += report.frechet.estimate / runs;
    infinity += report.infinity!.estimate / runs;
    if (report.infinity!.low! <= truth && truth <= report.infinity!.high!) held++;
  }
  assert.ok(plain > truth + 0.1, `${plain}: a distance from 120 images is too high`);
  near(infinity, truth, 0.08);
  assert.ok(held >= 17, `held in ${held} of ${runs}`);
});

test('few prompts: no extrapolation, and a CMMD with an interval', () => {
  const unit = (vectors: Float32Array[]) => vectors.map((v) => v.map((value) => value / Math.hypot(...v)));
  const byPrompt = Array.from({ length: 6 }, (_, i) => unit(makeCloud(`p${i}`, 2, 4, 1)));
  const { infinity, cmmd, frechet } = measureDistance(byPrompt, unit(makeCloud('r', 40, 4)), {
    features: 'unit',
    kernel: true,
  });
  assert.equal(infinity, null);
  assert.ok(cmmd!.unbiased.low! < cmmd!.unbiased.estimate && cmmd!.biased.estimate > cmmd!.unbiased.estimate);
  assert.ok(frechet.low! >= 0 && frechet.high! > frechet.estimate);
});
