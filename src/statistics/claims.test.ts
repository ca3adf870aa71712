import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../util/random.ts';
import { measureCoverage, nearest } from './coverage.ts';
import { entropyOf } from './entropy.ts';
import { exactShare } from './exact-share.ts';
import { holm } from './holm.ts';
import { type PooledValue, poolSeeds } from './pooled.ts';

test('exact intervals are those of the tables', () => {
  const close = (interval: ReturnType<typeof exactShare>, low: number, high: number) => {
    assert.ok(Math.abs(interval.low! - low) < 1e-4 && Math.abs(interval.high! - high) < 1e-4, JSON.stringify(interval));
  };
  close(exactShare(0, 6), 0, 0.4593);
  close(exactShare(6, 6), 0.5407, 1);
  close(exactShare(4, 20), 0.0573, 0.4366);
  close(exactShare(8, 10), 0.4439, 0.9748);
  assert.equal(exactShare(0, 0).low, null);
});

test('exact intervals cover at least what they say, by summing over all that may come', () => {
  const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
  for (const p of [0.03, 0.2, 0.5]) {
    const covered = Array.from({ length: 13 }, (_, k) => {
      const { low, high } = exactShare(k, 12);
      return low! <= p && p <= high! ? choose(12, k) * p ** k * (1 - p) ** (12 - k) : 0;
    }).reduce((sum, share) => sum + share, 0);
    assert.ok(covered >= 0.95, `${p}: ${covered}`);
  }
});

test('corrected for their number, claims keep their order and none is surer than one before it', () => {
  const corrected = holm([0.01, 0.04, 0.03]);
  assert.deepEqual(
    corrected.map((p) => Number(p.toFixed(10))),
    [0.03, 0.06, 0.06],
  );
  assert.deepEqual(holm([]), []);
  assert.deepEqual(holm([0.9, 0.8]), [1, 1]);
});

test('seeds that share their prompts are pooled by prompt: the interval is no narrower than that of one seed', () => {
  const rng = random(4, 'prompts');
  const effects = Array.from({ length: 40 }, () => 0.2 + 0.3 * rng.normal());
  const valuesOf = (seeds: number, own: boolean): PooledValue[] =>
    Array.from({ length: seeds }, (_, seed) =>
      effects.map((value, i) => ({ seed, prompt: own ? `${seed} ${i}` : `${i}`, stratum: 'count', value })),
    ).flat();
  const options = { samples: 2000, range: [-1, 1] as const };
  const width = (values: PooledValue[]) => {
    const { low, high } = poolSeeds(values, { ...options, rng: random(1, 'pool') })!;
    return high! - low!;
  };
  const [one, shared, apart] = [valuesOf(1, false), valuesOf(3, false), valuesOf(3, true)].map(width);
  assert.ok(Math.abs(shared! / one! - 1) < 0.05, `${one} ${shared}`);
  assert.ok(apart! < 0.65 * one!, `${one} ${apart}`);
});

test('a pooled mean tells seeds apart, has a p, and an exact interval where all are alike', () => {
  const value = (seed: number, prompt: string, of: number): PooledValue => ({ seed, prompt, stratum: 's', value: of });
  const mixed = [value(1, 'a', 0.4), value(1, 'b', 0.2), value(2, 'a', 0.6), value(2, 'c', 0.4)];
  const pooled = poolSeeds(mixed, { samples: 999, rng: random(1, 'p'), range: [-1, 1] })!;
  assert.ok(Math.abs(pooled.estimate - 0.4) < 1e-12);
  assert.equal(pooled.prompts, 3);
  assert.ok(Math.abs(pooled.bySeed[1]! - 0.3) < 1e-12 && Math.abs(pooled.bySeed[2]! - 0.5) < 1e-12);
  assert.equal(pooled.p, 0.002);
  const alike = poolSeeds(
    mixed.map((one) => ({ ...one, value: 1 })),
    { samples: 99, rng: random(1, 'p'), range: [0, 1] },
  )!;
  assert.equal(alike.high, 1);
  assert.ok(alike.low! < 0.5);
  assert.equal(poolSeeds([], { samples: 9, rng: random(1, 'p'), range: [0, 1] }), undefined);
});

test('coverage tells a cloud that is the same, one that has lost a half, and one that is elsewhere', () => {
  const rng = random(2, 'clouds');
  const cloud = (n: number, centre: (i: number) => number) =>
    Array.from({ length: n }, (_, i) => Float32Array.of(centre(i) + rng.normal(), rng.normal()));
  const real = cloud(200, (i) => (i % 2) * 20);
  const same = measureCoverage(
    real,
    cloud(200, (i) => (i % 2) * 20),
  )!;
  const half = measureCoverage(
    real,
    cloud(200, () => 0),
  )!;
  const away = measureCoverage(
    real,
    cloud(200, () => 500),
  )!;
  assert.ok(same.coverage > 0.9 && same.recall > 0.9 && same.precision > 0.9, JSON.stringify(same));
  assert.ok(half.coverage < 0.6 && half.recall < 0.6 && half.precision > 0.9, JSON.stringify(half));
  assert.deepEqual([away.coverage, away.recall, away.precision, away.density], [0, 0, 0, 0]);
  assert.equal(measureCoverage(real.slice(0, 5), real), null);
  assert.deepEqual(
    [
      ...nearest(
        [[0, 0]],
        [
          [3, 4],
          [1, 0],
        ],
      ),
    ],
    [1],
  );
});

test('entropy is that of an even spread at most, and corrected for few', () => {
  assert.equal(entropyOf([5, 5], 2), 1);
  assert.equal(entropyOf([7, 0], 2), 0);
  assert.equal(entropyOf([], 2), null);
  const few = entropyOf([3, 1], 4)!;
  assert.ok(few > 0.8113 && few < 1.1, `${few}`);
});
