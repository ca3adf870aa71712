import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grad } from '../../engine/graph/grad.ts';
import { input } from '../../engine/graph/tensor.ts';
import { sizeOf } from '../../engine/graph/types.ts';
import { countParams, flatParams, initParams } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { openPipeline } from '../../models/pipeline.ts';
import { random } from '../../util/random.ts';
import { tuningBatch, tuningLoss, weightedLoss } from './loss.ts';

test('weightedLoss is the mean of weighted errors of images plus β times the mean of pairs', async () => {
  const build = (images: number, pairs: number, beta: number) =>
    weightedLoss(input('errors', [images + pairs]), input('weights', [images + pairs]), { images, pairs, beta });
  const feeds = { errors: Float32Array.of(2, 4, 6, 1, 3), weights: Float32Array.of(0.5, 0, -1, 1, 1) };
  const both = build(3, 2, 0.25);
  const program = await compile({ loss: both.loss, ...both.metrics });
  const { loss, reward_loss, pretrain_loss } = await program.run(feeds);
  // (0.5·2 + 0·4 − 1·6) / 3 = −5/3, and (1 + 3) / 2 = 2.
  assert.ok(Math.abs(Number(reward_loss!.data[0]) + 5 / 3) < 1e-6);
  assert.equal(pretrain_loss!.data[0], 2);
  assert.ok(Math.abs(Number(loss!.data[0]) - (-5 / 3 + 0.5)) < 1e-6);
  await program.dispose();

  const alone = build(5, 0, 0.25);
  assert.deepEqual(Object.keys(alone.metrics), ['reward_loss']);
  const second = await compile({ loss: alone.loss });
  assert.ok(Math.abs(Number((await second.run(feeds)).loss!.data[0]) + 1 / 5) < 1e-6, '(1 + 0 − 6 + 1 + 3) / 5');
  await second.dispose();
});

test('weightedLoss refuses errors of another number of samples', () => {
  assert.throws(
    () => weightedLoss(input('errors', [4]), input('weights', [4]), { images: 3, pairs: 2, beta: 1 }),
    /tuning loss: expected 3 images and 2 pairs, got 4 samples/,
  );
});

test('the weight of a sample scales its gradient, and the gradient of a batch is the sum', async () => {
  const model = openPipeline('test/fixtures/sd1/sd');
  const rows = { images: 2, pairs: 1 };
  const types = tuningBatch(rows, [4, 4, 4], { context: [2, 32] });
  const batch = Object.fromEntries(Object.entries(types).map(([name, { shape }]) => [name, input(name, shape)]));
  const specs = model.declare.unet!();
  const flat = input('params', [countParams(specs)]);
  const { loss } = tuningLoss(model, { ...rows, beta: 0.5 })(flatParams(specs, flat), batch);
  const program = await compile({ gradient: grad(loss, [flat])[0]! });
  const rng = random(3, 'sample weights');
  const fixed = {
    params: initParams(specs, (name) => random(1, name)),
    latents: rng.normals(sizeOf(types.latents!.shape)),
    target: rng.normals(sizeOf(types.target!.shape)),
    timesteps: Float32Array.of(1, 500, 900),
    context: rng.normals(sizeOf(types.context!.shape)),
  };
  const gradientOf = async (...weights: number[]) =>
    (await program.run({ ...fixed, weights: Float32Array.from(weights) })).gradient!.data as Float32Array;
  const [first, second, pair] = [await gradientOf(1, 0, 0), await gradientOf(0, 1, 0), await gradientOf(0, 0, 1)];
  const mixed = await gradientOf(0.3, -2, 1);
  await program.dispose();
  const largest = mixed.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  assert.ok(largest > 0.01, `a gradient of ${largest}`);
  mixed.forEach((value, i) => {
    const expected = 0.3 * first[i]! - 2 * second[i]! + pair[i]!;
    assert.ok(Math.abs(value - expected) < 1e-5 * largest + 1e-7, `${i}: ${value} for ${expected}`);
  });
});
