import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { mean } from '../../engine/graph/functions.ts';
import { grad } from '../../engine/graph/grad.ts';
import { input } from '../../engine/graph/tensor.ts';
import { compile } from '../../engine/runtime/program.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { capLosers, preferenceLoss } from './loss.ts';
import { readMetrics } from './metrics.ts';
import { pairPreferences } from './preferences.ts';
import { makeSmallPipeline, makeTestExamples, testTuneSettings } from './testing.ts';
import { trainUnet } from './train.ts';

test('preferenceLoss is −log σ of the margin, as by hand, and its gradient pulls winners down and pushes losers up', async () => {
  const [errors, reference, weights] = ['errors', 'reference', 'weights'].map((name) => input(name, [5]));
  const options = { images: 4, pairs: 1, beta: 0.5, dpoBeta: 2 };
  const { loss, metrics } = preferenceLoss(errors!, reference!, weights!, options);
  const program = await compile({ loss, ...metrics, gradient: grad(loss, [errors!])[0]! });
  const run = await program.run({
    errors: Float32Array.of(0.8, 1.2, 0.9, 0.3, 2),
    reference: Float32Array.of(1, 1, 0.5, 0.6, 7),
    weights: Float32Array.of(9, 9, 9, 9, 1),
  });
  await program.dispose();
  // margins 2·((−0.2) − 0.2) = −0.8 and 2·(0.4 + 0.3) = 1.4
  const expected = (Math.log(1 + Math.exp(-0.8)) + Math.log(1 + Math.exp(1.4))) / 2;
  const near = (value: unknown, wanted: number) =>
    assert.ok(Math.abs(Number(value) - wanted) < 1e-5, `${value}, ${wanted}`);
  near(run.reward_loss!.data[0], expected);
  near(run.pretrain_loss!.data[0], 2);
  near(run.loss!.data[0], expected + 0.5 * 2);
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const [first, second] = [(2 * sigmoid(-0.8)) / 2, (2 * sigmoid(1.4)) / 2];
  [first, -first, second, -second, 0.5].forEach((wanted, i) => void near(run.gradient!.data[i], wanted));
});

test('soft pairs count both ways, by the shares of their raters', async () => {
  const images = { texts: Int32Array.of(1, 1, 2, 2), weights: Float32Array.of(0.75, 0.25, 1, 0) };
  const pairs = pairPreferences(images, 1, true);
  assert.deepEqual(pairs, [
    [0, 1, 0.9],
    [2, 3, 1],
  ]);
  const [errors, reference, weights] = ['errors', 'reference', 'weights'].map((name) => input(name, [4]));
  const options = { images: 4, pairs: 0, beta: 0, dpoBeta: 2, soft: true };
  const program = await compile({ loss: preferenceLoss(errors!, reference!, weights!, options).loss });
  const { loss } = await program.run({
    errors: Float32Array.of(0.8, 1.2, 0.9, 0.3),
    reference: Float32Array.of(1, 1, 0.5, 0.6),
    weights: Float32Array.of(0.9, 0.9, 0.5, 0.5),
  });
  await program.dispose();
  const softplus = (x: number) => Math.log(1 + Math.exp(x));
  const hand = (0.9 * softplus(-0.8) + 0.1 * softplus(0.8) + 0.5 * softplus(1.4) + 0.5 * softplus(-1.4)) / 2;
  assert.ok(Math.abs(Number(loss!.data[0]) - hand) < 1e-5);
});

test('a loser that pulls where its winner is pushed is held back, and its error stays', async () => {
  const shape = [5, 1, 1, 2];
  const [outputs, target] = ['outputs', 'target'].map((name) => input(name, shape));
  const errors = capLosers(outputs!, target!, 4, 0.9);
  const program = await compile({ errors, slope: grad(mean(errors), [outputs!])[0]! });
  // Residuals: winner (1, 0), loser (2, 1) along it; winner (1, 1), loser (−1, 0) against it; a pre-training pair.
  const residuals = [1, 0, 2, 1, 1, 1, -1, 0, 3, 3];
  const run = await program.run({ outputs: Float32Array.from(residuals), target: new Float32Array(10) });
  await program.dispose();
  assert.deepEqual([...(run.errors!.data as Float32Array)], [0.5, 2.5, 1, 0.5, 9]);
  const share = (0.1 * 1) / 2;
  const slopes = [1, 0, 2 * share, 1 * share, 1, 1, -1, 0, 3, 3].map((residual) => residual / 5);
  slopes.forEach((wanted, i) => {
    assert.ok(Math.abs((run.slope!.data as Float32Array)[i]! - wanted) < 1e-6, `${i}`);
  });
});

test('pairPreferences pairs good with bad within prompts alone', () => {
  const data = { texts: Int32Array.of(1, 1, 1, 2, 3, 3), weights: Float32Array.of(1, 0, 0.2, 1, 0.5, 1) };
  const pairs = pairPreferences(data, 1);
  assert.deepEqual(
    pairs.toSorted((a, b) => a[1] - b[1]),
    [
      [0, 1],
      [0, 2],
    ],
  );
  assert.throws(() => pairPreferences({ texts: Int32Array.of(1), weights: Float32Array.of(1) }, 1), /no prompt has/);
});

test('dpo starts at log 2, since the model is its own reference, and then tells the pairs apart', async (t) => {
  const dir = makeTemporaryDir(t);
  const pipeline = makeSmallPipeline(join(dir, 'models'));
  const data = makeTestExamples([1, 1, 0, 0], 0);
  const settings = testTuneSettings({
    method: 'dpo',
    dpo: { beta: 20 },
    pretrainShare: 0,
    captionDropout: 0,
    maxTrainSteps: 12,
    learningRate: 2e-3,
    emaDecay: 0,
    samplePrompts: 0,
    checkpointingSteps: 0,
  });
  const signal = new AbortController().signal;
  await trainUnet({ pipeline, data, settings, seed: 1, runDir: dir, signal, threads: 1 });
  const losses = readMetrics(join(dir, 'metrics.jsonl')).map(({ train_loss }) => train_loss);
  assert.ok(Math.abs(losses[0]! - Math.LN2) < 1e-3, `${losses[0]}`);
  const last = losses.slice(-3).reduce((sum, loss) => sum + loss, 0) / 3;
  assert.ok(last < 0.67, `${losses}`);
});
