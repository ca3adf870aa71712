import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packParams, unpackParams } from '../../engine/nn/params.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { bootstrapCounts } from './bootstrap.ts';
import { fitReward } from './fit.ts';
import { meanOf, openScorer, rewardSpecs, spreadOf } from './scorer.ts';
import { makeTestLabels, testRewardSettings } from './testing.ts';

const small = { hiddenWidth: 8, batchSize: 10, learningRate: 0.01, negatives: 3, validationEvery: 10, maxSteps: 30 };

test('each head of an ensemble scores as a single head with its parameters would, and their mean is the reward', async (t) => {
  const data = makeTestLabels(20, 0);
  const settings = testRewardSettings({ ...small, members: 3 });
  const { specs, params } = await fitReward(data, settings, { seed: 1, folder: makeTemporaryDir(t), threads: 1 });
  const shape = { width: data.width, ...settings };
  const pairs = [0, 1, 2].map((i) => ({
    imageEmbedding: data.images.slice(8 * i, 8 * i + 8),
    textEmbedding: data.texts.slice(8 * i, 8 * i + 8),
  }));
  const ensemble = await openScorer(shape, 1);
  const members = await ensemble.scoreMembers(params, pairs);
  const mean = await ensemble.score(params, pairs);
  await ensemble.dispose();
  assert.deepEqual(mean, meanOf(members));

  const single = await openScorer({ ...shape, members: 1 }, 1);
  const tensors = unpackParams(specs, params);
  for (const [m, expected] of members.entries()) {
    const prefix = `members.${m}.`;
    const own = new Map(
      [...tensors].flatMap(([name, tensor]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
      ),
    );
    const alone = await single.score(packParams(rewardSpecs({ ...shape, members: 1 }), own, 'member'), pairs);
    alone.forEach((value, i) => void assert.ok(Math.abs(value - expected[i]!) < 1e-5, `${value} for ${expected[i]}`));
  }
  await single.dispose();
  assert.ok(spreadOf(members).every((spread) => spread > 0.01));
});

test('spreadOf is the standard deviation over heads', () => {
  const heads = [Float32Array.of(1, 0), Float32Array.of(2, 0), Float32Array.of(3, 0)];
  assert.deepEqual(spreadOf(heads), Float32Array.of(1, 0));
  assert.deepEqual(spreadOf(heads.slice(0, 1)), Float32Array.of(0, 0));
});

test('bootstrapCounts have mean and variance 1, and depend on head and image alone', () => {
  const rows = Array.from({ length: 4000 }, (_, i) => i);
  const counts = bootstrapCounts(4000, 2, 7)(rows);
  const first = counts.subarray(0, 4000);
  const mean = first.reduce((sum, value) => sum + value, 0) / 4000;
  const variance = first.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4000;
  assert.ok(Math.abs(mean - 1) < 0.06 && Math.abs(variance - 1) < 0.1, `${mean}, ${variance}`);
  assert.notDeepEqual(first, counts.subarray(4000));
  assert.deepEqual(
    bootstrapCounts(4000, 2, 7)([5, 3]),
    Float32Array.of(first[5]!, first[3]!, counts[4005]!, counts[4003]!),
  );
});
