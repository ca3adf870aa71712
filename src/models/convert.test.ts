import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openSafetensors } from '../engine/weights/safetensors.ts';
import { writeLora } from '../engine/weights/write-lora.ts';
import { writeSafetensors } from '../engine/weights/write-safetensors.ts';
import { convertModel } from './convert.ts';
import { openPipeline } from './pipeline.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-convert-'));
after(() => rmSync(root, { recursive: true }));

for (const name of ['sd1', 'sd2']) {
  test(`${name}: folder to file to folder gives back every number and config`, () => {
    const source = `test/fixtures/${name}/sd`;
    const file = join(root, `${name}.safetensors`);
    const folder = join(root, name);
    const summary = convertModel(source, file);
    assert.deepEqual([summary.from, summary.to], ['diffusers', 'original']);
    convertModel(file, folder);
    const [before, between, now] = [source, file, folder].map((path) => openPipeline(path));
    for (const component of before!.components) {
      assert.deepEqual(between!.parameters(component), before!.parameters(component), component);
      assert.deepEqual(now!.parameters(component), before!.parameters(component), component);
      assert.deepEqual(now!.raw[component], before!.raw[component]);
    }
    assert.deepEqual(now!.raw.scheduler, before!.raw.scheduler);
    assert.ok(existsSync(join(folder, 'tokenizer/merges.txt')));
  });
}

test('the file of a 2.x model has OpenCLIP’s names, fused, and says what it predicts', () => {
  const source = openSafetensors(join(root, 'sd2.safetensors'));
  const { hidden_size: width } = openPipeline('test/fixtures/sd2/sd').raw.text_encoder as { hidden_size: number };
  const fused = 'cond_stage_model.model.transformer.resblocks.0.attn.in_proj_weight';
  assert.deepEqual(source.shape(fused), [3 * width, width]);
  const parts = openPipeline('test/fixtures/sd2/sd').parameters('text_encoder');
  const [query, key, value] = ['q', 'k', 'v'].map(
    (part) => parts.get(`text_model.encoder.layers.0.self_attn.${part}_proj.weight`)!.data,
  );
  assert.deepEqual(source.read(fused).data, Float32Array.of(...query!, ...key!, ...value!));
  assert.equal(source.metadata['modelspec.prediction_type'], 'v');
  assert.equal(source.metadata['modelspec.architecture'], 'stable-diffusion-v2-768-v');
  source.close();
});

test('the same layout in another precision; without one, numbers stay as they are stored', () => {
  const [half, again, back] = ['half', 'again.safetensors', 'back'].map((name) => join(root, name));
  convertModel('test/fixtures/sd1/sd', half!, { dtype: 'bfloat16' });
  convertModel(half!, again!);
  convertModel(again!, back!);
  const source = openPipeline(back!).open('unet');
  assert.equal(source.dtype('conv_in.weight'), 'BF16');
  source.close();
  assert.deepEqual(openPipeline(back!).parameters('unet'), openPipeline(half!).parameters('unet'));
  const file = readFileSync(join(half!, 'unet/config.json'));
  assert.ok(file.equals(readFileSync('test/fixtures/sd1/sd/unet/config.json')));
});

