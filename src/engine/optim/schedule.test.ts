import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ADAMW_DEFAULTS, adamwCorrections } from './adamw.ts';
import { emaDecayAt } from './ema.ts';
import { learningRateAt } from './schedule.ts';

test('the learning rate warms up, stays, or falls along a cosine', () => {
  const constant = { learningRate: 0.1, warmupSteps: 4, decay: 'constant', totalSteps: 10 } as const;
  assert.deepEqual(
    [1, 2, 4, 5, 10].map((t) => learningRateAt(constant, t)),
    [0.025, 0.05, 0.1, 0.1, 0.1],
  );
  const cosine = { ...constant, decay: 'cosine', warmupSteps: 0 } as const;
  assert.ok(Math.abs(learningRateAt(cosine, 5) - 0.05) < 1e-12);
  assert.ok(Math.abs(learningRateAt(cosine, 10)) < 1e-12);
});

test('the corrections of AdamW are those of its first steps', () => {
  const { correction1, correction2 } = adamwCorrections(ADAMW_DEFAULTS, 2);
  assert.ok(Math.abs(correction1 - 0.19) < 1e-12);
  assert.ok(Math.abs(correction2 - Math.sqrt(0.001999)) < 1e-12);
});

test('the average follows quickly at first', () => {
  assert.equal(emaDecayAt(0.999, 1), 2 / 11);
  assert.equal(emaDecayAt(0.5, 100), 0.5);
});
