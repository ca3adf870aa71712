import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDrift, nesterovStep } from './nesterov.ts';

test('outer steps are those of SGD with Nesterov momentum, by hand', () => {
  const params = Float32Array.of(1, -2);
  const velocity = new Float32Array(2);
  const drift = new Float32Array(2);
  addDrift(drift, params, Float32Array.of(0, -2), 2);
  addDrift(drift, params, Float32Array.of(0.5, -1), 2);
  assert.deepEqual([...drift], [0.75, -0.5]);
  // v = g; p − 0.5·(g + 0.5·v) = p − 0.75·g
  nesterovStep(params, velocity, drift, { learningRate: 0.5, momentum: 0.5 });
  assert.deepEqual([...velocity], [0.75, -0.5]);
  assert.deepEqual([...params], [1 - 0.5625, -2 + 0.375]);
  // v = 0.5·v + g = 1.5·g; p − 0.5·(g + 0.75·g) = p − 0.875·g
  nesterovStep(params, velocity, drift, { learningRate: 0.5, momentum: 0.5 });
  assert.deepEqual([...velocity], [1.125, -0.75]);
  assert.deepEqual([...params], [0.4375 - 0.65625, -1.625 + 0.4375]);
});

test('one part, rate 1 and no momentum end where the part ended', () => {
  const params = Float32Array.of(1, 2, 3);
  const drift = new Float32Array(3);
  addDrift(drift, params, Float32Array.of(0.5, 2.25, 4), 1);
  nesterovStep(params, new Float32Array(3), drift, { learningRate: 1, momentum: 0 });
  assert.deepEqual([...params], [0.5, 2.25, 4]);
});
