import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { mean, square } from '../../engine/graph/functions.ts';
import { grad } from '../../engine/graph/grad.ts';
import { input } from '../../engine/graph/tensor.ts';
import { countParams, flatParams, initParams, type Params, packParams, unpackParams } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { mergeLora } from '../../engine/weights/lora.ts';
import { readLora } from '../../engine/weights/read-lora.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { openNetwork } from '../../models/inference/network.ts';
import { LORA_FILE, openDenoiserWeights } from '../../models/inference/predictor.ts';
import { declareLoraBase } from '../../models/lora-base.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { random } from '../../util/random.ts';
import { makeBatches } from './batches.ts';
import { listCheckpointFolders } from './checkpoint.ts';
import { adaptedParams, loraSpecs, saveLora } from './lora.ts';
import { planMemory } from './memory-plan.ts';
import { readMetrics, type StepMetrics } from './metrics.ts';
import { planMixture } from './mixture.ts';
import { makeSmallPipeline, makeTestExamples, testTuneSettings } from './testing.ts';
import { trainUnet } from './train.ts';
import { createTuningTrainer } from './trainer.ts';

const engine = { threads: 1 };
const settings = testTuneSettings({ loraRank: 2, loraAlpha: 3, learningRate: 1e-2, samplesEvery: 0 });
const feeds = {
  latents: random(1).normals(64),
  timesteps: Float32Array.of(300),
  context: random(2).normals(48),
};
let dir: string;
let pipeline: DiffusionModel;

before(() => {
  dir = mkdtempSync(join(tmpdir(), 'collimate-lora-'));
  pipeline = makeSmallPipeline(dir);
});
after(() => rmSync(dir, { recursive: true }));

/** The network's answer to `feeds`. */
function answer(p: Params) {
  const [latents, context] = [input('latents', [1, 4, 4, 4]), input('context', [1, 3, 16])];
  return pipeline.denoise(p, latents, input('timesteps', [1]), { context });
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}

test('a LoRA learns beside the projections of attention, and starts as the base model', async () => {
  const specs = loraSpecs(pipeline.declare.unet!(), settings);
  const modules = new Set(specs.map(({ name }) => /(attn[12])\.(to_\w+)/.exec(name)!.slice(1).join('.')));
  assert.deepEqual(
    [...modules].sort(),
    ['attn1', 'attn2'].flatMap((a) => ['k', 'out', 'q', 'v'].map((b) => `${a}.to_${b}`)),
  );
  assert.throws(() => loraSpecs(pipeline.declare.unet!(), { ...settings, loraTargets: 'to_q,q_proj' }), {
    code: 'CONFIG',
    message: /no layer of this network is called "q_proj"/,
  });
  const data = makeTestExamples([0.2, 0.9, 0.5, 0], 4);
  const process = pipeline.process();
  const batches = makeBatches(data, { seed: 1, process, mixture: planMixture(settings), captionDropout: 0 });
  const losses = [];
  for (const loraRank of [0, 2]) {
    const { trainer } = await createTuningTrainer(pipeline, data, { ...settings, loraRank }, engine);
    losses.push((await trainer.advance(batches(1))).loss);
    await trainer.dispose();
  }
  assert.ok(Math.abs(losses[0]! - losses[1]!) < 1e-6 * losses[0]!, `${losses}`);
});

test('with mixed precision frozen weights take half of the memory, and a LoRA learns as in float32', async () => {
  const data = makeTestExamples([0.2, 0.9, 0.5, 0], 4);
  const process = pipeline.process();
  const batches = makeBatches(data, { seed: 1, process, mixture: planMixture(settings), captionDropout: 0 });
  const run = async (mixedPrecision: 'no' | 'fp16' | 'bf16') => {
    const details: string[] = [];
    const detail = (line: string) => details.push(line);
    const chosen = { ...settings, mixedPrecision };
    const { trainer } = await createTuningTrainer(pipeline, data, chosen, engine, { detail });
    const losses = [(await trainer.advance(batches(1))).loss, (await trainer.advance(batches(2))).loss];
    await trainer.dispose();
    return { losses, details, frozen: planMemory(pipeline, data, chosen).frozen };
  };
  const plain = await run('no');
  assert.deepEqual(plain.details, []);
  for (const precision of ['fp16', 'bf16'] as const) {
    const { losses, details, frozen } = await run(precision);
    losses.forEach((loss, i) => void assert.ok(Math.abs(loss / plain.losses[i]! - 1) < 0.01, `${precision} ${loss}`));
    assert.match(
      details.join(),
      /on cpu: kept as b?float16 and computed in float32 for want of a kernel: .*conv2d \d+/,
    );
    assert.ok(frozen < 0.51 * plain.frozen, `${frozen} of ${plain.frozen}`);
  }
});

test('in 16 bits what is compared is rounded alike: whole or a LoRA, comparing starts where the base is', async (t) => {
  for (const patch of [{ mixedPrecision: 'bf16' }, { mixedPrecision: 'fp16', loraRank: 2 }] as const) {
    const run = {
      method: 'dpo',
      maxTrainSteps: 1,
      batchSize: 2,
      pretrainShare: 0,
      samplePrompts: 0,
      ...patch,
    } as const;
    const [runDir, { signal }] = [makeTemporaryDir(t), new AbortController()];
    const options = { settings: testTuneSettings(run), seed: 1, runDir, threads: 1, signal };
    await trainUnet({ ...options, pipeline, data: makeTestExamples([0, 1, 0], 0), preferences: [[0, 2, 1]] });
    const [{ train_loss: loss }] = readMetrics(join(runDir, 'metrics.jsonl')) as [StepMetrics];
    assert.ok(Math.abs(loss - Math.log(2)) < 1e-3, `${patch.mixedPrecision}: ${loss}`);
  }
});

