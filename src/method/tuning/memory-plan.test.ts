import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { add, matmul, relu, reshape, sum } from '../../engine/graph/functions.ts';
import { estimateMemory } from '../../engine/graph/memory.ts';
import { input } from '../../engine/graph/tensor.ts';
import { checkMemory, planMemory } from './memory-plan.ts';
import { makeSmallPipeline, testTuneSettings } from './testing.ts';

test('memory is what lives at one time: a value from its node to its last use', () => {
  const x = input('x', [10, 10]);
  const a = relu(x); // 400 bytes
  const b = matmul(a, a); // 400, then a dies
  const c = reshape(relu(b), [100]); // 400, then b dies; the view costs nothing
  assert.deepEqual(estimateMemory([sum(c)]), { inputs: 400, constants: 0, alive: 800 });
  assert.deepEqual(estimateMemory([sum(add(c, reshape(a, [100])))]), { inputs: 400, constants: 0, alive: 1200 });
  const held = relu(b); // written into memory of the caller's
  assert.deepEqual(estimateMemory([held], new Set([held])), { inputs: 400, constants: 0, alive: 800 });
});

test('a run that does not fit is refused with the settings that would', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-memory-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const pipeline = makeSmallPipeline(dir);
  const shapes = { latentShape: [4, 16, 16], conditionShapes: { context: [16, 16] } } as const;
  const settings = testTuneSettings({ batchSize: 64 });
  const whole = planMemory(pipeline, shapes, settings);
  const checkpointed = planMemory(pipeline, shapes, { ...settings, gradientCheckpointing: true });
  const lora = planMemory(pipeline, shapes, { ...settings, loraRank: 2 });
  assert.ok(checkpointed.step < 0.8 * whole.step, `${checkpointed.step} of ${whole.step}`);
  assert.ok(lora.state < 0.2 * whole.state && lora.frozen > 0.9 * (whole.state / 4));
  assert.deepEqual(checkMemory(pipeline, shapes, settings, whole.total), whole);
  const refused = (limit: number, hint: RegExp) =>
    assert.throws(() => checkMemory(pipeline, shapes, settings, limit), {
      code: 'CONFIG',
      message: /^tune: this takes about .+ GiB/,
      hint,
    });
  refused(whole.total - 1, /^With --gradient-checkpointing it takes about/);
  refused(
    checkpointed.total - 1,
    /^With --gradient-checkpointing --train-batch-size 2 --gradient-accumulation-steps 32 it/,
  );
  refused(1000, /^Not even a LoRA/);
});
