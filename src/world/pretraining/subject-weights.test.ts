import assert from 'node:assert/strict';
import { test } from 'node:test';
import { secondScenery } from '../scenes/scenery.ts';
import { subjectWeights } from './subject-weights.ts';

const scene = { count: 1, color: 'red', subject: 'fish', background: 'meadow', seed: 3 } as const;

test('subjects count more than places, and all weights have a mean of 1', () => {
  const [side, weight] = [24, 4];
  const weights = subjectWeights(secondScenery, [scene, { ...scene, count: 5 }], side, weight);
  const [one, five] = [weights.subarray(0, side ** 2), weights.subarray(side ** 2)];
  const [low, high] = [Math.min(...weights), Math.max(...weights)];
  assert.ok(Math.abs(high / low - weight) < 1e-5);
  assert.ok(weights.every((value) => value === low || value === high));
  assert.ok(Math.abs(weights.reduce((a, b) => a + b) / weights.length - 1) < 1e-5);
  const heavy = (values: Float32Array) => values.filter((value) => value === high).length;
  // A fish is about ten pixels wide, which are five cells.
  assert.ok(heavy(one) >= 10 && heavy(one) <= 49, `${heavy(one)} cells of one fish`);
  assert.ok(heavy(five) > 3 * heavy(one));
});

test('a weight of 1 leaves the loss as it is', () => {
  assert.ok(subjectWeights(secondScenery, [scene], 24, 1).every((value) => value === 1));
});