test('the gradient of a LoRA is that of the whole weight, projected: dB = s·dW·Aᵀ and dA = s·Bᵀ·dW', async () => {
  const all = pipeline.declare.unet!();
  const specs = loraSpecs(all, settings);
  const base = input('base', [countParams(all)]);
  const lora = input('lora', [countParams(specs)]);
  const values = {
    base: packParams(all, pipeline.parameters('unet')),
    lora: random(4)
      .normals(countParams(specs))
      .map((value) => value / 10),
  };
  const adapted = adaptedParams(flatParams(all, base), flatParams(specs, lora), specs, settings);
  const [gradient] = grad(mean(square(answer(adapted))), [lora]);
  const whole = grad(mean(square(answer(flatParams(all, base)))), [base])[0]!;
  const program = await compile({ gradient: gradient! }, engine);
  const reference = await compile({ whole }, engine);
  const layers = unpackParams(specs, values.lora);
  saveLora(dir, pipeline, specs, values.lora, settings);
  const { unet: read } = readLora(join(dir, LORA_FILE), declareLoraBase(pipeline));
  const merged = packParams(all, mergeLora(pipeline.parameters('unet'), read!));
  const got = unpackParams(specs, (await program.run({ ...feeds, ...values })).gradient!.data as Float32Array);
  const dW = unpackParams(all, (await reference.run({ ...feeds, base: merged })).whole!.data as Float32Array);
  const module = specs[0]!.name.replace(/\.down$/, '');
  const [a, b] = [layers.get(`${module}.down`)!, layers.get(`${module}.up`)!];
  const [outputs, inputs, scale] = [b.shape[0]!, a.shape[1]!, 3 / 2];
  const at = (o: number, i: number) => dW.get(`${module}.weight`)!.data[o * inputs + i]!;
  const sum = (n: number, f: (k: number) => number) =>
    Array.from({ length: n }, (_, k) => f(k)).reduce((x, y) => x + y, 0);
  const dB = Float32Array.from(
    { length: outputs * 2 },
    (_, k) => scale * sum(inputs, (i) => at(k >> 1, i) * a.data[(k & 1) * inputs + i]!),
  );
  const dA = Float32Array.from({ length: 2 * inputs }, (_, k) => {
    const [r, i] = [Math.floor(k / inputs), k % inputs];
    return scale * sum(outputs, (o) => b.data[o * 2 + r]! * at(o, i));
  });
  const size = Math.hypot(...dB);
  assert.ok(size > 1e-6);
  assert.ok(largestDifference(got.get(`${module}.up`)!.data, dB) < 1e-4 * size);
  assert.ok(largestDifference(got.get(`${module}.down`)!.data, dA) < 1e-4 * Math.hypot(...dA));
  await program.dispose();
  await reference.dispose();
});

test('a LoRA that was saved and merged draws as the one that was learned', async () => {
  const all = pipeline.declare.unet!();
  const specs = loraSpecs(all, settings);
  const flat = initParams(specs, (name) => random(5, name)).map((value, i) => value + 0.1 * Math.sin(i));
  saveLora(dir, pipeline, specs, flat, settings);
  const network = await openNetwork((p) => ({ y: answer(p) }), openDenoiserWeights(pipeline, dir), dir, engine);
  const merged = (await network.run(feeds)).y!;
  await network.dispose();
  const p = adaptedParams(
    flatParams(all, input('base', [countParams(all)])),
    flatParams(specs, input('lora', [countParams(specs)])),
    specs,
    settings,
  );
  const program = await compile({ y: answer(p) }, engine);
  const base = packParams(all, pipeline.parameters('unet'));
  const learned = (await program.run({ ...feeds, base, lora: flat })).y!.data as Float32Array;
  const plain = (await program.run({ ...feeds, base, lora: new Float32Array(flat.length) })).y!.data as Float32Array;
  assert.ok(largestDifference(merged, learned) < 1e-5);
  assert.ok(largestDifference(merged, plain) > 1e-3);
  await program.dispose();
});

test('a LoRA run that was stopped and resumed gives the bytes of a straight one, and keeps the newest checkpoints', async (t) => {
  const [straight, resumed] = [makeTemporaryDir(t), makeTemporaryDir(t)];
  const data = makeTestExamples([0.2, 0.9, 0.5], 4);
  const limited = { ...settings, maxTrainSteps: 5, checkpointingSteps: 1, checkpointsTotalLimit: 2 };
  const run = (runDir: string, stopAt = 0) => {
    const controller = new AbortController();
    const onStep = ({ step }: { step: number }) => void (step === stopAt && controller.abort());
    const common = { pipeline, data, settings: limited, seed: 1, signal: controller.signal, ...engine };
    return trainUnet({ ...common, runDir, onStep });
  };
  const last = await run(straight);
  await assert.rejects(run(resumed, 3), { code: 'INTERRUPTED' });
  const again = await run(resumed);
  for (const file of [`unet/${LORA_FILE}`, 'training_state.safetensors'])
    assert.ok(readFileSync(join(last, file)).equals(readFileSync(join(again, file))), file);
  const { unet: layers } = readLora(join(last, 'unet'), declareLoraBase(pipeline));
  assert.ok([...layers!.values()].every(({ up }) => up.data.some((value) => value !== 0)));
  assert.deepEqual(
    listCheckpointFolders(resumed).map(({ step }) => step),
    [4, 5],
  );
});
