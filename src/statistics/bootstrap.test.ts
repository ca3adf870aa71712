import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../util/random.ts';
import {
  differenceInterval,
  growthInterval,
  meanInterval,
  percentileInterval,
  resamplePrompts,
  shareInterval,
} from './bootstrap.ts';

test('the interval of a mean agrees with its formula where prompts are many', () => {
  const rng = random(1, 'values');
  const values = Array.from({ length: 400 }, () => rng.normal());
  const strata = values.map(() => 'one');
  const { estimate, low, high } = meanInterval(resamplePrompts([values], strata, 4000, random(2)), 0);
  const variance = values.reduce((sum, value) => sum + (value - estimate) ** 2, 0) / 399;
  const half = 1.966 * Math.sqrt(variance / 400);
  assert.ok(Math.abs(low! - (estimate - half)) < 0.006 && Math.abs(high! - (estimate + half)) < 0.006);
});

test('95 % intervals hold the true mean in about 95 of 100 repetitions, also for 12 prompts of 4 images', () => {
  const repetitions = 400;
  let held = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const rng = random(repetition, 'coverage');
    // Prompts differ in difficulty p ~ U(0, 1); the share of 4 images is binomial. The true mean is 0.5.
    const shares = Array.from({ length: 12 }, () => {
      const p = rng.uniform();
      return [0, 0, 0, 0].filter(() => rng.uniform() < p).length / 4;
    });
    const { low, high } = meanInterval(
      resamplePrompts(
        [shares],
        shares.map(() => ''),
        400,
        rng,
      ),
      0,
    );
    if (low! <= 0.5 && 0.5 <= high!) held++;
  }
  assert.ok(held / repetitions > 0.92 && held / repetitions < 0.98, `${held} of ${repetitions}`);
});

test('a difference is paired: equal gains have no spread, whatever the prompts differ by', () => {
  const base = [0, 0.25, 0.5, 0.75];
  const tuned = base.map((share) => share + 0.25);
  const resamples = resamplePrompts([tuned, base], ['a', 'a', 'b', 'b'], 200, random(3));
  assert.deepEqual(differenceInterval(resamples, 0, 1), { estimate: 0.25, low: null, high: null });
  const { low, high } = meanInterval(resamples, 1);
  assert.ok(high! - low! > 0.1);
});

test('a share that is the same for all prompts has the exact interval over prompts, never one without width', () => {
  const strata = ['a', 'a', 'a', 'a', 'b', 'b'];
  const [all, none, half] = [1, 0, 0.5].map((share) => strata.map(() => share));
  const resamples = resamplePrompts([all!, none!, half!], strata, 200, random(5));
  // Clopper and Pearson, 6 of 6: (0.025)^(1/6) = 0.5407.
  const { low, high } = shareInterval(resamples, 0);
  assert.ok(Math.abs(low! - 0.540742) < 1e-6 && high === 1);
  assert.ok(Math.abs(shareInterval(resamples, 1).high! - 0.459258) < 1e-6);
  assert.deepEqual(shareInterval(resamples, 2), { estimate: 0.5, low: null, high: null });
});

test('strata keep their share in every resample', () => {
  const values = [0, 0, 1, 1];
  const { draws } = resamplePrompts([values], ['a', 'a', 'b', 'b'], 50, random(4));
  assert.ok(draws[0]!.every((value) => value === 0.5));
});

test('growth is relative, and absent where the divisor may be 0', () => {
  const resamples = resamplePrompts(
    [
      [0.6, 0.6],
      [0.4, 0.4],
      [0, 1],
    ],
    ['a', 'a'],
    100,
    random(5),
  );
  assert.ok(Math.abs(growthInterval(resamples, 0, 1)!.estimate - 0.5) < 1e-12);
  assert.equal(growthInterval(resamples, 0, 2), undefined);
});

test('one prompt tells nothing about the spread', () => {
  assert.deepEqual(percentileInterval(0.5, Float64Array.of(0.5, 0.5), 0), { estimate: 0.5, low: null, high: null });
});
