// Tuning a model of each family: what it is told, what it learns, and what stays as it is stored.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { sizeOf } from '../../engine/graph/types.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { latentSizes } from '../../models/inference/latents.ts';
import { openDenoiserWeights } from '../../models/inference/predictor.ts';
import { openPipeline } from '../../models/pipeline.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { random } from '../../util/random.ts';
import type { Examples, TuneData } from './batches.ts';
import { testTuneSettings } from './testing.ts';
import { trainUnet } from './train.ts';

/** Random samples of a model's own shapes; prompts are told in 3 tokens. */
function examplesOf(model: DiffusionModel, count: number): TuneData {
  const { channels, height, width, length } = latentSizes(model);
  const { sizing } = model;
  const shapes = Object.entries(model.conditions).map(([name, shape]) =>
    name === 'context' ? ([name, [3, shape[1]!]] as const) : ([name, shape] as const),
  );
  const told = shapes.filter(([name]) => name !== sizing?.name);
  const images: Examples = {
    latents: random(1, 'latents').normals(count * length),
    texts: Int32Array.from({ length: count }, (_, i) => 1 + (i % 2)),
    weights: new Float32Array(count).fill(1),
    ...(sizing && { sizes: { [sizing.name]: new Float32Array(count * sizing.width).fill(16) } }),
  };
  return {
    images,
    pairs: images,
    prompts: ['', 'a red cat', 'two green dogs'],
    texts: Object.fromEntries(told.map(([name, shape]) => [name, random(2, name).normals(3 * sizeOf(shape))])),
    latentShape: [channels, height, width],
    conditionShapes: Object.fromEntries(shapes),
  };
}

for (const name of ['sdxl', 'sd35'] as const)
  test(`${name}: the whole network learns, and a LoRA beside it, and both open again`, async (t) => {
    const model = openPipeline(`test/fixtures/${name}/sd`);
    const { denoiser } = model;
    const before = model.parameters(denoiser);
    for (const loraRank of [0, 2]) {
      const patch = { loraRank, maxTrainSteps: 1, batchSize: 2, samplePrompts: 0, emaDecay: 0, learningRate: 1e-2 };
      const run = { settings: testTuneSettings(patch), seed: 1, runDir: makeTemporaryDir(t), threads: 1 };
      const signal = new AbortController().signal;
      const folder = await trainUnet({ ...run, pipeline: model, data: examplesOf(model, 3), signal });
      const source = openDenoiserWeights(model, join(folder, denoiser));
      assert.deepEqual(source.names().sort(), [...before.keys()].sort());
      const isMoved = (key: string) => source.read(key).data.some((value, i) => value !== before.get(key)!.data[i]);
      const moved = [...before.keys()].filter(isMoved);
      source.close();
      // At the start of a LoRA B is 0, so that one step moves B alone, and with it the product.
      assert.ok(moved.length > 10, `${moved.length} of ${before.size}`);
      for (const fixed of model.fixed) assert.ok(!moved.includes(fixed), fixed);
      if (loraRank > 0) assert.ok(moved.every((key) => /\.(to_[qkv]|to_out\.0)\.weight$/.test(key)));
    }
  });