test('a LoRA is merged on the way', () => {
  const model = openPipeline('test/fixtures/sd1/sd');
  const module = 'down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q';
  const before = model.parameters('unet');
  const [outputs, inputs] = before.get(`${module}.weight`)!.shape as [number, number];
  const ones = (...shape: number[]) => ({
    dtype: 'float32' as const,
    shape,
    data: new Float32Array(shape[0]! * shape[1]!).fill(1),
  });
  const layer = { down: ones(1, inputs), up: ones(outputs, 1), alpha: 0.5 };
  writeLora(join(root, 'lora.safetensors'), { unet: new Map([[module, layer]]), text_encoder: new Map() }, 'kohya');
  const loras = [{ path: join(root, 'lora.safetensors'), scale: 2 }];
  assert.equal(convertModel(model.folder, join(root, 'merged'), { loras }).adapted, 1);
  const after = openPipeline(join(root, 'merged')).parameters('unet');
  const changed = [...after].filter(([name, { data }]) => data.some((value, i) => value !== before.get(name)!.data[i]));
  assert.deepEqual(
    changed.map(([name]) => name),
    [`${module}.weight`],
  );
  const [got, was] = [after, before].map((parameters) => parameters.get(`${module}.weight`)!.data);
  assert.ok(got!.every((value, i) => Math.abs(value - was![i]! - 1) < 1e-6));
  // The same in the block names of the original layout, as some programs write them.
  for (const [place, key] of [
    [
      'input_blocks_1_1_transformer_blocks_0_attn1_to_q',
      (part: string) => `lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q.lora_${part}.weight`,
    ],
    [
      'diffusion_model',
      (part: string) =>
        `diffusion_model.input_blocks.1.1.transformer_blocks.0.attn1.to_q.lora_${part === 'down' ? 'A' : 'B'}.weight`,
    ],
  ] as const) {
    const path = join(root, `${place}.safetensors`);
    const [down, up] = [layer.down, { ...layer.up, data: layer.up.data.map((value) => value / 2) }];
    writeSafetensors(
      path,
      new Map([
        [key('down'), down],
        [key('up'), up],
      ]),
    );
    assert.equal(convertModel(model.folder, join(root, place), { loras: [{ path, scale: 2 }] }).adapted, 1);
    assert.deepEqual(openPipeline(join(root, place)).parameters('unet').get(`${module}.weight`)!.data, got);
  }
  const deeper = new Map([[module.replace('blocks.0', 'blocks.7'), layer]]);
  writeLora(loras[0]!.path, { unet: deeper, text_encoder: new Map() }, 'kohya');
  assert.throws(() => convertModel(model.folder, join(root, 'other'), { loras }), {
    code: 'WEIGHTS',
    message: /no place/,
  });
  assert.ok(!existsSync(join(root, 'other')));
});

test('what is there is left alone unless it is a model and may be replaced', () => {
  const source = 'test/fixtures/sd1/sd';
  mkdirSync(join(root, 'precious'));
  writeFileSync(join(root, 'precious/thesis.txt'), 'x');
  const refused = (output: string, options: object, hint: RegExp) =>
    assert.throws(() => convertModel(source, output, options), { code: 'USAGE', hint });
  refused(join(root, 'precious'), { overwrite: true }, /It is no model/);
  refused(join(root, 'sd1'), {}, /--overwrite/);
  convertModel(source, join(root, 'sd1'), { overwrite: true, dtype: 'float16' });
  convertModel(source, join(root, 'sd1.safetensors'), { overwrite: true, dtype: 'float16' });
  assert.ok(!readdirSync(root).some((name) => name.includes('.tmp')));
});

test('weights that are not those of the config are named before anything is written', () => {
  const broken = join(root, 'broken');
  cpSync('test/fixtures/sd1/sd', broken, { recursive: true });
  cpSync('test/fixtures/sd2/sd/unet/config.json', join(broken, 'unet/config.json'));
  assert.throws(() => convertModel(broken, join(root, 'never')), {
    code: 'WEIGHTS',
    message: /broken\/unet: expected the \d+ parameters of its config\.json; .*of another shape: .*proj_in\.weight/,
  });
  assert.ok(!existsSync(join(root, 'never')));
});

test('a scheduler config with the numbers that only Python writes survives the way there and back', () => {
  const source = join(root, 'dpm');
  cpSync('test/fixtures/sd1/sd', source, { recursive: true });
  const config =
    '{"_class_name": "DPMSolverMultistepScheduler", "beta_start": 0.1, "beta_end": 0.2, "lambda_min_clipped": -Infinity}';
  writeFileSync(join(source, 'scheduler/scheduler_config.json'), config);
  convertModel(source, join(root, 'dpm.safetensors'));
  convertModel(join(root, 'dpm.safetensors'), join(root, 'dpm-back'));
  const written = readFileSync(join(root, 'dpm-back/scheduler/scheduler_config.json'), 'utf8');
  assert.equal(written, `${config}\n`);
});
