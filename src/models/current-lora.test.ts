// LoRA files as PEFT 0.21 and diffusers 0.42 write them, on the tiny model of test/fixtures/current/pipeline.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonicalKey } from '../engine/weights/keys.ts';
import { mergeLora } from '../engine/weights/lora.ts';
import { readLora } from '../engine/weights/read-lora.ts';
import { readParameters, readWeights } from '../engine/weights/read-weights.ts';
import { declareLoraBase } from './lora-base.ts';
import { openPipeline } from './pipeline.ts';

const folder = 'test/fixtures/current';

test("weights merged with regular expressions in alpha_pattern are PEFT's", () => {
  const pipeline = openPipeline(`${folder}/pipeline`);
  const lora = readLora(`${folder}/lora-alpha-regex`, declareLoraBase(pipeline));
  const merged = mergeLora(readParameters(`${folder}/pipeline/unet`), lora.unet!);
  for (const [name, expected] of readWeights(`${folder}/lora-alpha-regex/expected-merged.safetensors`)) {
    const { data } = merged.get(name)!;
    const worst = data.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(expected.data[i]))), 0);
    assert.ok(worst < 1e-6, `${name}: ${worst}`);
  }
});

test('a LoRA of both parts that diffusers saved, with patterns of ranks and alphas and √rank, merges to its fused weights', () => {
  const pipeline = openPipeline(`${folder}/pipeline`);
  const lora = readLora(`${folder}/lora-diffusers/pytorch_lora_weights.safetensors`, declareLoraBase(pipeline));
  const parts = [
    ['unet', 'fused-unet', 24],
    ['text_encoder', 'fused-text-encoder', 4],
  ] as const;
  for (const [part, file, count] of parts) {
    const layers = lora[part]!;
    assert.equal(layers.size, count);
    const merged = mergeLora(pipeline.parameters(part), layers);
    const expected = readWeights(`${folder}/lora-diffusers/${file}.safetensors`);
    assert.equal(expected.size, count);
    for (const [name, { data }] of expected) {
      const own = merged.get(canonicalKey(name))!.data;
      const worst = own.reduce((most, value, i) => Math.max(most, Math.abs(value - Number(data[i]))), 0);
      assert.ok(worst < 1e-6, `${name}: ${worst}`);
    }
  }
});

test('text encoder layers are found in the spelling of transformers 5 and in kohya’s', () => {
  const wide = { denoiser: 'unet', parts: { unet: [], text_encoder: textBase() } };
  const current = readLora(`${folder}/lora-text-encoder-transformers5.safetensors`, wide).text_encoder;
  assert.deepEqual([...current.keys()], ['text_model.encoder.layers.0.self_attn.q_proj']);
  const kohya = readLora(`${folder}/lora-text-encoder-kohya.safetensors`, wide).text_encoder;
  assert.deepEqual(
    [...kohya].map(([module, { alpha, down }]) => [module, alpha, down.shape[0]]),
    [
      ['text_model.encoder.layers.0.self_attn.q_proj', 2, 4],
      ['text_model.encoder.layers.1.mlp.fc1', 4, 4],
    ],
  );
});

/** The layers that those files were made for: a width of 32. */
function textBase() {
  const layers = ['0.self_attn.q_proj', '1.mlp.fc1'];
  return layers.map((layer) => ({
    name: `text_model.encoder.layers.${layer}.weight`,
    shape: [layer.endsWith('fc1') ? 64 : 32, 32],
  }));
}
