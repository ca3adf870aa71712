import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseFiles, foldersWithout } from './choose-files.ts';

const STABLE_DIFFUSION_3 = [
  'model_index.json',
  'README.md',
  'LICENSE.md',
  'sd3_medium.safetensors',
  'scheduler/scheduler_config.json',
  'text_encoder/config.json',
  'text_encoder/model.safetensors',
  'text_encoder/model.fp16.safetensors',
  'text_encoder_2/config.json',
  'text_encoder_2/model.safetensors',
  'text_encoder_3/config.json',
  'text_encoder_3/model-00001-of-00002.safetensors',
  'text_encoder_3/model-00002-of-00002.safetensors',
  'text_encoder_3/model.safetensors.index.json',
  'tokenizer/merges.txt',
  'tokenizer/vocab.json',
  'tokenizer_2/merges.txt',
  'tokenizer_2/vocab.json',
  'tokenizer_3/spiece.model',
  'tokenizer_3/tokenizer.json',
  'transformer/config.json',
  'transformer/diffusion_pytorch_model.safetensors',
  'vae/config.json',
  'vae/diffusion_pytorch_model.safetensors',
];

test('of a model of several encoders all are fetched, and of its weights one form', () => {
  const left = ['sd3_medium.safetensors', 'text_encoder/model.fp16.safetensors', 'tokenizer_3/spiece.model'];
  const expected = STABLE_DIFFUSION_3.filter((path) => !left.includes(path)).sort();
  assert.deepEqual(chooseFiles('a/b', STABLE_DIFFUSION_3), expected);
});

test('a part that its model must have is missed by name', () => {
  const without = STABLE_DIFFUSION_3.filter((path) => !path.startsWith('transformer/'));
  assert.throws(() => chooseFiles('a/b', without), { code: 'HUB', message: /unet\/ expected/ });
  const bare = STABLE_DIFFUSION_3.filter((path) => path !== 'text_encoder_2/model.safetensors');
  assert.throws(() => chooseFiles('a/b', bare), { code: 'HUB', message: /text_encoder_2\/ expected/ });
});

test('parts that lack a variant which others have are fetched plain, and told', () => {
  const mixed = [
    ...STABLE_DIFFUSION_3.filter((path) => !path.includes('.fp16')),
    'vae/diffusion_pytorch_model.fp16.safetensors',
  ];
  assert.deepEqual(foldersWithout(mixed, 'fp16'), [
    'transformer/',
    'text_encoder/',
    'text_encoder_2/',
    'text_encoder_3/',
  ]);
  const chosen = chooseFiles('a/b', mixed, { variant: 'fp16' });
  const weights = chosen.filter((path) => path.endsWith('.safetensors'));
  assert.ok(weights.includes('vae/diffusion_pytorch_model.fp16.safetensors'));
  assert.ok(!weights.includes('vae/diffusion_pytorch_model.safetensors'));
  assert.ok(weights.some((path) => path.startsWith('transformer/')));
  assert.deepEqual(foldersWithout(mixed, 'bf16'), []);
  assert.throws(() => chooseFiles('a/b', mixed, { variant: 'bf16' }), {
    code: 'HUB',
    message: /variant bf16, got plain/,
  });
});
