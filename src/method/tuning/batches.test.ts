import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSchedule } from '../../models/diffusion/schedule.ts';
import { variancePreserving } from '../../models/diffusion/variance-preserving.ts';
import { createSampleOrder, createWeightedOrder, makeBatches } from './batches.ts';
import { planMixture } from './mixture.ts';
import { makeTestExamples, testTuneSettings } from './testing.ts';

const fields = { beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012 };
const schedule = createSchedule(fields);
const process = variancePreserving(fields, 'scheduler');
const mixture = { images: 2, pairs: 2, passes: 1 };

test('createOrder goes through all rows in each epoch, in another order each', () => {
  const rowAt = createSampleOrder(1, 'images', 5);
  const epochs = [0, 1, 2].map((epoch) => [0, 1, 2, 3, 4].map((i) => rowAt(epoch * 5 + i)));
  for (const epoch of epochs) assert.deepEqual(epoch.toSorted(), [0, 1, 2, 3, 4]);
  assert.notDeepEqual(epochs[0], epochs[1]);
  assert.equal(rowAt(7), epochs[1]![2]);
});

test('createWeightedOrder draws each row in proportion to its weight, the same again from any position', () => {
  const weights = Float32Array.of(0, 1, 3, 4);
  const rowAt = createWeightedOrder(1, 'images', weights);
  const rows = Array.from({ length: 400 }, (_, i) => rowAt(i));
  const counts = [0, 1, 2, 3].map((row) => rows.filter((drawn) => drawn === row).length);
  assert.equal(counts[0], 0);
  assert.ok(Math.abs(counts[1]! - 50) < 25, `${counts}`);
  assert.equal(counts[2]! + counts[3]!, 400 - counts[1]!);
  assert.equal(counts[3], 200); // two of each four: a whole number, so the same in every epoch
  assert.equal(createWeightedOrder(1, 'images', weights)(317), rows[317]);
});

test('weighted sampling multiplies by the mean weight, and refuses weights below 0', () => {
  const data = makeTestExamples([0, 0.5, 1], 4);
  const options = { seed: 1, process, mixture, captionDropout: 0, sampling: 'weighted' as const };
  const [feeds] = makeBatches(data, options)(1) as [Record<string, Float32Array>];
  assert.deepEqual([...feeds.weights!], [0.5, 0.5, 1, 1]);
  assert.throws(() => makeBatches(makeTestExamples([-0.1, 1], 4), options), { code: 'CONFIG' });
});

test('images are noised by their part of the schedule, pairs by all of it', () => {
  const data = makeTestExamples([0.5, 1], 4);
  const options = { seed: 1, process, mixture: { images: 40, pairs: 40, passes: 1 }, captionDropout: 0 };
  const [feeds] = makeBatches(data, { ...options, timestepRange: [0.6, 0.8] })(1) as [Record<string, Float32Array>];
  const [ofImages, ofPairs] = [feeds.timesteps!.slice(0, 40), feeds.timesteps!.slice(40)];
  assert.ok(
    ofImages.every((t) => t >= 600 && t < 800),
    `${ofImages}`,
  );
  assert.ok(ofPairs.some((t) => t < 400) && ofPairs.some((t) => t > 800));
});

test('makeBatches puts weighted images first and pairs after them, noised by the schedule', () => {
  const data = makeTestExamples([0.25, 0.5, 0.75], 4);
  const options = { seed: 1, process, mixture, captionDropout: 0 };
  const [feeds] = makeBatches(data, options)(3) as [Record<string, Float32Array>];
  const row = data.images.weights.indexOf(feeds.weights![0]!);
  assert.deepEqual([...feeds.weights!.slice(2)], [1, 1]);
  const kept = schedule.alphasCumprod[feeds.timesteps![0]!]!;
  for (let i = 0; i < 64; i++) {
    const expected = Math.sqrt(kept) * data.images.latents[row * 64 + i]! + Math.sqrt(1 - kept) * feeds.target![i]!;
    assert.ok(Math.abs(feeds.latents![i]! - expected) < 1e-5);
  }
  const text = data.images.texts[row]! * 48;
  assert.deepEqual(feeds.context!.slice(0, 48), data.texts.context!.slice(text, text + 48));
  const velocity = variancePreserving({ ...fields, prediction_type: 'v_prediction' }, 'scheduler');
  const [again] = makeBatches(data, { ...options, process: velocity })(3) as [Record<string, Float32Array>];
  const v = Math.sqrt(kept) * feeds.target![0]! - Math.sqrt(1 - kept) * data.images.latents[row * 64]!;
  assert.deepEqual(again.latents, feeds.latents);
  assert.ok(Math.abs(again.target![0]! - v) < 1e-5);
});

test('a step sees the same samples however it is split into passes, and whatever came before', () => {
  const data = makeTestExamples([0.25, 0.5, 0.75, 1], 4);
  const options = { seed: 1, process, captionDropout: 0.5 };
  const whole = makeBatches(data, { ...options, mixture: { images: 4, pairs: 2, passes: 1 } })(2)[0]!;
  const split = makeBatches(data, { ...options, mixture: { images: 2, pairs: 1, passes: 2 } })(2);
  for (const name of ['latents', 'target', 'context', 'timesteps', 'weights']) {
    const parts = split.map((feeds) => feeds[name] as Float32Array);
    const width = (whole[name] as Float32Array).length / 6;
    const images = parts.flatMap((part) => [...part.subarray(0, 2 * width)]);
    const pairs = parts.flatMap((part) => [...part.subarray(2 * width)]);
    assert.deepEqual([...images, ...pairs], [...(whole[name] as Float32Array)], name);
  }
});

test('makeBatches empties the share of captions that guidance needs', () => {
  const data = makeTestExamples([1, 1], 2);
  const empty = data.texts.context!.slice(0, 48);
  const options = { seed: 1, process, mixture: { images: 100, pairs: 0, passes: 1 } };
  const countEmpty = (captionDropout: number) => {
    const [feeds] = makeBatches(data, { ...options, captionDropout })(1);
    const context = feeds!.context as Float32Array;
    return Array.from({ length: 100 }, (_, i) => context[i * 48] === empty[0]).filter(Boolean).length;
  };
  assert.equal(countEmpty(0), 0);
  assert.equal(countEmpty(1), 100);
  assert.ok(Math.abs(countEmpty(0.3) - 30) < 15);
});

test('planMixture divides a batch by the share of pairs, and keeps the images where β is 0', () => {
  const plan = (patch: Parameters<typeof testTuneSettings>[0]) =>
    planMixture(testTuneSettings({ batchSize: 32, ...patch }));
  assert.deepEqual(plan({}), { images: 16, pairs: 16, passes: 1 });
  assert.deepEqual(plan({ pretrainShare: 0.25, gradientAccumulationSteps: 2 }), { images: 24, pairs: 8, passes: 2 });
  assert.deepEqual(plan({ beta: 0 }), { images: 16, pairs: 0, passes: 1 });
  assert.deepEqual(plan({ pretrainData: 'none' }), { images: 32, pairs: 0, passes: 1 });
  assert.deepEqual(plan({ pretrainShare: 0 }), { images: 32, pairs: 0, passes: 1 });
  assert.throws(() => plan({ batchSize: 1 }), /tune\.batchSize: 1 is too few/);
});
