// A family that this file alone adds, through the table: what opens, draws, tunes and saves models needs no word about it.

import assert from 'node:assert/strict';
import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { add, mean, mul, reshape } from '../src/engine/graph/functions.ts';
import { input, type Tensor } from '../src/engine/graph/tensor.ts';
import { conv2d, linear } from '../src/engine/nn/layers.ts';
import { declareParams, initParams, type Params, unpackParams } from '../src/engine/nn/params.ts';
import { writeSafetensors } from '../src/engine/weights/write-safetensors.ts';
import { testTuneSettings } from '../src/method/tuning/testing.ts';
import { trainUnet } from '../src/method/tuning/train.ts';
import { parseClipTextConfig } from '../src/models/clip/config.ts';
import { clipTextHidden } from '../src/models/clip/text.ts';
import { readJsonObject } from '../src/models/config.ts';
import { convertModel } from '../src/models/convert.ts';
import { variancePreserving } from '../src/models/diffusion/variance-preserving.ts';
import { AUTOENCODER, codecOf, declareVae, picturesOf } from '../src/models/families/autoencoder.ts';
import { CLIP_TOWER, clipEncoderOf, declareTower } from '../src/models/families/clip-encoder.ts';
import { FAMILIES } from '../src/models/families/families.ts';
import type { Family } from '../src/models/families/model.ts';
import { latentSizes } from '../src/models/inference/latents.ts';
import { hashModel, openPainter } from '../src/models/inference/painter.ts';
import { openDenoiserWeights } from '../src/models/inference/predictor.ts';
import { makeTinyPipeline } from '../src/models/inference/testing.ts';
import { openPipeline } from '../src/models/pipeline.ts';
import { parseVaeConfig, vaeReduction } from '../src/models/vae/config.ts';
import { makeTemporaryDir } from '../src/project/testing.ts';
import { writeFileAtomic } from '../src/util/files.ts';
import { random } from '../src/util/random.ts';

const [CHANNELS, SIDE] = [4, 16];

/** One convolution, moved by the mean of the prompt's tokens and by the time. */
function paint(p: Params, x: Tensor, times: Tensor, words: Tensor): Tensor {
  const rows = x.shape[0]!;
  const told = linear(p.in('told'), mean(words, [1]), CHANNELS);
  const at = mul(reshape(times, [rows, 1, 1, 1]), 1e-3);
  return add(add(conv2d(p.in('brush'), x, CHANNELS, 3, { padding: 1 }), reshape(told, [rows, CHANNELS, 1, 1])), at);
}

const TOY: Family = {
  className: 'ToyPipeline',
  words: 'a toy',
  parts: {
    painter: { library: 'diffusers', className: 'ToyPainter', weightFile: 'diffusion_pytorch_model.safetensors' },
    vae: AUTOENCODER,
    text_encoder: CLIP_TOWER,
  },
  tokenizers: ['tokenizer'],
  index: {},
  writtenAs: '0.0.0',
  design(raw, _index, model) {
    const vae = parseVaeConfig(raw.vae!, `${model}/vae`);
    const text = parseClipTextConfig(raw.text_encoder!, `${model}/text_encoder`);
    const shapes = ([length]: readonly number[]) => ({ words: [length!, text.hidden_size] });
    const words = (rows: number) => input('words', [rows, 1, text.hidden_size]);
    return {
      denoiser: 'painter',
      fixed: new Set(),
      declare: {
        painter: () => declareParams((p) => paint(p, input('x', [1, CHANNELS, 1, 1]), input('t', [1]), words(1))),
        vae: () => declareVae(vae),
        text_encoder: () => declareTower(text),
      },
      latent: { channels: CHANNELS, reduction: vaeReduction(vae), own: picturesOf(vae, SIDE), step: vaeReduction(vae) },
      prompts: {
        encoders: [clipEncoderOf('text_encoder', text, (p, ids) => ({ words: clipTextHidden(p, text, ids) }))],
        shapes,
        combine: ([outputs]) => ({ words: outputs!.words! }),
        noneIsZero: false,
      },
      conditions: shapes([text.max_position_embeddings]),
      process: () => variancePreserving(raw.scheduler!, `${model}/scheduler`),
      denoise: (p, latents, times, conditions) => paint(p, latents, times, conditions.words!),
      ...codecOf(vae),
    };
  },
};

