import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { openWeights, readWeights } from '../engine/weights/read-weights.ts';
import { writeSafetensors } from '../engine/weights/write-safetensors.ts';
import { readJsonObject } from './config.ts';
import { convertModel } from './convert.ts';
import { openPipeline } from './pipeline.ts';
import { savePipeline } from './save-pipeline.ts';
import { describeUnused } from './unused.ts';

const folder = mkdtempSync(join(tmpdir(), 'collimate-pipeline-'));
after(() => rmSync(folder, { recursive: true }));
const source = 'test/fixtures/sd1/sd';

/** All files below a folder and their bytes. */
function contents(of: string): Map<string, Buffer> {
  const files = readdirSync(of, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files.map(({ parentPath, name }) => [
      join(parentPath, name).slice(of.length + 1),
      readFileSync(join(parentPath, name)),
    ]),
  );
}

test('openPipeline reads the configs, and weights under their present-day keys', () => {
  const model = openPipeline(source);
  assert.deepEqual(model.conditions, { context: [77, 32] });
  assert.equal(model.latent.channels, 4);
  assert.equal(model.raw.scheduler!.prediction_type, 'epsilon');
  assert.deepEqual(model.tokenizers, {});
  assert.deepEqual(model.parameters('vae').get('encoder.mid_block.attentions.0.to_q.weight')!.shape, [16, 16]);
});

test('openPipeline names what is missing or of another kind', () => {
  const refused = (path: string, message: RegExp) =>
    assert.throws(() => openPipeline(path), { code: 'MODEL_CONFIG', message });
  refused(join(folder, 'nowhere'), /there is no such folder or file/);
  refused('test/fixtures/sd1', /model_index\.json: there is no such file/);
  const broken = join(folder, 'broken');
  cpSync(source, broken, { recursive: true });
  rmSync(join(broken, 'vae/config.json'));
  refused(broken, /vae\/config\.json: there is no such file/);
  writeFileSync(join(broken, 'vae/config.json'), '{"act_fn":');
  refused(broken, /vae\/config\.json: expected JSON, got/);
  const index = {
    ...readJsonObject(join(source, 'model_index.json')),
    text_encoder: ['transformers', 'T5EncoderModel'],
  };
  writeFileSync(join(broken, 'model_index.json'), JSON.stringify(index));
  refused(broken, /text_encoder: expected CLIPTextModel, got "T5EncoderModel"/);
});

test('a component by itself is called what it is, and the folder above it is named', () => {
  const refused = (path: string, message: RegExp, hint: RegExp) =>
    assert.throws(() => openPipeline(path), { code: 'MODEL_CONFIG', message, hint });
  refused(
    `${source}/unet`,
    /model_index\.json: there is no such file; the folder has a component .+"UNet2DConditionModel"$/,
    /folder above it, .+sd\.$/,
  );
  refused(`${source}/scheduler`, /model_index\.json: there is no such file$/, /folder above it/);
  const [alone, single] = [join(folder, 'alone'), join(folder, 'single')];
  cpSync(`${source}/vae`, alone, { recursive: true });
  refused(alone, /"AutoencoderKL"$/, /^A model is a folder with model_index\.json/);
  mkdirSync(single);
  writeFileSync(join(single, 'model.safetensors'), '');
  refused(single, /model_index\.json: there is no such file$/, /single\/model\.safetensors\.$/);
});

