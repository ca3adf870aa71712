import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Database } from '../../project/database/database.ts';
import { imageId, listImages } from '../../project/images/images.ts';
import { insertRewards, putRewardModel } from '../../project/learning/rewards.ts';
import { addGuideline } from '../../project/rating/guidelines.ts';
import { putRater } from '../../project/rating/raters.ts';
import { insertRatings } from '../../project/rating/ratings.ts';
import { BASE_HASH, fillStore, makeImage, openTestDatabase } from '../../project/testing.ts';
import type { TunePatch } from './methods/method.ts';
import { methodOf } from './methods/methods.ts';
import { chooseBest } from './methods/sft.ts';
import { listCandidates } from './sources.ts';
import { testTuneSettings } from './testing.ts';

const LINEAR = { weighting: 'linear', weightTemperature: 1, weightThreshold: 0.5 } as const;

const REWARD = 'e'.repeat(64);

const select = async (db: Database, patch: TunePatch = {}) => {
  const settings = testTuneSettings({ sft: { bestOf: 2 }, ...LINEAR, ...patch });
  const method = methodOf(settings);
  return method.select({
    db,
    candidates: await listCandidates(db, BASE_HASH, settings.images),
    rewardHash: method.usesAnswers(settings) ? null : REWARD,
    settings,
    seed: 1,
    whose: {},
  });
};

test('selectImages weighs images by their scores as they are, clips them when asked, or takes the answers', async (t) => {
  const db = await openTestDatabase(t);
  const ids = await fillStore(db, 4);
  await putRewardModel(db, { hash: REWARD, runId: null, config: {}, dataHash: 'd', scores: {} });
  const scores = [-0.25, 0.5, 1.25];
  await insertRewards(
    db,
    REWARD,
    scores.map((score, i) => ({ imageId: ids[i]!, score })),
  );
  const weightsOf = async (patch: TunePatch) => {
    const { images, unscored } = await select(db, patch);
    return { unscored, weights: Object.fromEntries(images.map(({ seed, weight }) => [seed, weight])) };
  };
  assert.deepEqual(await weightsOf({}), { unscored: 1, weights: { 0: -0.25, 1: 0.5, 2: 1.25 } });
  assert.deepEqual((await weightsOf({ clipRewards: true })).weights, { 0: 0, 1: 0.5, 2: 1 });
  assert.deepEqual((await weightsOf({ method: 'sft', sft: { bestOf: 16 } })).weights, { 2: 1 });
  await assert.rejects(weightsOf({ images: 'labelled' }), /none of the 4 images has answers/);

  await putRater(db, { id: 'bob', name: 'Bob', kind: 'human', settings: {} });
  const version = await addGuideline(db, 'Good shows what the prompt says.');
  const rate = (i: number, raterId: string, answer: 'good' | 'bad' | 'skip') => ({
    imageId: ids[i]!,
    raterId,
    answer,
    ratedAt: '2026-01-01T00:00:00.000Z',
    milliseconds: 1,
    guidelineVersion: version,
  });
  await insertRatings(db, [
    rate(0, 'ann', 'bad'),
    rate(1, 'ann', 'good'),
    rate(1, 'bob', 'bad'),
    rate(2, 'ann', 'skip'),
  ]);
  assert.deepEqual((await weightsOf({ images: 'labelled' })).weights, { 0: -0.25, 1: 0.5 });
  assert.deepEqual(await weightsOf({ weights: 'label' }), { unscored: 2, weights: { 0: 0, 1: 0.5 } });
  assert.equal((await listImages(db)).length, 4);
  assert.equal(imageId(makeImage(0)), ids[0]);
});

test('selectImages says which stage is missing', async (t) => {
  const db = await openTestDatabase(t);
  await assert.rejects(select(db), /has drawn no images.*/);
  const ids = await fillStore(db, 1);
  await putRewardModel(db, { hash: REWARD, runId: null, config: {}, dataHash: 'd', scores: {} });
  await assert.rejects(select(db), /none of the 1 images has scores/);
  await insertRewards(db, REWARD, [{ imageId: ids[0]!, score: -0.1 }]);
  await assert.rejects(select(db), /none of the 1 images has a weight above 0/);
});

test('chooseBest takes the best of each n images of a prompt, with weight 1', () => {
  const image = (promptId: string, seed: number, score: number) => ({
    id: `${promptId}${seed}`,
    hash: '',
    promptId,
    prompt: promptId,
    seed,
    origin: 'own' as const,
    score,
    weight: score,
  });
  const images = [
    image('a', 4, 9),
    image('a', 0, 0.1),
    image('a', 1, 0.3),
    image('a', 2, 0.2),
    image('a', 3, 0.8),
    image('b', 0, -1),
  ];
  const best = (n: number) => chooseBest(images, n).map(({ id, weight }) => [id, weight]);
  assert.deepEqual(best(2), [
    ['a1', 1],
    ['a3', 1],
    ['b0', 1],
  ]);
  assert.deepEqual(best(16), [
    ['a4', 1],
    ['b0', 1],
  ]);
});
