// Configs as diffusers 0.42.1 saves Stable Diffusion 2.1's: every field that it knows, with its default.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { readJsonObject } from './config.ts';
import { createSchedule, loadSchedule } from './diffusion/schedule.ts';
import { publishedModel } from './testing.ts';
import { parseUnetConfig } from './unet/config.ts';
import { parseVaeConfig } from './vae/config.ts';

const folder = 'test/fixtures/published/resaved';
const { raw } = publishedModel('sd21');

test('a saved-again U-Net and autoencoder are those that were published', () => {
  const unet = parseUnetConfig(readJsonObject(`${folder}/unet.json`));
  for (const [field, value] of Object.entries(parseUnetConfig(raw.unet!)))
    assert.deepEqual(unet[field as keyof typeof unet], value, field);
  const vae = parseVaeConfig(readJsonObject(`${folder}/vae.json`));
  for (const [field, value] of Object.entries(parseVaeConfig(raw.vae!)))
    assert.deepEqual(vae[field as keyof typeof vae], value, field);
});

test('the config of each scheduler class gives the schedule that the model was trained on', () => {
  const expected = loadSchedule('test/fixtures/published/sd21/scheduler').alphasCumprod;
  const classes = readdirSync(folder).filter((name) => name.endsWith('Scheduler.json'));
  assert.equal(classes.length, 6);
  for (const name of classes) {
    const config = readJsonObject(`${folder}/${name}`);
    const schedule = createSchedule(config, name);
    assert.deepEqual(schedule.alphasCumprod, expected, name);
    assert.equal(schedule.predictionType, 'v_prediction', name);
    assert.throws(() => createSchedule({ ...config, prediction_type: 'sample' }), { code: 'MODEL_CONFIG' });
  }
});
