import assert from 'node:assert/strict';
import { test } from 'node:test';
import { random } from '../util/random.ts';
import { planPairs, signTestPower } from './power.ts';
import { binomialShares, signTest } from './sign-test.ts';

const near = (actual: number, expected: number, within: number) =>
  assert.ok(Math.abs(actual - expected) <= within, `${actual}, expected ${expected}`);

test('the sign test on published examples', () => {
  // Zar (1999), hind and fore legs of ten deer: eight longer, two shorter.
  near(signTest(8, 2), 0.109375, 1e-12);
  // Conover (1999), 3.4, example 1, in its two-sided form: 8 of 9 decided cases, 10 cases in all.
  near(signTest(8, 1), 2 * (10 / 512), 1e-12);
  near(signTest(0, 6), 2 / 64, 1e-12);
  assert.equal(signTest(5, 5), 1);
  assert.equal(signTest(0, 0), 1);
});

test('binomial shares add up to one, for many draws too', () => {
  for (const [n, p] of [
    [5, 0.5],
    [1000, 0.02],
    [3000, 0.97],
  ] as const)
    near(
      binomialShares(n, p).reduce((sum, share) => sum + share, 0),
      1,
      1e-9,
    );
  near(binomialShares(20, 0.7)[14]!, 0.1916, 5e-5); // tables of the binomial distribution
});

test('the sign test keeps its level where there is nothing to find', () => {
  const rng = random(0, 'level');
  const runs = 4000;
  let rejected = 0;
  for (let run = 0; run < runs; run++) {
    let [wins, losses] = [0, 0];
    for (let i = 0; i < 60; i++) {
      const u = rng.uniform();
      if (u < 0.35) wins++;
      else if (u < 0.7) losses++;
    }
    if (signTest(wins, losses) <= 0.05) rejected++;
  }
  const rate = rejected / runs;
  assert.ok(rate <= 0.055 && rate >= 0.02, `rejected in ${100 * rate} % of studies without an effect`);
});

test('power as tables and simulation have it', () => {
  near(signTestPower({ win: 0.7, lose: 0.3 }, 20), 0.4164, 5e-5); // P(X ≥ 15 | 20, 0.7) = 1 − 0.5836
  const effect = { win: 0.4, lose: 0.2 };
  const rng = random(0, 'power');
  const runs = 4000;
  let found = 0;
  for (let run = 0; run < runs; run++) {
    let [wins, losses] = [0, 0];
    for (let i = 0; i < 80; i++) {
      const u = rng.uniform();
      if (u < 0.4) wins++;
      else if (u < 0.6) losses++;
    }
    if (signTest(wins, losses) <= 0.05) found++;
  }
  near(found / runs, signTestPower(effect, 80), 0.025);
});

test('planned pairs have the power asked for, fewer do not, and without an effect none do', () => {
  const { pairs, reached } = planPairs({ win: 0.5, lose: 0.3 });
  assert.ok(reached >= 0.8);
  assert.ok(signTestPower({ win: 0.5, lose: 0.3 }, pairs! - 15) < 0.8);
  // Noether (1987): (1.96 + 0.842)² / (4 · (p − ½)²) = 126 decided pairs at p = 0.625, of which ties leave 8 in 10.
  near(pairs!, 126 / 0.8, 10);
  assert.equal(planPairs({ win: 0.3, lose: 0.3 }).pairs, null);
  assert.ok(planPairs({ win: 0.5, lose: 0.03 }).pairs! < 30);
});
