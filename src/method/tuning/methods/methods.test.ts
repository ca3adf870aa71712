import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { abs, mean, mul, sub } from '../../../engine/graph/functions.ts';
import { renameStored } from '../../../project/config/former-keys.ts';
import { METHOD_NAMES } from '../../../project/config/tune-methods.ts';
import { makeTemporaryDir } from '../../../project/testing.ts';
import { pickConditions } from '../loss.ts';
import { readMetrics } from '../metrics.ts';
import { formerSettings, recordedSettings } from '../mixture.ts';
import { makeSmallPipeline, makeTestExamples, testTuneSettings } from '../testing.ts';
import { trainUnet } from '../train.ts';
import type { TuningMethod } from './method.ts';
import { METHODS } from './methods.ts';
import { onImages } from './on-images.ts';

test('a method is added in a few lines', async (t) => {
  /** Absolute in place of squared errors. */
  const absolute: TuningMethod = {
    ...onImages,
    trials: [],
    step: (context) => ({
      batch: onImages.step(context).batch,
      loss(p, batch) {
        const { latents, timesteps, target, weights } = batch;
        const told = pickConditions(context.pipeline, batch);
        const errors = abs(sub(context.pipeline.denoise(p, latents!, timesteps!, told), target!));
        const loss = mean(mul(mean(errors, [1, 2, 3]), weights!));
        return { loss, metrics: { reward_loss: loss } };
      },
    }),
  };
  const dir = makeTemporaryDir(t);
  const settings = testTuneSettings({ maxTrainSteps: 1, pretrainShare: 0, samplePrompts: 0, emaDecay: 0 });
  const common = { settings, seed: 1, runDir: dir, signal: new AbortController().signal, threads: 1 };
  const pipeline = makeSmallPipeline(join(dir, 'models'));
  await trainUnet({ ...common, pipeline, data: makeTestExamples([1, 1], 0), method: absolute });
  await trainUnet({ ...common, pipeline, data: makeTestExamples([1, 1], 0), runDir: join(dir, 'squared') });
  const [own, usual] = [dir, join(dir, 'squared')].map((run) => readMetrics(join(run, 'metrics.jsonl'))[0]!.train_loss);
  assert.ok(own! > 0.1 && Math.abs(own! ** 2 - usual!) < usual!, `${own} against ${usual}`);
  assert.notEqual(own, usual);
});

test('every method is tried as often as any other', () => {
  assert.deepEqual(new Set(Object.values(METHODS).map(({ trials }) => trials.length)), new Set([3]));
});

test('nothing but the table, the methods themselves, their words and recipes knows a method by name', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const names = METHOD_NAMES.map((name) => name.replace('-', '\\-')).join('|');
  const spelled = new RegExp(`['"\`](?:${names})['"\`]|\\bsettings\\.(?:${names})\\b`);
  const known =
    /^(method\/tuning\/(methods|policy)\/|judging\/experiments\/recipes\/|project\/config\/(tune-methods|config)\.ts$)|\.test\.ts$/;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const knowing = files.filter((name) => !known.test(name) && spelled.test(readFileSync(join(root, name), 'utf8')));
  assert.deepEqual(knowing, []);
});

test('a run is known by its own method’s section, and by what earlier releases wrote', () => {
  const settings = testTuneSettings({ method: 'dpo', dpo: { beta: 300 } });
  const recorded = recordedSettings(settings);
  assert.deepEqual([recorded.dpo, recorded.sft, recorded.ddpo], [settings.dpo, undefined, undefined]);
  const [flat, oldest] = formerSettings(settings) as Record<string, unknown>[];
  assert.deepEqual([flat!.dpoBeta, flat!.bestOf, flat!.policySteps, flat!.dpo], [300, 16, 20, undefined]);
  assert.deepEqual([flat!.images, oldest!.images, oldest!.fit], ['own', 'all', undefined]);
  for (const [key, value] of Object.entries(renameStored(flat!))) {
    const now = settings[key as keyof typeof settings];
    // Of a section, what earlier releases knew.
    const known = METHOD_NAMES.some((name) => name === key) ? { ...(now as object), ...(value as object) } : value;
    assert.deepEqual(known, now, `${key} is read back`);
  }
  const soft = testTuneSettings({ method: 'dpo', dpo: { ...settings.dpo, soft: true } });
  assert.deepEqual(formerSettings(soft), [], 'no earlier run did what is new');
});
