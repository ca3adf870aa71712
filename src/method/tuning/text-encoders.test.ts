// LoRAs of text encoders: what they learn, where they are kept, and that what draws afterwards has them.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { countParams, initParams } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { gradientName, gradientStep, partName } from '../../engine/training/step.ts';
import type { Feeds } from '../../engine/training/trainer.ts';
import { loraScale } from '../../engine/weights/lora.ts';
import { readLoraOrigin } from '../../engine/weights/lora-origin.ts';
import { readLora } from '../../engine/weights/read-lora.ts';
import type { Conditions, DiffusionModel } from '../../models/families/model.ts';
import { openConditioner } from '../../models/inference/conditioner.ts';
import { latentSizes } from '../../models/inference/latents.ts';
import { openPainter } from '../../models/inference/painter.ts';
import { LORA_FILE } from '../../models/inference/predictor.ts';
import { makeFamilyModel } from '../../models/inference/testing.ts';
import { declareLoraBase } from '../../models/lora-base.ts';
import { openPipeline } from '../../models/pipeline.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { random } from '../../util/random.ts';
import type { Examples, TuneData } from './batches.ts';
import { defineTuning } from './definition.ts';
import { learnedFields } from './lora-fields.ts';
import { planMemory } from './memory-plan.ts';
import type { TuneSettings } from './mixture.ts';
import { publishModel } from './publish.ts';
import { makeSmallPipeline, testTuneSettings } from './testing.ts';
import { checkTextEncoders, learningModel, readPrompts } from './text-encoders.ts';
import { trainUnet } from './train.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-text-encoders-'));
after(() => rmSync(root, { recursive: true }));
const models = {
  sd1: makeSmallPipeline(root),
  sdxl: openPipeline(makeFamilyModel(root, 'sdxl')),
  sd35: openPipeline(makeFamilyModel(root, 'sd35')),
};
const PROMPTS = ['', 'two green dogs', 'a red cat'];
const patch = { loraRank: 2, loraAlpha: 3, textEncoderLora: true, batchSize: 2, pretrainData: 'none' } as const;
const settings = testTuneSettings({ ...patch, samplePrompts: 0, maxTrainSteps: 3, learningRate: 1e-2, emaDecay: 0 });

/** Noise as pictures of the last two prompts. */
async function examplesOf(model: DiffusionModel, { textEncoderLora }: TuneSettings = settings): Promise<TuneData> {
  const { channels, height, width, length } = latentSizes(model);
  const { sizing } = model;
  const read = async () => {
    const conditioner = await openConditioner(model, { threads: 1 });
    const texts = await conditioner.encode(PROMPTS).finally(() => conditioner.dispose());
    return { texts, shapes: conditioner.shapes };
  };
  const { texts, shapes } = textEncoderLora ? await readPrompts(model, PROMPTS, { threads: 1 }) : await read();
  const images: Examples = {
    latents: random(1, 'latents').normals(2 * length),
    texts: Int32Array.of(1, 2),
    weights: new Float32Array(2).fill(1),
    ...(sizing && { sizes: { [sizing.name]: new Float32Array(2 * sizing.width).fill(16) } }),
  };
  const conditionShapes = { ...shapes, ...(sizing && { [sizing.name]: [sizing.width] }) };
  return { images, pairs: images, prompts: PROMPTS, texts, latentShape: [channels, height, width], conditionShapes };
}

/** One pass over both pictures, with the gradient of each learned parameter. */
async function openStep(model: DiffusionModel, own: TuneSettings = settings) {
  const data = await examplesOf(model, own);
  const { specs, accumulation, ...definition } = defineTuning(learningModel(model, own), data, own);
  const program = await compile(gradientStep({ ...definition, specs }, accumulation), { threads: 1 });
  const rows = (values: Conditions) =>
    Object.entries(values).map(([name, all]) => [name, all.subarray(all.length / 3)] as const);
  const batch: Feeds = {
    latents: data.images.latents,
    target: random(2, 'target').normals(data.images.latents.length),
    timesteps: Float32Array.of(300, 700),
    weights: Float32Array.of(1, 1),
    ...Object.fromEntries(rows(data.texts)),
    ...data.images.sizes,
  };
  return {
    specs,
    dispose: () => program.dispose(),
    async run(params: Float32Array) {
      let at = 0;
      const parts = specs.map(({ name, shape }) => {
        const size = shape.reduce((product, side) => product * side, 1);
        at += size;
        return [partName(name), params.subarray(at - size, at)] as const;
      });
      const results = await program.run({ ...batch, ...Object.fromEntries(parts) });
      const gradients = specs.map(({ name }) => [...(results[gradientName(name)]!.data as Float32Array)]);
      return { loss: Number(results.loss!.data[0]), gradient: Float32Array.from(gradients.flat()) };
    },
  };
}

