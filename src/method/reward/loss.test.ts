import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constant } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { bindParams, declareParams } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { rewardHead } from './head.ts';
import { crossEntropyLoss, pairLoss, rewardLoss } from './loss.ts';

const [rewards, labels] = [input('rewards', [2, 3]), input('labels', [2])];

async function lossOf(values: readonly number[], good: readonly number[]): Promise<Record<string, number>> {
  const program = await compile({ ...rewardLoss(rewards, labels, { lambda: 0.5, temperature: 2 }) });
  const results = await program.run({ rewards: Float32Array.from(values), labels: Float32Array.from(good) });
  await program.dispose();
  return Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Number(data[0])]));
}

test('only good images pick their prompt, all images regress', async () => {
  const { loss, mse, promptClassification } = await lossOf([1, 0, 0, 3, 9, 9], [1, 0]);
  const expected = Math.log(Math.exp(0.5) + 2) - 0.5;
  assert.ok(Math.abs(promptClassification! - expected) < 1e-6);
  assert.equal(mse, 4.5);
  assert.ok(Math.abs(loss! - (4.5 + 0.5 * expected)) < 1e-6);
});

test('a batch without a good image has no prompt classification', async () => {
  assert.equal((await lossOf([1, 0, 0, 3, 9, 9], [0, 0])).promptClassification, 0);
});

test('the logit of the original prompt is its reward: raising it alone lowers the classification loss', async () => {
  const at = async (own: number) => (await lossOf([own, 0, 0, 3, 9, 9], [1, 0])).promptClassification!;
  const [low, high] = [await at(0), await at(4)];
  assert.ok(Math.abs(low - Math.log(3)) < 1e-6);
  assert.ok(Math.abs(high - (Math.log(Math.exp(2) + 2) - 2)) < 1e-6);
});

test('candidates that are not present have no share in the softmax', async () => {
  const present = input('present', [2, 3]);
  const program = await compile({ ...rewardLoss(rewards, labels, { lambda: 0.5, temperature: 2 }, present) });
  const results = await program.run({
    rewards: Float32Array.of(1, 0, 50, 1, 7, 7),
    labels: Float32Array.of(1, 1),
    present: Float32Array.of(1, 1, 0, 1, 0, 0),
  });
  await program.dispose();
  const expected = (Math.log(Math.exp(0.5) + 1) - 0.5) / 2; // the second image has nothing to choose from
  assert.ok(Math.abs(Number(results.promptClassification!.data[0]) - expected) < 1e-6);
});

test('rewardHead scores pairs and candidates, and refuses other batches', () => {
  const image = input('image', [2, 5]);
  const shapeOf = (text: number[]) => {
    let shape: readonly number[] = [];
    declareParams((p) => {
      shape = rewardHead(p, image, input('text', text), 8).shape;
    });
    return shape;
  };
  assert.deepEqual(shapeOf([2, 5]), [2]);
  assert.deepEqual(shapeOf([2, 4, 5]), [2, 4]);
  assert.throws(() => shapeOf([3, 5]), { code: 'SHAPE', message: /reward: expected an image \[B, E\]/ });
});

test('interaction features are image, text, product and distance', async () => {
  const [image, text] = [input('image', [1, 2]), input('text', [1, 2])];
  const weights: Record<string, { data: number[]; shape: number[] }> = {
    'layers.0.weight': { data: [1, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7], shape: [1, 8] },
    'layers.0.bias': { data: [0], shape: [1] },
    'layers.1.weight': { data: [1], shape: [1, 1] },
    'layers.1.bias': { data: [0.5], shape: [1] },
  };
  const params = bindParams(({ name }) => constant(weights[name]!.data, weights[name]!.shape));
  const reward = rewardHead(params, image, text, 1, { features: 'interaction', layers: 1 });
  const program = await compile({ reward });
  const results = await program.run({ image: Float32Array.of(2, 3), text: Float32Array.of(4, 1) });
  await program.dispose();
  assert.equal(results.reward!.data[0], Math.fround(2 + 30 + 400 + 1000 + 8e4 + 3e5 + 2e6 + 2e7 + 0.5));
});

test('labels by cross-entropy and pairs by Bradley and Terry are as by hand', async () => {
  const [pairs, shares] = [input('compared', [4]), input('shares', [2])];
  const [scores, answers] = [input('scores', [2]), input('answers', [2])];
  const program = await compile({ pairs: pairLoss(pairs, shares), labels: crossEntropyLoss(scores, answers) });
  const run = await program.run({
    compared: Float32Array.of(0.9, 0.4, 0.2, 0.5),
    shares: Float32Array.of(1, 0.5),
    scores: Float32Array.of(0.75, 0.5),
    answers: Float32Array.of(1, 0.25),
  });
  await program.dispose();
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const near = (value: unknown, wanted: number) =>
    assert.ok(Math.abs(Number(value) - wanted) < 1e-6, `${value}, ${wanted}`);
  const tie = -0.5 * Math.log(sigmoid(-1.2)) - 0.5 * Math.log(sigmoid(1.2));
  near(run.pairs!.data[0], (-Math.log(sigmoid(2)) + tie) / 2);
  near(run.labels!.data[0], (-Math.log(sigmoid(1)) + Math.LN2) / 2);
});
