import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTemporaryDir } from '../../project/testing.ts';
import { createOrder, makeBatch, type RewardData, type RewardPair } from './batches.ts';
import { fitReward, type RewardSettings } from './fit.ts';
import { measureLosses } from './look.ts';
import { openScorer } from './scorer.ts';
import { makeTestLabels, testRewardSettings } from './testing.ts';

const small = { hiddenWidth: 16, batchSize: 10, learningRate: 0.01, negatives: 3, validationEvery: 5 };
const fit = (data: RewardData, folder: string, patch: Partial<RewardSettings>, signal?: AbortSignal) =>
  fitReward(data, testRewardSettings({ ...small, ...patch }), { seed: 1, folder, threads: 1, signal });

for (const features of ['concat', 'interaction'] as const)
  test(`twenty labels by a coin can be learned by heart from ${features}`, async (t) => {
    const data = makeTestLabels(20, 0);
    const { looks, bestStep } = await fit(data, makeTemporaryDir(t), { features, maxSteps: 250, validationEvery: 50 });
    assert.equal(looks[0]!.step, 0);
    assert.ok(looks[0]!.train.mse > 0.2);
    const last = looks.at(-1)!;
    assert.equal(last.train.accuracy, 1);
    assert.ok(last.train.mse < 0.05, `${last.train.mse}`);
    assert.equal(last.validation, undefined);
    assert.equal(bestStep, 250);
  });

test('early stopping keeps the best parameters, not the last', async (t) => {
  const data = makeTestLabels(20, 40); // labels by a coin: validation can only get worse in the end
  const patience = 3;
  const { looks, bestStep, params } = await fit(data, makeTemporaryDir(t), { maxSteps: 500, patience });
  const losses = looks.map(({ validation }) => validation!.loss);
  const best = losses.indexOf(Math.min(...losses));
  assert.equal(looks[best]!.step, bestStep);
  assert.equal(losses.length - 1 - best, patience);
  assert.ok(looks.at(-1)!.step < 500);
  const straight = await fit(data, makeTemporaryDir(t), { maxSteps: bestStep, patience: 0 });
  assert.deepEqual(straight.params, params);
});

test('interrupted at every few steps it ends with the same bytes', async (t) => {
  const data = makeTestLabels(20, 10);
  const settings = { maxSteps: 12, patience: 0 };
  const straight = await fit(data, makeTemporaryDir(t), settings);
  const folder = makeTemporaryDir(t);
  let stops = 0;
  for (const at of [3, 5, 9]) {
    const controller = new AbortController();
    const options = { seed: 1, folder, threads: 1, signal: controller.signal };
    const onStep = (step: number) => step === at && controller.abort();
    await fitReward(data, testRewardSettings({ ...small, ...settings }), { ...options, onStep }).catch((error) => {
      assert.equal(error.code, 'INTERRUPTED');
      stops++;
    });
  }
  assert.ok(stops >= 2);
  assert.ok(existsSync(join(folder, 'state.safetensors')));
  const resumed = await fit(data, folder, settings);
  assert.deepEqual(resumed.params, straight.params);
  assert.deepEqual(resumed.looks, straight.looks);
  assert.equal(resumed.bestStep, straight.bestStep);
});

test('with λ = 0 edited prompts play no part', async (t) => {
  const data = makeTestLabels(20, 0);
  const without: RewardData = { ...data, train: data.train.map((example) => ({ ...example, edits: [] })) };
  const settings = { maxSteps: 5, lambda: 0 };
  const [a, b] = [await fit(data, makeTemporaryDir(t), settings), await fit(without, makeTemporaryDir(t), settings)];
  assert.deepEqual(a.params, b.params);
  assert.equal(a.looks[0]!.train.promptClassification, 0);
  const c = await fit(data, makeTemporaryDir(t), { ...settings, lambda: 0.5 });
  assert.notDeepEqual(c.params, a.params);
});

test('a loss that is no number stops the fit and says so', async (t) => {
  const data = makeTestLabels(20, 0);
  data.images[3] = Number.NaN;
  await assert.rejects(fit(data, makeTemporaryDir(t), { maxSteps: 5 }), { code: 'NON_FINITE' });
});

