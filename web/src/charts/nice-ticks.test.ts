import assert from 'node:assert/strict';
import { test } from 'node:test';
import { niceTicks, rangeOf } from './nice-ticks.ts';

test('ticks are round and cover what is drawn', () => {
  assert.deepEqual(niceTicks(0, 209), [0, 50, 100, 150, 200, 250]);
  assert.deepEqual(niceTicks(0, 450), [0, 100, 200, 300, 400, 500]);
  assert.deepEqual(niceTicks(0.0061, 0.106), [0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12]);
  assert.deepEqual(niceTicks(0.36, 0.52), [0.35, 0.4, 0.45, 0.5, 0.55]);
  assert.deepEqual(niceTicks(-1, 1), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(niceTicks(3, 3), [3]);
});

test('a range covers all values, and has some width whatever they are', () => {
  assert.deepEqual(rangeOf([3, -1, 2]), [-1, 3]);
  assert.deepEqual(rangeOf([0.5, 0.5]), [0.45, 0.55]);
  assert.deepEqual(rangeOf([0]), [-1, 1]);
  assert.deepEqual(rangeOf([]), [0, 1]);
});
