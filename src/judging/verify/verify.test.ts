// The whole comparison on small models; copies of the folder in which one thing is changed.

import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readParameters, readWeights } from '../../engine/weights/read-weights.ts';
import type { Float32Tensor, NamedTensor } from '../../engine/weights/tensor.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import { compareTensors, type TensorComparison } from './compare.ts';
import { openGolden } from './golden.ts';
import { verifyFolder } from './verify.ts';

const folder = mkdtempSync(join(tmpdir(), 'collimate-verify-'));
after(() => rmSync(folder, { recursive: true }));

/** A copy of some parts of a fixture. */
function copyOf(name: string, parts: readonly string[]): string {
  const copy = mkdtempSync(join(folder, `${name}-`));
  for (const part of parts) cpSync(`test/fixtures/${name}/${part}`, join(copy, part), { recursive: true });
  return copy;
}

/** Rewrites one tensor of a file. */
function rewrite(path: string, name: string, change: (data: Float32Array) => Float32Array): void {
  const { metadata } = openGolden(path);
  const tensors = readWeights(path);
  const old = tensors.get(name) as Float32Tensor;
  writeSafetensors(path, new Map<string, NamedTensor>([...tensors, [name, { ...old, data: change(old.data) }]]), {
    metadata,
  });
}

const namesOf = (tensors: readonly TensorComparison[], verdict: string) =>
  tensors.filter((tensor) => tensor.verdict === verdict).map(({ name }) => name);

for (const name of ['sd1', 'sd2']) {
  const report = verifyFolder(`test/fixtures/${name}`);

  test(`${name}: every reference tensor agrees, but for those taken before the optimiser's step`, async () => {
    const { tensors, absent, ok } = await report;
    assert.deepEqual(namesOf(tensors, 'disagrees'), []);
    assert.ok(namesOf(tensors, 'not comparable').every((one) => one.startsWith('sd.adamw.')));
    assert.ok(ok);
    assert.deepEqual(absent, []);
    assert.equal(tensors.length, new Set(tensors.map((tensor) => tensor.name)).size);
  });

  test(`${name}: every reference tensor is an input or is compared`, async () => {
    const compared = new Set((await report).tensors.map((tensor) => tensor.name));
    const inputs =
      /^(latents|noise|timesteps|input_ids|weights|pixels|.*\.init|pixel_values|(image|text)_embeds|labels|layers\..*)$/;
    const files = {
      'sd.': 'sd-golden',
      'sd.grad.': 'sd-grads',
      'clip.': 'clip/golden',
      'reward.': 'reward/golden',
      'preprocess.': 'preprocess/golden',
      'schedule.': 'schedule',
    };
    for (const [prefix, file] of Object.entries(files))
      for (const tensor of openGolden(`test/fixtures/${name}/${file}.safetensors`).names)
        assert.ok(compared.has(prefix + tensor) || inputs.test(tensor), prefix + tensor);
  });
}

for (const name of ['sdxl', 'sd35', 'sd3']) {
  test(`${name}: every reference tensor agrees, and is an input or is compared`, async () => {
    const folder = name === 'sd3' ? withEncoders() : `test/fixtures/${name}`;
    const { tensors, ok } = await verifyFolder(folder);
    assert.deepEqual(namesOf(tensors, 'disagrees'), []);
    assert.deepEqual(namesOf(tensors, 'not comparable'), []);
    assert.ok(ok);
    const compared = new Set(tensors.map((tensor) => tensor.name));
    // The levels of a flow are its times, which are compared.
    const inputs =
      /^(latents|noise|timesteps|sigmas|flow_euler\.sigmas|input_ids(_[23])?|time_ids|weights|pixels|.*\.init)$/;
    for (const tensor of openGolden(join(folder, 'sd-golden.safetensors')).names)
      assert.ok(compared.has(`sd.${tensor}`) || inputs.test(tensor), tensor);
    const gradients = join(folder, 'sd-grads.safetensors');
    for (const tensor of existsSync(gradients) ? openGolden(gradients).names : [])
      assert.ok(compared.has(`sd.grad.${tensor}`), tensor);
  });
}