/** The tiny pipeline with the toy in place of its U-Net. */
function makeToy(dir: string): string {
  const { sd } = makeTinyPipeline(dir);
  const toy = join(dir, 'toy');
  for (const part of ['vae', 'text_encoder', 'tokenizer', 'scheduler'])
    cpSync(join(sd, part), join(toy, part), { recursive: true });
  const { unet: _unet, ...index } = readJsonObject(join(sd, 'model_index.json'));
  const own = { ...index, _class_name: 'ToyPipeline', painter: ['diffusers', 'ToyPainter'] };
  writeFileSync(join(toy, 'model_index.json'), JSON.stringify(own));
  writeFileAtomic(join(toy, 'painter/config.json'), '{}');
  const { hidden_size: width } = parseClipTextConfig(readJsonObject(join(toy, 'text_encoder/config.json')));
  const specs = declareParams((p) =>
    paint(p, input('x', [1, CHANNELS, 1, 1]), input('t', [1]), input('words', [1, 1, width])),
  );
  const weights = unpackParams(
    specs,
    initParams(specs, (name) => random(1, 'toy', name)),
  );
  writeSafetensors(join(toy, 'painter/diffusion_pytorch_model.safetensors'), weights, { metadata: { format: 'pt' } });
  return toy;
}

test('a toy family opens, draws, learns and is saved through the table alone', async (t) => {
  const families = FAMILIES as Map<string, Family>;
  families.set('ToyPipeline', TOY);
  t.after(() => families.delete('ToyPipeline'));
  const dir = makeTemporaryDir(t);
  const folder = makeToy(dir);
  const model = openPipeline(folder);
  assert.deepEqual(
    [model.family.words, model.denoiser, model.components],
    ['a toy', 'painter', ['painter', 'vae', 'text_encoder']],
  );

  const draw = async (from: string) => {
    const painter = await openPainter(from, { batchSize: 2 });
    const requests = ['two red dogs', 'a green cat'].map((prompt) => ({ prompt, seed: 1 }));
    const settings = { sampler: 'euler-ancestral', steps: 2, guidanceScale: 2 } as const;
    const pictures: Uint8Array[] = [];
    for await (const batch of painter.draw(requests, settings)) for (const { rgb } of batch) pictures.push(rgb);
    await painter.dispose();
    return pictures;
  };
  const [dogs, cat] = await draw(folder);
  assert.notDeepEqual(dogs, cat);

  const { channels, height, width, length } = latentSizes(model);
  const [tokens, features] = model.conditions.words!;
  const images = {
    latents: random(1, 'latents').normals(3 * length),
    texts: Int32Array.of(1, 2, 1),
    weights: new Float32Array(3).fill(1),
  };
  const data = {
    images,
    pairs: images,
    prompts: ['', 'a red cat', 'two green dogs'],
    texts: { words: random(2, 'words').normals(3 * tokens! * features!) },
    latentShape: [channels, height, width] as const,
    conditionShapes: model.conditions,
  };
  const patch = { loraRank: 0, maxTrainSteps: 1, batchSize: 2, samplePrompts: 0, emaDecay: 0, learningRate: 1e-2 };
  const run = { settings: testTuneSettings(patch), seed: 1, runDir: makeTemporaryDir(t), threads: 1 };
  const learned = await trainUnet({ ...run, pipeline: model, data, signal: new AbortController().signal });
  const source = openDenoiserWeights(model, join(learned, 'painter'));
  const before = model.parameters('painter');
  for (const name of source.names()) assert.notDeepEqual(source.read(name).data, before.get(name)!.data, name);
  source.close();

  const copy = join(dir, 'copy');
  convertModel(folder, copy);
  assert.deepEqual(openPipeline(copy).parameters('painter'), before);
  assert.equal(hashModel(copy), hashModel(folder));
  assert.throws(() => convertModel(folder, join(dir, 'toy.safetensors')), {
    code: 'USAGE',
    message: /a toy has no layout in one file/,
  });
  assert.ok(!existsSync(join(dir, 'toy.safetensors')));
});
