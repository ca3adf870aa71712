import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evenPrompts, type WeightingChoice, weighScores } from './weighting.ts';

const choice = (patch: Partial<WeightingChoice>): WeightingChoice => ({
  weighting: 'linear',
  weightTemperature: 0.5,
  weightThreshold: 0.5,
  clipRewards: false,
  ...patch,
});

test('linear weights are the scores, within 0 and 1 where they are clipped', () => {
  assert.deepEqual(weighScores([-0.2, 0.4, 1.3], choice({})), [-0.2, 0.4, 1.3]);
  assert.deepEqual(weighScores([-0.2, 0.4, 1.3], choice({ clipRewards: true })), [0, 0.4, 1]);
});

test('exponential weights are exp(r/τ) over their mean, however large', () => {
  // exp(0), exp(1), exp(2) over their mean
  const mean = (1 + Math.E + Math.E ** 2) / 3;
  const weights = weighScores([0, 0.5, 1], choice({ weighting: 'exponential' }));
  [1 / mean, Math.E / mean, Math.E ** 2 / mean].forEach((expected, i) => {
    assert.ok(Math.abs(weights[i]! - expected) < 1e-12, `${weights[i]} for ${expected}`);
  });
  assert.deepEqual(weighScores([5000, 5000], choice({ weighting: 'exponential' })), [1, 1]);
});

test('threshold weights are 1 above the threshold', () => {
  assert.deepEqual(weighScores([0.5, 0.51, 2], choice({ weighting: 'threshold' })), [0, 1, 1]);
});

test('evened, each prompt has a mean weight of 1, and one with nothing good has none', () => {
  const prompts = ['two', 'one', 'two', 'one', 'three', 'three'];
  assert.deepEqual(evenPrompts([0.5, 1, 0, 1, 0, 0], prompts), [2, 1, 0, 1, 0, 0]);
  assert.deepEqual(evenPrompts([0.5, -0.7], ['a', 'a']), [0, 0]);
});
