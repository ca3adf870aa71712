import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { grad } from '../../../engine/graph/grad.ts';
import { input } from '../../../engine/graph/tensor.ts';
import { sizeOf } from '../../../engine/graph/types.ts';
import { countParams, flatParams, initParams } from '../../../engine/nn/params.ts';
import { compile } from '../../../engine/runtime/program.ts';
import { batchInputs } from '../../../engine/training/step.ts';
import { createDecoder } from '../../../models/inference/decoder.ts';
import { latentSizes } from '../../../models/inference/latents.ts';
import type { Project } from '../../../project/project.ts';
import { makeTemporaryDir } from '../../../project/testing.ts';
import { random } from '../../../util/random.ts';
import { makeRatedProject, openTestSession } from '../../reward/testing.ts';
import { trainReward } from '../../reward/train.ts';
import { readMetrics } from '../metrics.ts';
import { openPictureJudge } from '../policy/judge.ts';
import { makePipelineExamples, makeSmallPipeline, RED_JUDGE, testTuneSettings } from '../testing.ts';
import { trainUnet } from '../train.ts';
import { checkMethod, mixtureOf } from './methods.ts';
import { climbLoss, refl } from './refl.ts';

test('the loss is what rewards lack of the target, and pairs beside it', async () => {
  const options = { images: 3, pairs: 1, beta: 0.5, weight: 0.1, target: 1 };
  const { loss, metrics } = climbLoss({ rewards: input('rewards', [3]), errors: input('errors', [4]) }, options);
  const program = await compile({ loss, ...metrics });
  const rewards = Float32Array.of(0.25, 2, -0.5);
  const found = await program.run({ rewards, errors: Float32Array.of(9, 9, 9, 4) });
  await program.dispose();
  const of = (name: string) => Number(found[name]!.data[0]);
  // 0.1·(0.75 + 0 + 1.5)/3 = 0.075, and 0.5·4 beside it; 1.75/3 in the mean.
  assert.ok(Math.abs(of('reward_loss') - 0.075) < 1e-6);
  assert.ok(Math.abs(of('loss') - 2.075) < 1e-6);
  assert.equal(of('pretrain_loss'), 4);
  assert.ok(Math.abs(of('mean_reward') - 1.75 / 3) < 1e-6);
});

const CLIMB = { steps: 2, denoisingSteps: 4, unwatched: true, weight: 1, target: 5 };

test('the reward of a graph is that of the picture, and its slope by the network is that of finite differences', async (t) => {
  const dir = makeTemporaryDir(t);
  const project = await makeRatedProject(dir, { reward: { members: 2 } });
  t.after(() => project.close());
  const { rewardHash } = await trainReward(openTestSession(project));
  const pipeline = makeSmallPipeline(join(dir, 'models'));
  const judge = await openPictureJudge(openTestSession(project), { rewardHash, pipeline });
  t.after(() => judge.dispose());
  const { channels, height, width, length, picture } = latentSizes(pipeline);
  const graph = judge.graph();
  const prompts = ['a red cat', 'two green dogs'];
  const asked = Float32Array.from((await graph.embed(prompts)).flatMap((row) => [...row]));
  const latents = random(1, 'latents').normals(2 * length);
  const shape = [2, channels, height, width];
  const alone = await compile({
    rewards: graph.rewards(input('latents', shape), input('asked', [2, graph.width])),
  });
  const { rewards } = await alone.run({ latents, asked });
  await alone.dispose();
  const decoder = createDecoder(pipeline, 2, {});
  const pictures = (await decoder.decode(latents)).map((rgb) => ({ rgb, ...picture }));
  await decoder.dispose();
  const expected = await judge.score(pictures, prompts);
  for (const i of [0, 1]) assert.ok(Math.abs(expected[i]! - Number(rewards!.data[i])) < 5e-3, `${rewards!.data}`);
  assert.ok(Math.abs(expected[0]! - expected[1]!) > 1e-2, 'pictures and prompts make a difference');

  const settings = testTuneSettings({ method: 'refl', refl: CLIMB, pretrainShare: 0, batchSize: 2 });
  const conditionShapes = { context: [3, 16] };
  const { batch, loss } = refl.step({
    ...{ pipeline, settings, conditionShapes, judge },
    ...{ mixture: mixtureOf(settings), latentShape: shape.slice(1) },
  });
  const specs = pipeline.declare.unet!();
  const params = initParams(specs, (name) => random(7, name));
  const flat = input('params', [countParams(specs)]);
  const result = loss(flatParams(specs, flat), batchInputs(batch), []).loss;
  const program = await compile({ loss: result, gradient: grad(result, [flat])[0]! });
  t.after(() => program.dispose());
  const timesteps = Float32Array.of(20, 150);
  const feeds = {
    ...{ latents, timesteps, asked, context: random(2, 'context').normals(sizeOf([2, 3, 16])) },
    ...pipeline.process().clean(timesteps),
  };
  const at = async (step: number, direction: Float32Array) => {
    const moved = params.map((value, i) => value + step * direction[i]!);
    return program.run({ ...feeds, params: moved });
  };
  const { gradient } = await at(0, params);
  const slope = gradient!.data as Float32Array;
  const norm = Math.sqrt(slope.reduce((sum, value) => sum + value * value, 0));
  assert.ok(norm > 1e-3, `${norm}`);
  const direction = slope.map((value) => value / norm);
  const step = 2e-3;
  const [above, below] = [await at(step, direction), await at(-step, direction)];
  const difference = (Number(above.loss!.data[0]) - Number(below.loss!.data[0])) / (2 * step);
  assert.ok(Math.abs(difference / norm - 1) < 0.03, `${difference} for ${norm}`);
});

