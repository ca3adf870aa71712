import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { DiffusionModel } from '../../../models/families/model.ts';
import { appendMetrics } from '../metrics.ts';
import { makePipelineExamples, makeSmallPipeline, RED_JUDGE, testTuneSettings } from '../testing.ts';
import type { MethodRun, TunePatch } from './method.ts';
import { methodOf, mixtureOf } from './methods.ts';

// What a method feeds its steps with is all that it adds to a run; that a trainer goes on to the same bytes is a test of its own.

let dir: string;
let pipeline: DiffusionModel;

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'collimate-methods-'));
  pipeline = makeSmallPipeline(join(dir, 'models'));
});
after(() => rmSync(dir, { recursive: true }));

const COMMON = { checkpointingSteps: 2, samplesEvery: 0, samplePrompts: 0 };
const ROUNDS = { prompts: 1, images: 2, steps: 2, denoisingSteps: 2 };
const LINE = { train_loss: 1, reward_loss: 1, grad_norm: 1, learning_rate: 1, seconds: 1 };

const CASES: readonly (readonly [name: string, patch: TunePatch])[] = [
  ['dpo', { method: 'dpo' }],
  ['kto', { method: 'kto', kto: { window: 3 } }],
  ['contrast', { method: 'contrast', loraRank: 2 }],
  ['nft of answers', { method: 'nft' }],
  ['nft in rounds', { method: 'nft', nft: { ...ROUNDS, source: 'rounds' } }],
  ['refl', { method: 'refl', refl: { steps: 2, denoisingSteps: 3, unwatched: true } }],
];

for (const [name, patch] of CASES)
  test(`${name}: a run that is taken up again sees what it would have seen`, async () => {
    const settings = testTuneSettings({ ...COMMON, ...patch });
    const runDir = join(dir, name);
    const run: MethodRun = {
      pipeline,
      process: pipeline.process(),
      data: makePipelineExamples(pipeline, [1, 0, 0.5, 1]),
      settings,
      mixture: mixtureOf(settings),
      seed: 3,
      runDir,
      engine: { threads: 1 },
      preferences: undefined,
      judge: RED_JUDGE,
    };
    const saveWeights = async (folder: string) => cpSync(join(pipeline.folder, 'unet'), folder, { recursive: true });
    const feeds: unknown[] = [];
    const straight = await methodOf(settings).open(run);
    for (const step of [1, 2, 3, 4]) {
      await straight.prepare?.(step, saveWeights);
      feeds.push(structuredClone(await straight.batches(step)));
      const metrics = { step, ...LINE, gain: step / 10, ...straight.figures?.() };
      if (step < 4) appendMetrics(join(runDir, 'metrics.jsonl'), metrics);
      straight.observe?.(metrics);
    }
    await straight.dispose?.();
    const resumed = await methodOf(settings).open(run);
    await resumed.prepare?.(4, saveWeights);
    assert.deepEqual(await resumed.batches(4), feeds[3]);
    assert.notDeepEqual(feeds[2], feeds[3]);
    await resumed.dispose?.();
  });
