// Models of the newer families, whole: drawn from folders and files, with what is their own.

import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type Factor, kronecker, matrixOf, multiplyFactors } from '../../engine/weights/adapter-products.ts';
import { readLora } from '../../engine/weights/read-lora.ts';
import { openSafetensors } from '../../engine/weights/safetensors.ts';
import type { Float32Tensor } from '../../engine/weights/tensor.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import { random } from '../../util/random.ts';
import { convertModel } from '../convert.ts';
import { convertLora } from '../convert-lora.ts';
import { declareLoraBase } from '../lora-base.ts';
import { openPipeline } from '../pipeline.ts';
import { openConditioner } from './conditioner.ts';
import { type DrawRequest, type DrawSettings, openPainter } from './painter.ts';
import { makeFamilyModel } from './testing.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-families-'));
after(() => rmSync(root, { recursive: true }));
const folders = { sdxl: makeFamilyModel(root, 'sdxl'), sd35: makeFamilyModel(root, 'sd35') };

const SETTINGS = { sampler: 'euler', steps: 2, guidanceScale: 4 } as const;

async function draw(model: string, requests: readonly DrawRequest[], settings: DrawSettings = SETTINGS) {
  const notes: string[] = [];
  const painter = await openPainter(model, { batchSize: 2, note: (line) => void notes.push(line) });
  const pictures: Uint8Array[] = [];
  try {
    for await (const batch of painter.draw(requests, settings)) for (const { rgb } of batch) pictures.push(rgb);
  } finally {
    await painter.dispose();
  }
  return { pictures, notes };
}

const close = (a: Uint8Array, b: Uint8Array) => a.every((value, i) => Math.abs(value - b[i]!) <= 1);

for (const name of ['sdxl', 'sd35'] as const)
  test(`${name}: a picture depends on prompt, seed, size and negative prompt, not on what it is drawn beside`, async () => {
    const [dog, cat] = [
      { prompt: 'two green dogs', seed: 1 },
      { prompt: 'a red cat', seed: 2 },
    ] as const;
    const { pictures } = await draw(folders[name], [dog, cat, { ...dog, negativePrompt: 'a red cat' }]);
    const alone = (await draw(folders[name], [cat])).pictures[0]!;
    assert.equal(alone.length, 3 * 16 * 16);
    assert.ok(close(alone, pictures[1]!));
    assert.ok(!close(pictures[0]!, pictures[2]!));
    const wide = await draw(folders[name], [cat], { ...SETTINGS, width: 24, height: 16 });
    assert.equal(wide.pictures[0]!.length, 3 * 24 * 16);
  });

test('without a prompt SDXL sees zeros, and with an empty one its encoding', async () => {
  const conditioner = await openConditioner(openPipeline(folders.sdxl));
  const { context, pooled } = await conditioner.encode([null, '']);
  await conditioner.dispose();
  const half = context!.length / 2;
  assert.ok(context!.subarray(0, half).every((value) => value === 0));
  assert.ok(pooled!.subarray(0, 24).every((value) => value === 0));
  assert.ok(context!.subarray(half).some((value) => value !== 0) && pooled!.subarray(24).some((value) => value !== 0));
});

test('Stable Diffusion 3 draws without T5 and says so, at no more than its positions, by its own samplers', async () => {
  const bare = join(root, 'bare');
  const { leftOut } = convertModel(folders.sd35, bare, { textEncoders: 'clip' });
  assert.deepEqual(leftOut, ['text_encoder_3']);
  assert.deepEqual(
    readdirSync(bare).filter((name) => name.endsWith('_3')),
    [],
  );
  const index = JSON.parse(readFileSync(join(bare, 'model_index.json'), 'utf8')) as Record<string, unknown>;
  assert.deepEqual(
    [index.text_encoder_3, index.tokenizer_3],
    [
      [null, null],
      [null, null],
    ],
  );
  const [file, again] = [join(root, 'bare.safetensors'), join(root, 'bare-again')];
  convertModel(folders.sd35, file, { textEncoders: 'clip' });
  assert.deepEqual(convertModel(file, again, { textEncoders: 'clip' }).leftOut, []);
  for (const component of openPipeline(bare).components)
    assert.deepEqual(openPipeline(again).parameters(component), openPipeline(bare).parameters(component), component);
  assert.throws(() => convertModel(folders.sdxl, join(root, 'no'), { textEncoders: 'clip' }), {
    code: 'USAGE',
    message: /Stable Diffusion XL, none of whose text encoders can be left out/,
  });
  const [own, other] = [
    await draw(folders.sd35, [{ prompt: 'a dog', seed: 1 }]),
    await draw(bare, [{ prompt: 'a dog', seed: 1 }]),
  ];
  assert.deepEqual(own.notes, []);
  assert.match(other.notes.join(), /T5 text encoder is left out/);
  assert.ok(!close(own.pictures[0]!, other.pictures[0]!));
  await assert.rejects(draw(bare, [{ prompt: 'a dog', seed: 1 }], { ...SETTINGS, width: 4000 }), {
    code: 'CONFIG',
    message: /at most 40/,
  });
  await assert.rejects(draw(bare, [{ prompt: 'a dog', seed: 1 }], { ...SETTINGS, sampler: 'dpm-solver' }), {
    code: 'CONFIG',
    message: /expected euler, heun, since this model was trained by flow matching, got dpm-solver/,
  });
  assert.throws(() => openPipeline(bare).process().transitions(4), {
    code: 'CONFIG',
    message: /flow matching those are not built/,
  });
});