const startOf = (specs: Parameters<typeof initParams>[0], ofUps: number) =>
  initParams(specs, (name) => random(3, name)).map((value, i) => value + ofUps * Math.sin(i));

for (const name of ['sd1', 'sdxl', 'sd35'] as const)
  test(`${name}: the loss from tokens is that from embeddings, and its slope by the encoders' layers is that of differences`, async () => {
    const model = models[name];
    const step = await openStep(model);
    const encoders = [...new Set(step.specs.flatMap(({ name: own }) => /^text_encoder(_\d)?/.exec(own)?.[0] ?? []))];
    assert.deepEqual(encoders, name === 'sd1' ? ['text_encoder'] : ['text_encoder', 'text_encoder_2']);

    const plain = await openStep(model, { ...settings, textEncoderLora: false });
    const [fromTokens, fromEmbeddings] = [
      await step.run(startOf(step.specs, 0)),
      await plain.run(startOf(plain.specs, 0)),
    ];
    await plain.dispose();
    assert.ok(Math.abs(fromTokens.loss / fromEmbeddings.loss - 1) < 1e-5);

    // Along the gradient of the encoders' layers alone.
    const params = startOf(step.specs, 0.2);
    const { gradient } = await step.run(params);
    let at = 0;
    for (const { name: own, shape } of step.specs) {
      const size = shape.reduce((product, side) => product * side, 1);
      const part = gradient.subarray(at, at + size);
      if (!own.startsWith('text_encoder')) part.fill(0);
      else
        assert.ok(
          part.some((value) => value !== 0),
          own,
        );
      at += size;
    }
    const norm = Math.hypot(...gradient);
    const along = async (way: number) => (await step.run(params.map((v, i) => v + (way * gradient[i]!) / norm))).loss;
    const reach = 0.05;
    const slope = ((await along(reach)) - (await along(-reach))) / (2 * reach);
    await step.dispose();
    assert.ok(Math.abs(slope / norm - 1) < 0.03, `${slope} of ${norm}`);
  });

const signal = new AbortController().signal;

test('sdxl: what encoders learned is in the LoRA file in each spelling, is resumed to the same bytes, and draws', async (t) => {
  const model = models.sdxl;
  const data = await examplesOf(model);
  const run = (runDir: string, stopAt = 0) => {
    const controller = new AbortController();
    const onStep = ({ step }: { step: number }) => void (step === stopAt && controller.abort());
    const common = { data, settings, seed: 1, signal: stopAt > 0 ? controller.signal : signal, threads: 1 };
    return trainUnet({ ...common, pipeline: learningModel(model, settings), runDir, onStep });
  };
  const [straight, resumed] = [makeTemporaryDir(t), makeTemporaryDir(t)];
  const checkpoint = await run(straight);
  await assert.rejects(run(resumed, 2), { code: 'INTERRUPTED' });
  const file = `unet/${LORA_FILE}`;
  assert.ok(readFileSync(join(checkpoint, file)).equals(readFileSync(join(await run(resumed), file))));

  const base = declareLoraBase(model);
  const lora = readLora(join(checkpoint, 'unet'), base);
  // The last layer of the first tower is seen by nothing.
  assert.deepEqual([lora.unet!.size > 0, lora.text_encoder!.size, lora.text_encoder_2!.size], [true, 4, 12]);
  const [module, layer] = [...lora.text_encoder!][0]!;
  assert.match(module, /^text_model\.encoder\.layers\.0\.self_attn\.(q|k|v|out)_proj$/);
  assert.ok(layer.up.data.some((value) => value !== 0));

  const tuned = join(root, 'tuned');
  const made = { settings, seed: 1, baseModel: 'embedded', baseHash: 'b', rewardHash: null, dataHash: 'd', images: [] };
  await publishModel(tuned, model, checkpoint, learnedFields(made, 3, model.latent.own));
  for (const written of [LORA_FILE, 'tuned.lora.safetensors']) {
    const { told } = readLoraOrigin(join(tuned, written))!;
    for (const words of ['made for embedded', 'trained at rank 2, alpha 2', 'learned for 3 steps at the rate 0.01'])
      assert.ok(told.includes(words), told.join('; '));
  }
  const kohya = readLora(join(tuned, 'tuned.lora.safetensors'), base);
  const strengthOf = (of: typeof layer) => of.up.data.map((value) => value * loraScale(of));
  for (const [component, layers] of Object.entries(lora))
    for (const [name, own] of layers)
      assert.deepEqual(
        strengthOf(kohya[component]!.get(name)!).map(Math.fround),
        strengthOf(own).map(Math.fround),
        name,
      );

  const draw = async (from: string | DiffusionModel, weights?: string) => {
    const painter = await openPainter(from, { batchSize: 1, threads: 1, ...(weights && { unet: weights }) });
    const pictures: Uint8Array[] = [];
    const request = [{ prompt: 'a red cat', seed: 1 }];
    for await (const [picture] of painter.draw(request, { sampler: 'euler', steps: 2, guidanceScale: 4 }))
      pictures.push(picture!.rgb);
    await painter.dispose();
    return pictures[0]!;
  };
  const merged = await draw(tuned);
  const beside = await draw(model, join(checkpoint, 'unet'));
  assert.ok(merged.every((value, i) => Math.abs(value - beside[i]!) <= 1));
  const opened = openPipeline(tuned);
  const source = opened.open('text_encoder');
  assert.notDeepEqual(
    source.read(`${module}.weight`).data,
    model.parameters('text_encoder').get(`${module}.weight`)!.data,
  );
  source.close();
});

