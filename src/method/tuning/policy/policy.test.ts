import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTemporaryDir } from '../../../project/testing.ts';
import { random } from '../../../util/random.ts';
import { readMetrics } from '../metrics.ts';
import { makePipelineExamples, makeSmallPipeline, RED_JUDGE, testTuneSettings } from '../testing.ts';
import { trainUnet } from '../train.ts';
import { advantagesOf } from './advantages.ts';
import { rollOut } from './rollout.ts';
import { checkRounds } from './rounds.ts';

test('advantages are told within a prompt, and cut', () => {
  const prompts = [1, 2, 1, 2, 3];
  const found = advantagesOf([0, 10, 1, 10, 7], prompts);
  [-1, 0, 1, 0, 0].forEach((value, i) => {
    assert.ok(Math.abs(found[i]! - value) < 1e-3);
  });
  assert.equal(Math.max(...advantagesOf([...new Array(99).fill(0), 1], new Array(100).fill(1))), 5);
});

test('the target of a step is what would have made it the likeliest, and its noise is its likelihood', async () => {
  const transitions = [
    { timestep: 9, keep: 0.9, push: -0.4, sigma: 0.3 },
    { timestep: 1, keep: 1.1, push: -0.2, sigma: 0 },
  ];
  const outputs: Float32Array[] = [];
  const seen: Float32Array[] = [];
  const { steps, latents } = await rollOut({
    transitions,
    streams: [random(1), random(2)],
    length: 3,
    async predict(noisy) {
      seen.push(noisy);
      outputs.push(noisy.map((value) => 0.5 * value + 1));
      return outputs.at(-1)!;
    },
  });
  assert.deepEqual([...steps.pictures], [0, 1]);
  assert.deepEqual([...steps.timesteps], [9, 9]);
  const [after] = [seen[1]!];
  for (let k = 0; k < 6; k++) {
    assert.ok(Math.abs(0.9 * steps.latents[k]! - 0.4 * steps.target[k]! - after[k]!) < 1e-5, 'the mean for the target');
    assert.ok(Math.abs(latents[k]! - (1.1 * after[k]! - 0.2 * outputs[1]![k]!)) < 1e-5, 'a certain step adds nothing');
  }
  for (const row of [0, 1]) {
    const error =
      [0, 1, 2].reduce((sum, k) => sum + (steps.target[row * 3 + k]! - outputs[0]![row * 3 + k]!) ** 2, 0) / 3;
    assert.ok(Math.abs(steps.kappa[row]! * error - steps.before[row]!) < 1e-4, 'the ratio begins at 1');
  }
});

test('checkpoints come at the ends of rounds', () => {
  const settings = testTuneSettings({
    method: 'ddpo',
    ddpo: { steps: 20 },
    checkpointingSteps: 100,
    samplesEvery: 50,
    samplePrompts: 0,
  });
  checkRounds(settings, 'ddpo');
  assert.throws(
    () => checkRounds({ ...settings, samplePrompts: 1 }, 'ddpo'),
    /tune.samplesEvery: expected a multiple of the 20/,
  );
});

const ROUNDS = { prompts: 2, images: 8, steps: 4, denoisingSteps: 4, guidance: 1.5, clipRange: 0.2 };

const SETTINGS = {
  method: 'ddpo',
  pretrainShare: 0.25,
  batchSize: 16,
  learningRate: 2e-3,
  emaDecay: 0,
  samplePrompts: 0,
  samplesEvery: 0,
  warmupSteps: 0,
  captionDropout: 0,
} as const;

test('the ratio of likelihoods begins at 1, and what led to better pictures becomes likelier', async (t) => {
  const dir = makeTemporaryDir(t);
  const pipeline = makeSmallPipeline(join(dir, 'models'));
  // The whole of one round in every step: advantages then add up to nothing, and the loss is that of the ratios alone.
  const ddpo = { ...ROUNDS, images: 4, denoisingSteps: 3, steps: 16 };
  const round = { ddpo, batchSize: 24, pretrainShare: 0 };
  await trainUnet({
    pipeline,
    data: makePipelineExamples(pipeline, [1, 1, 1]),
    settings: testTuneSettings({ ...SETTINGS, ...round, maxTrainSteps: 16, checkpointingSteps: 0, learningRate: 3e-4 }),
    seed: 3,
    runDir: dir,
    signal: new AbortController().signal,
    threads: 1,
    judge: RED_JUDGE,
  });
  const losses = readMetrics(join(dir, 'metrics.jsonl')).map(({ train_loss }) => train_loss);
  assert.ok(Math.abs(losses[0]!) < 1e-4, `${losses[0]}`);
  assert.ok(losses.at(-1)! < -0.04, `${losses}`);
});

test('ddpo interrupted within a round, and held to the base, gives the bytes of a straight run', async (t) => {
  const dir = makeTemporaryDir(t);
  const pipeline = makeSmallPipeline(join(dir, 'models'));
  const run = (runDir: string, signal: AbortSignal, onStep = (_step: number) => {}) =>
    trainUnet({
      pipeline,
      data: makePipelineExamples(pipeline, [1, 1, 1]),
      settings: testTuneSettings({
        ...SETTINGS,
        ddpo: { ...ROUNDS, klWeight: 0.1 },
        maxTrainSteps: 8,
        checkpointingSteps: 4,
      }),
      seed: 3,
      runDir,
      signal,
      threads: 1,
      judge: RED_JUDGE,
      onStep: ({ step }) => onStep(step),
    });
  const straight = await run(join(dir, 'straight'), new AbortController().signal);
  for (const at of [4, 6]) {
    const stopped = join(dir, `stopped-${at}`);
    const stopper = new AbortController();
    await assert.rejects(
      run(stopped, stopper.signal, (step) => step === at && stopper.abort()),
      { code: 'INTERRUPTED' },
    );
    const resumed = await run(stopped, new AbortController().signal);
    const bytes = (folder: string) => readFileSync(join(folder, 'unet/diffusion_pytorch_model.safetensors'));
    assert.ok(bytes(resumed).equals(bytes(straight)), `stopped at ${at}`);
    assert.deepEqual(
      readdirSync(stopped).filter((name) => name.startsWith('round-')),
      ['round-1.safetensors'],
    );
    assert.ok(!existsSync(join(stopped, 'policy')));
  }
});
