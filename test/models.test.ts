// The models that ship with the package: small enough, and of one size with each other.

import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openPipeline } from '../src/index.ts';

const MODELS = fileURLToPath(new URL('../models', import.meta.url));

test('the shipped models take at most 20 MB', () => {
  const files = readdirSync(MODELS, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('.work'));
  const bytes = files.map((name) => statSync(join(MODELS, name))).reduce((n, s) => n + (s.isFile() ? s.size : 0), 0);
  assert.ok(bytes > 1e6 && bytes <= 20e6, `${bytes} bytes`);
});

test('the shipped pipeline draws pictures of the world from latents of 4×16×16', () => {
  const { latent, conditions } = openPipeline(join(MODELS, 'sd'));
  assert.deepEqual(latent, { channels: 4, reduction: 2, own: { width: 32, height: 32 }, step: latent.step });
  assert.deepEqual(Object.keys(conditions), ['context']);
});
