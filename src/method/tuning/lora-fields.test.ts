import assert from 'node:assert/strict';
import { test } from 'node:test';
import { learnedFields } from './lora-fields.ts';
import { testTuneSettings } from './testing.ts';

const run = {
  settings: testTuneSettings({ loraRank: 2, learningRate: 2e-5, maxTrainSteps: 30, batchSize: 8, warmupSteps: 5 }),
  seed: 7,
  baseModel: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
  baseHash: 'b'.repeat(64),
  rewardHash: null,
  dataHash: 'd'.repeat(64),
  images: { length: 40 },
};

test("a run's fields are those that other programs know, and tell of no time and no path", () => {
  const size = { width: 512, height: 768 };
  const fields = learnedFields(run, 20, size);
  for (const [name, value] of Object.entries({
    ss_sd_model_name: 'stable-diffusion-v1-5/stable-diffusion-v1-5',
    ss_steps: '20',
    ss_max_train_steps: '30',
    ss_learning_rate: '0.00002',
    ss_lr_scheduler: 'constant_with_warmup',
    ss_total_batch_size: '8',
    ss_resolution: '(512, 768)',
    ss_num_train_images: '40',
    ss_seed: '7',
  }))
    assert.equal(fields[name], value, name);
  assert.deepEqual(fields, learnedFields(run, 20, size));
  assert.ok(Object.values(fields).every((value) => typeof value === 'string'));
  assert.equal(fields.ss_text_encoder_lr, undefined);
  const drawing = { ...run, settings: testTuneSettings({ method: 'refl' }) };
  assert.equal(learnedFields(drawing, 20, size).ss_num_train_images, undefined);
  for (const baseModel of ['../models/sd', '/home/ann/sd', 'C:\\models\\sd', 'v1-5.safetensors', 'models/of/ann'])
    assert.equal(learnedFields({ ...run, baseModel }, 20, size).ss_sd_model_name, undefined, baseModel);
});