/** The references of Stable Diffusion 3.0, whose text encoders are those of 3.5. */
function withEncoders(): string {
  const copy = copyOf('sd3', ['sd', 'sd-golden.safetensors', 'lora']);
  for (const encoder of ['text_encoder', 'text_encoder_2', 'text_encoder_3', 'scheduler'])
    cpSync(`test/fixtures/sd35/sd/${encoder}`, join(copy, 'sd', encoder), { recursive: true });
  return copy;
}

test('the optimiser’s step agrees with AdamW of its paper in double precision', async () => {
  const copy = copyOf('sd1', ['sd', 'sd-golden.safetensors', 'sd-grads.safetensors']);
  const path = join(copy, 'sd-golden.safetensors');
  const golden = openGolden(path);
  const gradients = openGolden(join(copy, 'sd-grads.safetensors'));
  const clip = Math.min(1, 1 / (golden.floats('grad_norm')[0]! + 1e-6));
  const keys = golden.names.filter((one) => one.startsWith('adamw.'));
  assert.equal(keys.length, 4);
  for (const key of keys) {
    const gradient = gradients.floats(key.slice('adamw.'.length));
    rewrite(path, key, (before) =>
      before.map((value, i) => {
        const g = gradient[i]! * clip;
        const mHat = (0.1 * g) / (1 - 0.9);
        const vHat = (0.001 * g * g) / (1 - 0.999);
        return value - 1e-3 * 1e-2 * value - (1e-3 * mHat) / (Math.sqrt(vHat) + 1e-8);
      }),
    );
  }
  const { tensors, ok } = await verifyFolder(copy);
  assert.ok(ok);
  for (const key of keys) assert.equal(tensors.find(({ name }) => name === `sd.${key}`)!.verdict, 'agrees', key);
});

test('one changed weight is found', async () => {
  const copy = copyOf('sd1', ['sd', 'sd-golden.safetensors']);
  rewrite(join(copy, 'sd/unet/diffusion_pytorch_model.safetensors'), 'conv_in.weight', (data) =>
    data.with(7, data[7]! + 0.05),
  );
  const { tensors, absent, ok } = await verifyFolder(copy);
  assert.ok(!ok);
  assert.ok(namesOf(tensors, 'disagrees').includes('sd.prediction'));
  assert.ok(namesOf(tensors, 'agrees').includes('sd.text_last_hidden_state'));
  assert.ok(absent.includes('clip/golden.safetensors'));
});

test('a missing weight is named', async () => {
  const copy = copyOf('sd1', ['clip']);
  const file = join(copy, 'clip/model.safetensors');
  const parameters = readParameters(file);
  parameters.delete('visual_projection.weight');
  writeSafetensors(file, parameters);
  await assert.rejects(verifyFolder(copy), {
    code: 'WEIGHTS',
    message: /visual_projection\.weight \[48, 128\] is missing/,
  });
});

test('a folder without references is refused', async () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  await assert.rejects(verifyFolder(empty), { code: 'USAGE', message: /expected schedule\.safetensors, .* got none/ });
});

test('compareTensors allows 1e-4 + 1e-3·|reference|, and no number that is none', () => {
  const want = { dtype: 'float32', shape: [2], data: Float32Array.of(0, 10) } as const;
  assert.equal(compareTensors('x', [0.9e-4, 10.01], want).verdict, 'agrees');
  assert.equal(compareTensors('x', [1.1e-4, 10], want).verdict, 'disagrees');
  assert.equal(compareTensors('x', [Number.NaN, 10], want).error, Infinity);
  assert.equal(compareTensors('x', [0], want).verdict, 'disagrees');
});
