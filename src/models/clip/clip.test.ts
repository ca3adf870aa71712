import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grad } from '../../engine/graph/grad.ts';
import { input } from '../../engine/graph/tensor.ts';
import { declareParams } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { readJsonObject } from '../config.ts';
import { contrastiveLoss, similarities } from './clip.ts';
import { parseClipConfig, parseClipTextConfig } from './config.ts';
import { clipTextHidden, poolAtEnd } from './text.ts';
import { clipImageEmbed } from './vision.ts';

const fixture = readJsonObject('test/fixtures/sd1/clip/config.json');

test('poolAtEnd takes the first end token, or the largest id where eos_token_id is 2', async () => {
  const text = parseClipTextConfig({ hidden_size: 8, eos_token_id: 5 });
  const [ids, hidden] = [input('ids', [4, 3], 'int64'), input('hidden', [4, 3, 1])];
  const pooled = poolAtEnd(text, ids, hidden);
  const legacy = poolAtEnd({ ...text, eos_token_id: 2 }, ids, hidden);
  const program = await compile({ pooled, legacy });
  const feeds = {
    // Row 2 has no end token: the first position, as in the published implementation.
    ids: BigInt64Array.of(1n, 5n, 5n, 5n, 9n, 0n, 1n, 7n, 3n, 9n, 0n, 5n),
    hidden: Float32Array.of(0, 1, 2, 10, 11, 12, 20, 21, 22, 30, 31, 32),
  };
  const results = await program.run(feeds);
  assert.deepEqual([...results.pooled!.data], [1, 10, 20, 32]);
  assert.deepEqual([...results.legacy!.data], [1, 11, 21, 30]);
  await program.dispose();
});

test('similarities are cosines times exp(s)', async () => {
  const [images, texts] = [input('images', [2, 2]), input('texts', [1, 2])];
  const program = await compile({ y: similarities(images, texts, input('s', [])) });
  const feeds = {
    images: Float32Array.of(3, 4, 0, -2),
    texts: Float32Array.of(0, 5),
    s: Float32Array.of(Math.log(10)),
  };
  const { y } = await program.run(feeds);
  assert.ok(Math.abs(Number(y!.data[0]) - 8) < 1e-5 && Math.abs(Number(y!.data[1]) + 10) < 1e-5, String(y!.data));
  await program.dispose();
});

test('contrastiveLoss is the mean cross entropy of rows and columns, with its gradient', async () => {
  const logits = input('logits', [2, 2]);
  const loss = contrastiveLoss(logits);
  const program = await compile({ loss, gradient: grad(loss, [logits])[0]! });
  const [a, b, c, d] = [2, 1, -1, 0.5];
  const results = await program.run({ logits: Float32Array.of(a, b, c, d) });
  const lse = (x: number, y: number) => Math.log(Math.exp(x) + Math.exp(y));
  const expected = (lse(a, b) - a + lse(c, d) - d + lse(a, c) - a + lse(b, d) - d) / 4;
  assert.ok(Math.abs(Number(results.loss!.data[0]) - expected) < 1e-6);
  const slope = (Math.exp(a - lse(a, b)) + Math.exp(a - lse(a, c)) - 2) / 4;
  assert.ok(Math.abs(Number(results.gradient!.data[0]) - slope) < 1e-6);
  await program.dispose();
});

test('the towers refuse inputs that do not fit their config', () => {
  const { text, vision } = parseClipConfig(fixture);
  const ids = input('ids', [1, 78], 'int64');
  assert.throws(() => declareParams((p) => clipTextHidden(p, text, ids)), { code: 'SHAPE', message: /T up to 77/ });
  const pixels = input('pixels', [1, 3, 16, 16]);
  const build = () => declareParams((p) => clipImageEmbed(p, vision, pixels));
  assert.throws(build, { code: 'SHAPE', message: /pixels \[B, 3, 32, 32\], got float32\[1, 3, 16, 16\]/ });
});

test('CLIP configs: defaults of the publisher, overrides of old files, refusals by name', () => {
  const bare = parseClipConfig({ text_config: {}, vision_config: { image_size: 336, patch_size: 14 } });
  assert.deepEqual([bare.text.hidden_size, bare.vision.hidden_size, bare.projectionDim], [512, 768, 512]);
  const old = parseClipConfig({
    text_config: {},
    text_config_dict: { hidden_size: 768, num_attention_heads: 12 },
    vision_config: {},
  });
  assert.equal(old.text.hidden_size, 768);
  assert.equal(parseClipTextConfig(fixture).vocab_size, 600);
  const refused = (change: object, message: RegExp) =>
    assert.throws(() => parseClipTextConfig({ hidden_size: 32, ...change }, 'c.json'), {
      code: 'MODEL_CONFIG',
      message,
    });
  refused({ hidden_act: 'relu' }, /^c\.json: hidden_act: expected quick_gelu or gelu, got "relu"$/);
  refused({ num_attention_heads: 5 }, /hidden_size: expected a multiple of num_attention_heads = 5, got 32$/);
  refused({ vocab_size: -1 }, /vocab_size: expected a whole number from 1 to 16777216, got -1$/);
  assert.throws(() => parseClipConfig({ text_config: {} }, 'c.json'), {
    message: /c\.json: vision_config: expected an object, got nothing/,
  });
});
