// A pipeline as diffusers 0.42 and transformers 5 save it: tokenizer.json alone, bare names in the text encoder, halves.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readWeights } from '../../engine/weights/read-weights.ts';
import { convertModel } from '../convert.ts';
import { denoise } from '../diffusion/denoise.ts';
import { openPipeline } from '../pipeline.ts';
import { loadTokenizer } from '../tokenizer/files.ts';
import { openClipEmbedder } from './clip.ts';
import { openConditioner } from './conditioner.ts';
import { createDecoder } from './decoder.ts';
import { createPredictor } from './predictor.ts';

const folder = 'test/fixtures/current/pipeline';
const root = mkdtempSync(join(tmpdir(), 'collimate-current-'));
after(() => rmSync(root, { recursive: true }));

/** Bytes of the picture that diffusers drew from these latents: DDIM, 4 steps, guidance 3. */
const golden = readWeights(`${folder}/expected.safetensors`);

async function draw(model: string): Promise<Uint8Array> {
  const pipeline = openPipeline(model);
  const text = await openConditioner(pipeline);
  const told = await text.encode(['a red cat on the moon', '']);
  const predictor = createPredictor({ model: pipeline, weights: undefined, shapes: text.shapes, engine: {} });
  const latents = await denoise({
    sampler: pipeline.process().sampler('ddim', 4),
    guidanceScale: 3,
    init: golden.get('latents')!.data as Float32Array,
    async predict(noisy, timestep) {
      const both = await predictor.predict(Float32Array.from([...noisy, ...noisy]), timestep, told, 2);
      return { conditional: both.subarray(0, noisy.length), unconditional: both.subarray(noisy.length) };
    },
  });
  const decoder = createDecoder(pipeline, 1, {});
  const [rgb] = await decoder.decode(latents);
  await Promise.all([text.dispose(), predictor.dispose(), decoder.dispose()]);
  return rgb!;
}

function assertGolden(rgb: Uint8Array): void {
  const expected = golden.get('rgb')!.data;
  assert.equal(rgb.length, expected.length);
  for (const [i, value] of rgb.entries()) assert.ok(Math.abs(value - Number(expected[i])) <= 1, `${i}: ${value}`);
}

test('it draws the very picture that diffusers draws', async () => {
  assertGolden(await draw(folder));
});

test('so it does after the way through one file, whose configs come back as they were', async () => {
  const file = join(root, 'model.safetensors');
  const back = join(root, 'back');
  convertModel(folder, file);
  assertGolden(await draw(file));
  convertModel(file, back);
  assertGolden(await draw(back));
  for (const config of ['text_encoder/config.json', 'unet/config.json', 'vae/config.json'])
    assert.equal(readFileSync(join(back, config), 'utf8').trim(), readFileSync(join(folder, config), 'utf8').trim());
  assert.match(readFileSync(join(back, 'text_encoder/config.json'), 'utf8'), /"initializer_factor": 1\.0,/);
});

test('added tokens go through one file with their ids, and without a row in the embedding they are refused', async () => {
  const model = join(root, 'added');
  cpSync(folder, model, { recursive: true });
  rmSync(join(model, 'tokenizer'), { recursive: true });
  cpSync('test/fixtures/current/added-tokens', join(model, 'tokenizer'), { recursive: true });
  await assert.rejects(openConditioner(openPipeline(model)), {
    code: 'MODEL_CONFIG',
    message:
      /a row of the embedding for each added token, got 1 of 1 without one, such as "<cat-toy>", whose id is 594 of 594/,
  });
  const file = join(root, 'added.safetensors');
  const back = join(root, 'added-back');
  convertModel(model, file);
  convertModel(file, back);
  const text = 'a <cat-toy> on the moon, red';
  assert.deepEqual(
    loadTokenizer(openPipeline(file).tokenizers.tokenizer!).encode(text),
    loadTokenizer(join(model, 'tokenizer')).encode(text),
  );
  assert.deepEqual(
    loadTokenizer(join(back, 'tokenizer')).encode(text),
    loadTokenizer(join(model, 'tokenizer')).encode(text),
  );
});

test('a file of an earlier release, whose floats are lost, gives a config with floats', () => {
  const model = openPipeline(folder);
  const file = join(root, 'model.safetensors');
  convertModel(folder, file, { overwrite: true });
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as { __metadata__: Record<string, string> };
  delete header.__metadata__['collimate.config_texts'];
  header.__metadata__['collimate.configs'] = JSON.stringify(model.raw);
  const json = Buffer.from(JSON.stringify(header).padEnd(8 * Math.ceil(JSON.stringify(header).length / 8)));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(file, Buffer.concat([size, json, bytes.subarray(8 + length)]));
  convertModel(file, join(root, 'old-back'));
  assert.match(readFileSync(join(root, 'old-back/text_encoder/config.json'), 'utf8'), /"initializer_factor": 1\.0,/);
});

test("a CLIP as transformers 5 saves it gives transformers' embeddings: its own preprocessing, tokens added in tokenizer.json", async () => {
  const golden = JSON.parse(readFileSync('test/fixtures/current/clip-golden.json', 'utf8')) as {
    image: number[];
    text: number[][];
  };
  const rgb = Uint8Array.from({ length: 30 * 24 * 3 }, (_, i) => (31 * i * i + 7 * i) % 256);
  const clip = await openClipEmbedder('test/fixtures/current/clip', { batchSize: 2 });
  const [image] = await clip.embedImages([{ width: 30, height: 24, rgb }]);
  const texts = await clip.embedTexts(['a <cat-toy> on the moon', 'two red dogs']);
  for (const [got, expected] of [
    [image!, golden.image] as const,
    ...texts.map((text, i) => [text, golden.text[i]!] as const),
  ]) {
    assert.equal(got.length, expected.length);
    for (const [i, value] of got.entries()) assert.ok(Math.abs(value - expected[i]!) < 1e-5, `${i}: ${value}`);
  }
  await clip.dispose();
});

test("SigLIP 2 gives transformers' embeddings, of length 1", async () => {
  const { texts, text, image, logits } = JSON.parse(
    readFileSync('test/fixtures/current/siglip-golden.json', 'utf8'),
  ) as { texts: string[]; text: number[][]; image: number[]; logits: number[] };
  const rgb = Uint8Array.from({ length: 30 * 24 * 3 }, (_, i) => (31 * i * i + 7 * i) % 256);
  const siglip = await openClipEmbedder('test/fixtures/current/siglip', { batchSize: 4 });
  const [ofImage] = await siglip.embedImages([{ width: 30, height: 24, rgb }]);
  const ofTexts = await siglip.embedTexts(texts);
  for (const [got, expected] of [[ofImage!, image] as const, ...ofTexts.map((one, i) => [one, text[i]!] as const)]) {
    assert.equal(got.length, expected.length);
    const length = Math.hypot(...expected);
    for (const [i, value] of got.entries())
      assert.ok(Math.abs(value - expected[i]! / length) < 1e-5, `${i}: ${value}, expected ${expected[i]! / length}`);
  }
  // Beyond the cosine, SigLIP's logits have a factor and a bias, which is the same for all.
  const cosine = (one: Float32Array) => one.reduce((sum, value, i) => sum + value * ofImage![i]!, 0);
  const differ = (values: readonly number[]) => values[0]! - values[1]!;
  assert.ok(Math.abs(siglip.logitScale * differ(ofTexts.map(cosine)) - differ(logits)) < 1e-5);
  await siglip.dispose();
});