test('sd1: methods that look at the model before tuning, and two LoRAs at once, read tokens too', async (t) => {
  const model = models.sd1;
  const data = await examplesOf(model);
  const images = { ...data.images, texts: Int32Array.of(1, 1), weights: Float32Array.of(1, 0) };
  for (const method of ['dpo', 'contrast'] as const) {
    const own = { ...settings, method, maxTrainSteps: 1 };
    const run = { settings: own, data: { ...data, images, pairs: images }, seed: 1, signal, threads: 1 };
    const folder = await trainUnet({ ...run, pipeline: learningModel(model, own), runDir: makeTemporaryDir(t) });
    const { text_encoder: layers } = readLora(join(folder, 'unet'), declareLoraBase(model));
    assert.equal(layers!.size, 4, method);
  }
});

test('sd35: T5 learns nothing, and what it says of a prompt is computed once', async () => {
  const { conditions } = learningModel(models.sd35, settings);
  assert.deepEqual(conditions, {
    'text_encoder.ids': [77],
    'text_encoder_2.ids': [77],
    'text_encoder_3.states': [256, 48],
  });
});

test('encoders that learn count in the plan of memory, and halves leave tokens what they are', async () => {
  const model = models.sdxl;
  const plan = (own: TuneSettings) => {
    const learning = learningModel(model, own);
    const shapes = { latentShape: [4, 8, 8], conditionShapes: learning.conditions } as const;
    return planMemory(learning, shapes, own);
  };
  const [learning, still] = [plan(settings), plan({ ...settings, textEncoderLora: false })];
  const weights = ['text_encoder', 'text_encoder_2'].map((name) => countParams(model.declare[name]!()));
  assert.ok(learning.frozen - still.frozen > 2 * (weights[0]! + weights[1]!), `${learning.frozen} ${still.frozen}`);
  assert.ok(learning.step > still.step && learning.state > still.state);

  const half = await openStep(model, { ...settings, mixedPrecision: 'bf16' });
  const whole = await openStep(model);
  const [a, b] = [await half.run(startOf(half.specs, 0.2)), await whole.run(startOf(whole.specs, 0.2))];
  await half.dispose();
  await whole.dispose();
  assert.ok(Math.abs(a.loss / b.loss - 1) < 0.02, `${a.loss} ${b.loss}`);
});

test('where text encoders cannot learn, it is refused with the reason', () => {
  const refused = (model: DiffusionModel, own: Partial<TuneSettings>, draws: boolean, message: RegExp) =>
    assert.throws(() => checkTextEncoders(model, { ...settings, ...own }, draws), { code: 'CONFIG', message });
  refused(models.sd1, { loraRank: 0 }, false, /text encoders learn by a LoRA alone, and tune\.loraRank is 0/);
  refused(models.sd1, { method: 'ddpo' }, true, /ddpo draws pictures of its own, of prompts that are encoded once/);
  const encoders = models.sd35.prompts.encoders.filter(({ component }) => component === 'text_encoder_3');
  const onlyT5 = { ...models.sd35, prompts: { ...models.sd35.prompts, encoders } };
  refused(onlyT5, {}, false, /has no CLIP text encoder, and no other kind learns here/);
  checkTextEncoders(onlyT5, { ...settings, textEncoderLora: false }, true);
});