const KEYS = {
  sdxl: [
    'conditioner.embedders.0.transformer.text_model.encoder.layers.0.mlp.fc1.weight',
    'conditioner.embedders.1.model.transformer.resblocks.0.attn.in_proj_weight',
    'conditioner.embedders.1.model.text_projection',
    'model.diffusion_model.label_emb.0.0.weight',
  ],
  sd35: [
    'model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight',
    'model.diffusion_model.joint_blocks.0.x_block.attn2.ln_q.weight',
    'model.diffusion_model.final_layer.adaLN_modulation.1.weight',
    'text_encoders.t5xxl.transformer.shared.weight',
    'text_encoders.t5xxl.transformer.encoder.embed_tokens.weight',
  ],
};

for (const name of ['sdxl', 'sd35'] as const)
  test(`${name}: folder to file to folder gives back every number, config and tokenizer`, () => {
    const [file, back] = [join(root, `${name}.safetensors`), join(root, `${name}-back`)];
    convertModel(folders[name], file);
    const source = openSafetensors(file);
    for (const key of KEYS[name]) assert.ok(source.has(key), key);
    source.close();
    convertModel(file, back);
    const [before, between, now] = [folders[name], file, back].map((path) => openPipeline(path));
    assert.deepEqual(between!.components, before!.components);
    for (const component of before!.components) {
      assert.deepEqual(between!.parameters(component), before!.parameters(component), component);
      assert.deepEqual(now!.parameters(component), before!.parameters(component), component);
    }
    assert.deepEqual(now!.raw, before!.raw);
    const { _diffusers_version: _a, ...index } = before!.index;
    const { _diffusers_version: _b, ...again } = now!.index;
    assert.deepEqual(Object.keys(again).sort(), Object.keys(index).sort());
    assert.deepEqual(Object.keys(now!.tokenizers), openPipeline(folders[name]).family.tokenizers);
  });

for (const name of ['sdxl', 'sd35'] as const)
  test(`${name}: a LoRA goes from PEFT's spelling to kohya's and back`, () => {
    const model = openPipeline(folders[name]);
    const source = `test/fixtures/${name}/lora/pytorch_lora_weights.safetensors`;
    const [kohya, back] = [join(root, `${name}-kohya.safetensors`), join(root, `${name}-lora.safetensors`)];
    const { layers } = convertLora(source, kohya, { base: model.folder, spelling: 'kohya' });
    assert.ok(layers[model.denoiser]! > 10);
    convertLora(kohya, back, { base: model.folder, spelling: 'diffusers' });
    const read = (path: string) => readLora(path, declareLoraBase(model))[model.denoiser]!;
    assert.deepEqual(read(kohya), read(source));
    assert.deepEqual(read(back), read(source));
    // What sd-scripts writes, and ComfyUI and Forge read.
    const start = { sdxl: 'lora_unet_input_blocks_', sd35: 'lora_unet_joint_blocks_0_x_block_attn_qkv.' }[name];
    const file = openSafetensors(kohya);
    const names = file.names();
    file.close();
    const network = names.filter((key) => !key.startsWith('lora_te'));
    assert.ok(
      network.some((key) => key.startsWith(start)),
      names[0],
    );
    assert.deepEqual(
      network.filter((key) => !key.startsWith('lora_unet_')),
      [],
    );
  });

test('an adapter of a norm that the file has otherwise changes the outputs that it means', () => {
  const model = openPipeline(folders.sd35);
  const file = join(root, 'swapped.safetensors');
  convertModel(model.folder, file);
  const original = 'final_layer.adaLN_modulation.1';
  const source = openSafetensors(file);
  const weight = source.read(`model.diffusion_model.${original}.weight`) as Float32Tensor;
  source.close();
  const [outputs, inputs] = weight.shape as [number, number];
  const ofSize = (name: string, ...shape: [number, number]): Float32Tensor => {
    return { dtype: 'float32', shape, data: random(3, name).normals(shape[0] * shape[1]) };
  };
  const key = `lora_unet_${original.replaceAll('.', '_')}`;
  const kinds = {
    lora: { 'lora_down.weight': ofSize('A', 2, inputs), 'lora_up.weight': ofSize('B', outputs, 2) },
    lokr: { lokr_w1: ofSize('1', 2, 2), lokr_w2: ofSize('2', outputs / 2, inputs / 2) },
  };
  for (const [kind, parts] of Object.entries(kinds)) {
    const path = join(root, `swapped-${kind}.safetensors`);
    writeSafetensors(path, new Map(Object.entries(parts).map(([part, tensor]) => [`${key}.${part}`, tensor])));
    const [folder, one] = [join(root, `merged-${kind}`), join(root, `merged-${kind}.safetensors`)];
    convertModel(model.folder, folder, { loras: [{ path, scale: 1 }] });
    convertModel(folder, one);
    const merged = openSafetensors(one);
    const got = merged.read(`model.diffusion_model.${original}.weight`).data as Float32Array;
    merged.close();
    const product = kind === 'lora' ? multiplyFactors : kronecker;
    const [a, b] = Object.values(parts).map(matrixOf) as [Factor, Factor];
    const change = kind === 'lora' ? product(b, a) : product(a, b);
    for (const [i, value] of got.entries())
      assert.ok(Math.abs(value - weight.data[i]! - change.data[i]!) < 1e-5, `${kind} ${i}`);
  }
});