test('a run that is interrupted within a round gives the bytes of a straight one, and what it climbs rises', async (t) => {
  const dir = makeTemporaryDir(t);
  const pipeline = makeSmallPipeline(join(dir, 'models'));
  const run = (runDir: string, patch: object, signal = new AbortController().signal, onStep = (_step: number) => {}) =>
    trainUnet({
      pipeline,
      data: makePipelineExamples(pipeline, [1, 1, 1]),
      settings: testTuneSettings({
        ...{ method: 'refl', refl: CLIMB, samplesEvery: 0, samplePrompts: 0, emaDecay: 0 },
        ...{ maxTrainSteps: 6, checkpointingSteps: 2, learningRate: 5e-3, warmupSteps: 0, ...patch },
      }),
      seed: 3,
      runDir,
      signal,
      threads: 1,
      judge: RED_JUDGE,
      onStep: ({ step }) => onStep(step),
    });
  const bytes = (folder: string) => readFileSync(join(folder, 'unet/diffusion_pytorch_model.safetensors'));
  const straight = await run(join(dir, 'straight'), {});
  const rewards = readMetrics(join(dir, 'straight/metrics.jsonl')).map(({ mean_reward }) => mean_reward!);
  assert.ok(rewards.at(-1)! > rewards[0]! + 0.1, `${rewards}`);
  const stopper = new AbortController();
  const stopped = join(dir, 'stopped');
  await assert.rejects(
    run(stopped, {}, stopper.signal, (step) => step === 3 && stopper.abort()),
    { code: 'INTERRUPTED' },
  );
  assert.ok(bytes(await run(stopped, {})).equals(bytes(straight)));
  assert.deepEqual(
    readdirSync(stopped).filter((name) => /^round|^beginner/.test(name)),
    ['round-2.safetensors'],
  );
});

test('without the held-out alarm it is refused, or told what is given up; and where the reward has no slope', async (t) => {
  const settings = testTuneSettings({ method: 'refl', refl: { steps: 2 } });
  assert.throws(() => checkMethod(settings), {
    code: 'CONFIG',
    message: /tune\.stopBy: refl follows the slope .* got none/,
  });
  checkMethod({ ...settings, stopBy: 'held-out' });
  checkMethod({ ...settings, refl: { ...settings.refl, unwatched: true } });

  const dir = makeTemporaryDir(t);
  const project = await makeRatedProject(dir);
  t.after(() => project.close());
  const rounded: Project = { ...project, config: { ...project.config, clipPrecision: 'int8' } };
  const { rewardHash } = await trainReward(openTestSession(rounded));
  const pipeline = makeSmallPipeline(join(dir, 'models'));
  const judge = await openPictureJudge(openTestSession(rounded), { rewardHash, pipeline });
  t.after(() => judge.dispose());
  assert.throws(() => judge.graph(), { code: 'CONFIG', message: /clipPrecision: int8 rounds/ });
});
