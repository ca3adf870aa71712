import assert from 'node:assert/strict';
import { test } from 'node:test';
import { growthOf, jackknife, leaveOut } from '../../statistics/jackknife.ts';
import { random } from '../../util/random.ts';
import { expectedBestOf, pickBest } from './best-of.ts';
import { withinPromptDistance } from './diversity.ts';

test('expectedBestOf is the mean over all subsets', () => {
  const rng = random(1, 'pool');
  const pool = Array.from({ length: 6 }, () => ({ rank: rng.normal(), value: rng.normal() }));
  for (let n = 1; n <= 6; n++) {
    let [sum, count] = [0, 0];
    for (let bits = 0; bits < 64; bits++) {
      const subset = pool.filter((_, i) => bits & (1 << i));
      if (subset.length !== n) continue;
      sum += subset[pickBest(subset.map(({ rank }) => rank))]!.value;
      count++;
    }
    assert.ok(Math.abs(expectedBestOf(pool, n) - sum / count) < 1e-12);
  }
});

test('of equal ranks each counts alike, in whatever order they come', () => {
  const pool = [3, 0, 6, 9].map((value, i) => ({ rank: i === 3 ? 1 : 2, value }));
  for (const order of [pool, pool.toReversed()]) assert.ok(Math.abs(expectedBestOf(order, 2) - 3) < 1e-12);
});

test('pickBest takes the first of equals', () => assert.equal(pickBest([1, 3, 3, 2]), 1));

test('withinPromptDistance is the mean over pairs', () => {
  const points = [Float32Array.of(0, 0), Float32Array.of(3, 4), Float32Array.of(0, 4)];
  assert.equal(withinPromptDistance(points), (5 + 4 + 3) / 3);
  assert.equal(withinPromptDistance(points.slice(0, 1)), undefined);
});

test('the jackknife of a mean is its textbook standard error', () => {
  const values = [1, 2, 4, 8, 16];
  const left = leaveOut(5, 5, (kept) => kept.reduce((sum, i) => sum + values[i]!, 0) / kept.length);
  const { value, standardError } = jackknife(left);
  assert.equal(value, 6.2);
  const variance = values.reduce((sum, x) => sum + (x - 6.2) ** 2, 0) / 4;
  assert.ok(Math.abs(standardError! - Math.sqrt(variance / 5)) < 1e-12);
  assert.equal(jackknife(leaveOut(1, 5, () => 3)).standardError, null);
  const twice = { value: 2 * left.value, without: left.without.map((one) => 2 * one) };
  assert.deepEqual(jackknife(growthOf(twice, left)), { value: 1, standardError: 0 });
});
