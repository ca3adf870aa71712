import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { readLora } from '../../../engine/weights/read-lora.ts';
import { declareLoraBase } from '../../../models/lora-base.ts';
import { makeTemporaryDir } from '../../../project/testing.ts';
import { makeSmallPipeline, makeTestExamples, testTuneSettings } from '../testing.ts';
import { trainUnet } from '../train.ts';
import { createTuningTrainer } from '../trainer.ts';
import { contrast } from './contrast.ts';

test('two LoRAs are learned, and their difference is saved as one at its strength', async (t) => {
  const dir = makeTemporaryDir(t);
  const pipeline = makeSmallPipeline(join(dir, 'models'));
  const data = makeTestExamples([1, 1, 0, 0], 0);
  const settings = testTuneSettings({
    method: 'contrast',
    contrast: { strength: 1.5 },
    loraRank: 2,
    pretrainShare: 0,
    maxTrainSteps: 2,
    samplePrompts: 0,
    checkpointingSteps: 0,
    emaDecay: 0,
    learningRate: 1e-2,
  });
  const signal = new AbortController().signal;
  const folder = await trainUnet({ pipeline, data, settings, seed: 1, runDir: dir, signal, threads: 1 });
  const { trainer, specs, saveWeights } = await createTuningTrainer(
    pipeline,
    data,
    settings,
    { threads: 1 },
    { seed: 1 },
  );
  trainer.restore(join(folder, 'training_state.safetensors'));
  const flat = await trainer.read('params');
  await saveWeights(join(dir, 'saved'));
  await trainer.dispose();
  const saved = readLora(join(dir, 'saved'), declareLoraBase(pipeline)).unet!;
  let at = 0;
  const learned = new Map(
    specs.map(({ name, shape }) => {
      const size = shape.reduce((product, side) => product * side, 1);
      at += size;
      return [name, flat.subarray(at - size, at)] as const;
    }),
  );
  const [module, layer] = [...saved][0]!;
  const { down, up, alpha } = layer;
  assert.equal(down.shape[0], 4);
  const product = (
    u: ArrayLike<number>,
    d: ArrayLike<number>,
    rank: number,
    row: number,
    column: number,
    width: number,
  ) =>
    Array.from({ length: rank }, (_, k) => u[row * rank + k]! * d[k * width + column]!).reduce((sum, x) => sum + x, 0);
  const width = down.data.length / 4;
  for (const [row, column] of [
    [0, 0],
    [1, 3],
  ] as const) {
    const of = (prefix: string) =>
      product(learned.get(`${prefix}${module}.up`)!, learned.get(`${prefix}${module}.down`)!, 2, row, column, width);
    const wanted = 1.5 * (of('') - of('1:'));
    const found = (alpha / 4) * product(up.data, down.data, 4, row, column, width);
    assert.ok(Math.abs(wanted - found) < 1e-6 && Math.abs(wanted) > 1e-7, `${wanted}, ${found}`);
  }
  assert.throws(() => contrast.check!({ ...settings, loraRank: 0 }), /expected a rank above 0 for contrast/);
});