test('tensors that nothing uses are named, of a folder by component and of a file as it has them', () => {
  const from = join(folder, 'stray');
  cpSync(source, from, { recursive: true });
  const weights = join(from, 'text_encoder/model.safetensors');
  const stray = { dtype: 'float32' as const, shape: [2], data: new Float32Array(2) };
  writeSafetensors(weights, readWeights(weights).set('logit_scale', stray).set('text_projection.weight', stray));
  assert.deepEqual(describeUnused(openPipeline(source)), []);
  assert.deepEqual(describeUnused(openPipeline(from)), [
    `${from}: 2 tensors that the model's configs have no place for, left unused: text_encoder.logit_scale, text_encoder.text_projection.weight.`,
  ]);
  const file = join(folder, 'stray.safetensors');
  assert.match(convertModel(from, file).unused.join(), /: 2 tensors/);
  const averages = ['model_ema.decay', 'model_ema.num_updates', 'model_ema.a', 'model_ema.b'];
  const { metadata } = openWeights(file);
  writeSafetensors(file, new Map([...readWeights(file), ...averages.map((name) => [name, stray] as const)]), {
    metadata,
  });
  assert.match(
    describeUnused(openPipeline(file)).join(),
    /: 4 tensors .*unused: model_ema\.a, .*, and 1 more like them\.$/,
  );
});

test('savePipeline with new U-Net weights copies everything else byte for byte', () => {
  const from = join(folder, 'from');
  cpSync(source, from, { recursive: true });
  mkdirSync(join(from, 'tokenizer'));
  writeFileSync(join(from, 'tokenizer/merges.txt'), '#version: 0.2\n');
  writeFileSync(join(from, 'unet/diffusion_pytorch_model.fp16.safetensors'), 'old weights in half precision');
  writeFileSync(join(from, 'v1-5.ckpt'), 'the old model in one file');
  const unet = openPipeline(source).parameters('unet');
  unet.get('conv_in.bias')!.data.fill(0.5);
  const target = join(folder, 'tuned');
  savePipeline(target, { unet: { parameters: unet } }, { from });

  const [before, now] = [contents(from), contents(target)];
  const gone = ['unet/diffusion_pytorch_model.fp16.safetensors', 'v1-5.ckpt'];
  assert.deepEqual([...now.keys()].sort(), [...before.keys()].filter((name) => !gone.includes(name)).sort());
  const changed = [...now].filter(([name, bytes]) => !bytes.equals(before.get(name)!)).map(([name]) => name);
  assert.deepEqual(changed, ['unet/diffusion_pytorch_model.safetensors']);
  const saved = openPipeline(target).parameters('unet');
  assert.deepEqual(saved, unet);
});

test('savePipeline writes a whole model, in half precision, and replaces an old one', () => {
  const model = openPipeline(source);
  const part = (name: 'unet' | 'vae' | 'text_encoder') => ({
    config: readJsonObject(join(source, name, 'config.json')),
    parameters: model.parameters(name),
  });
  const target = join(folder, 'whole');
  const parts = {
    unet: part('unet'),
    vae: part('vae'),
    text_encoder: part('text_encoder'),
    scheduler: model.raw.scheduler!,
  };
  savePipeline(target, parts, { dtype: 'float16' });
  savePipeline(target, { ...parts, tokenizer: { 'vocab.json': '{}', 'merges.txt': '' } }, { dtype: 'float16' });
  const saved = openPipeline(target);
  assert.deepEqual(saved.tokenizers, { tokenizer: join(target, 'tokenizer') });
  assert.deepEqual(saved.raw.unet, model.raw.unet);
  const [got, want] = [
    saved.parameters('vae').get('quant_conv.weight')!.data,
    model.parameters('vae').get('quant_conv.weight')!.data,
  ];
  got.forEach((value, i) => {
    assert.ok(Math.abs(value - want[i]!) <= Math.abs(want[i]!) / 1024);
  });
  assert.ok(!readdirSync(folder).some((name) => name.includes('.tmp')));
});

test('savePipeline refuses an incomplete model and leaves nothing behind', () => {
  const target = join(folder, 'incomplete');
  const model = openPipeline(source);
  const unet = { config: model.raw.unet!, parameters: model.parameters('unet') };
  assert.throws(() => savePipeline(target, { unet }), {
    code: 'MODEL_CONFIG',
    message: /expected vae with its config and weights/,
  });
  assert.throws(() => savePipeline(target, { unet }, { from: folder }), {
    code: 'MODEL_CONFIG',
    message: /model_index\.json/,
  });
  assert.ok(!existsSync(target));
});
