// The models that ship with the package: small enough, and the judge as sure as everything that is measured by it needs.

import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openJudge, openPipeline, random, renderScene, sampleScene, worldGrammar } from '../src/index.ts';

const MODELS = fileURLToPath(new URL('../models', import.meta.url));
const RENDERS = 1500;

test('the shipped models take at most 20 MB', () => {
  const files = readdirSync(MODELS, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('.work'));
  const bytes = files.map((name) => statSync(join(MODELS, name))).reduce((n, s) => n + (s.isFile() ? s.size : 0), 0);
  assert.ok(bytes > 1e6 && bytes <= 20e6, `${bytes} bytes`);
});

test('the shipped pipeline draws pictures of the world from latents of 4×16×16', () => {
  const { unet, vae, text } = openPipeline(join(MODELS, 'sd'));
  assert.deepEqual([unet.in_channels, unet.sample_size, vae.latent_channels], [4, 16, 4]);
  assert.equal(unet.cross_attention_dim, text.hidden_size);
});

test('the judge is right on at least 99 % of held-out renders, for each part of a prompt', async () => {
  const rng = random(0, 'held-out renders');
  const { subjects } = worldGrammar;
  const scenes = Array.from({ length: RENDERS }, () =>
    sampleScene({ count: rng.pick([1, 2, 3, 4] as const), subject: rng.pick(subjects).singular }, rng),
  );
  const judge = await openJudge();
  const verdicts = await judge.judge(scenes.map(renderScene));
  await judge.dispose();
  for (const part of ['count', 'color', 'subject', 'background'] as const) {
    const right = verdicts.filter(({ slots }, i) => slots[part] === scenes[i]![part]).length;
    assert.ok(right >= 0.99 * RENDERS, `${part}: ${right} of ${RENDERS}`);
  }
});