test('measureLosses by hand', () => {
  const options = { lambda: 0.5, temperature: 2, candidates: 3 };
  const figures = measureLosses([[1, 0, 0], [0.75]], [{ label: 1 }, { label: 0 }], options);
  const surprise = Math.log(Math.exp(0.5) + 2) - 0.5;
  assert.equal(figures.mse, 0.75 ** 2 / 2);
  assert.ok(Math.abs(figures.promptClassification - surprise) < 1e-12);
  assert.ok(Math.abs(figures.loss - (figures.mse + surprise / 2)) < 1e-12);
  assert.equal(figures.accuracy, 0.5);
});

test('every image comes once an epoch, and epochs take turns with the edits', () => {
  const order = createOrder(6, 4, 1);
  const steps = [1, 2, 3].map(order);
  const rows = steps.flatMap((step) => step.rows);
  assert.deepEqual(
    [rows.slice(0, 6).sort(), rows.slice(6).sort()],
    [
      [0, 1, 2, 3, 4, 5],
      [0, 1, 2, 3, 4, 5],
    ],
  );
  assert.deepEqual(createOrder(6, 4, 1)(3), steps[2]);
  assert.deepEqual(
    steps.map(({ turn }) => turn),
    [0, 0, 1],
  );
});

test('a batch has the own prompt first and says which candidates there are', () => {
  const data: RewardData = {
    width: 2,
    images: Float32Array.of(1, 2, 3, 4),
    texts: Float32Array.of(10, 11, 20, 21, 30, 31),
    train: [],
    validation: [],
  };
  const examples = [
    { image: 1, text: 2, label: 1, edits: [[0, 1], [1]] },
    { image: 0, text: 0, label: 0, edits: [] },
  ];
  const { images, texts, labels, present } = makeBatch(data, examples, 3, 3);
  assert.deepEqual([...images!], [3, 4, 1, 2]);
  assert.deepEqual([...texts!], [30, 31, 20, 21, 0, 0, 10, 11, 0, 0, 0, 0]);
  assert.deepEqual([...labels!], [1, 0]);
  assert.deepEqual([...present!], [1, 1, 0, 1, 0, 0]);
});

test('pairs teach an order that labels say nothing of, and a stopped fit goes on with them to the same bytes', async (t) => {
  const labels = makeTestLabels(12, 0);
  const pairs = [0, 1, 2].map(
    (text): RewardPair => ({ first: text, second: text + 6, text, share: text === 1 ? 0 : 1 }),
  );
  const undecided = labels.train.map((example) => ({ ...example, label: 0.5 }));
  const data = { ...labels, train: undecided, pairs };
  const patch = { maxSteps: 60, patience: 0, lambda: 0, objective: 'cross-entropy', validationEvery: 30 } as const;
  const straight = await fit(data, makeTemporaryDir(t), patch);
  const scorer = await openScorer({ width: data.width, ...testRewardSettings({ ...small, ...patch }) }, 1);
  const vector = (table: Float32Array, row: number) => table.slice(row * data.width, (row + 1) * data.width);
  const scores = await scorer.score(
    straight.params,
    pairs.flatMap(({ first, second, text }) =>
      [first, second].map((image) => ({
        imageEmbedding: vector(data.images, image),
        textEmbedding: vector(data.texts, text),
      })),
    ),
  );
  await scorer.dispose();
  assert.deepEqual(
    pairs.map((_, i) => scores[2 * i]! > scores[2 * i + 1]!),
    [true, false, true],
  );
  const folder = makeTemporaryDir(t);
  const stopper = new AbortController();
  const options = { seed: 1, folder, threads: 1, signal: stopper.signal };
  const onStep = (step: number) => step === 7 && stopper.abort();
  const settings = testRewardSettings({ ...small, ...patch });
  await assert.rejects(fitReward(data, settings, { ...options, onStep }), { code: 'INTERRUPTED' });
  assert.deepEqual((await fit(data, folder, patch)).params, straight.params);
});
