import assert from 'node:assert/strict';
import { hashJson } from '../../util/hash.ts';
import { filterMissingImages, findImages, imageId, insertImages, listImages } from '../images/images.ts';
import { hashLabels, insertRatings, listLabelledImages } from '../rating/ratings.ts';
import { BASE_HASH, fillStore, makeImage, PROMPT, testDatabases } from '../testing.ts';
import { listCheckpoints, putCheckpoint } from './checkpoints.ts';
import { listEvaluations, putEvaluation } from './evaluations.ts';
import { readImageLineage } from './lineage.ts';
import { readModelUse, readPromptUse, readRewardUse } from './lineage-use.ts';
import { findLatestRewardModel, insertRewards, listRewardExamples, putRewardModel, readRewards } from './rewards.ts';
import { findLatestRun, finishRun, listRuns, resumeRun, startRun, updateRunProgress } from './runs.ts';
import { insertTuneExamples } from './tune-examples.ts';

const REWARD = 'e'.repeat(64);
const TUNED = 'c'.repeat(64);

testDatabases(
  'readImageLineage walks from a tuned image to the ratings, and from a rated image to the tuned model',
  async (_t, db) => {
    const [rated] = (await fillStore(db, 2)) as [string, string];
    await insertRatings(db, [
      {
        imageId: rated,
        raterId: 'ann',
        answer: 'good',
        ratedAt: '2026-01-01T00:00:00.000Z',
        milliseconds: 1200,
        guidelineVersion: 1,
      },
    ]);
    const dataHash = hashLabels(await listLabelledImages(db));
    const config = { lambda: 0.5 };
    await putRewardModel(db, { hash: REWARD, runId: null, config, dataHash, scores: { accuracy: 0.8 } }, [
      { imageId: rated, part: 'train' },
    ]);
    await insertRewards(db, REWARD, [{ imageId: rated, score: 0.75 }]);
    const run = await startRun(db, 'tune', { beta: 0.1 });
    const checkpoint = {
      runId: run.id,
      step: 100,
      modelHash: TUNED,
      rewardHash: REWARD,
      dataHash,
      config: { beta: 0.1 },
      metrics: { trainLoss: 0.25 },
    };
    await putCheckpoint(db, { ...checkpoint, path: 'weights/cc', parentHash: BASE_HASH });
    const drawn = { ...makeImage(7), modelHash: TUNED, purpose: 'evaluation' as const, batch: 'final' };
    await insertImages(db, [drawn]);

    const [image] = await findImages(db, imageId(drawn).slice(0, 8));
    const forward = await readImageLineage(db, image!);
    assert.equal(forward.prompt.text, PROMPT);
    await insertTuneExamples(db, run.id, [{ id: rated, weight: 0.75 }]);
    const tuned = { runId: run.id, step: 100, modelHash: TUNED };
    const use = await readModelUse(db, TUNED);
    assert.deepEqual(use!.learned, [{ runId: run.id, images: 1 }]);
    assert.deepEqual(use!.drew, [{ modelHash: TUNED, purpose: 'evaluation', images: 1 }]);
    assert.deepEqual((await readModelUse(db, BASE_HASH))!.children, [{ hash: TUNED, path: 'weights/cc' }]);
    const steered = await readRewardUse(db, REWARD);
    assert.deepEqual([steered!.scored, steered!.steered], [1, [tuned]]);
    const asked = await readPromptUse(db, forward.prompt);
    assert.deepEqual(asked.answers, { good: 1 });
    assert.deepEqual(
      asked.drawn.map(({ purpose, images }) => [purpose, images]),
      [
        ['feedback', 2],
        ['evaluation', 1],
      ],
    );
    assert.equal(forward.prompt.slots.color, 'green');
    assert.equal(forward.image.guidanceScale, 7.5);
    const [made] = forward.model.checkpoints;
    assert.equal(made!.step, 100);
    assert.deepEqual(made!.reward, {
      hash: REWARD,
      config,
      dataHash,
      scores: { accuracy: 0.8 },
      examples: { train: 1, validation: 0 },
    });
    assert.equal(forward.model.parent!.hash, BASE_HASH);
    assert.deepEqual(forward.ratings, []);

    const [source] = (await findImages(db, rated)) as [typeof image & object];
    const back = await readImageLineage(db, source);
    assert.equal(back.ratings[0]!.rater.name, 'Ann');
    assert.deepEqual(back.ratings[0]!.guideline, { version: 1, text: 'Good shows what the prompt says.' });
    assert.deepEqual(back.rewards, [{ rewardHash: REWARD, score: 0.75 }]);
    assert.deepEqual(back.taught, [
      { rewardHash: REWARD, part: 'train', tuned: [{ runId: run.id, step: 100, modelHash: TUNED }] },
    ]);
    assert.deepEqual(back.model.parent, null);

    assert.equal((await listCheckpoints(db, run.id))[0]!.metrics.trainLoss, 0.25);
    assert.equal((await findLatestRewardModel(db))!.hash, REWARD);
    assert.deepEqual(await readRewards(db, REWARD), new Map([[rated, 0.75]]));
    assert.equal((await listRewardExamples(db, REWARD)).length, 1);
  },
);

testDatabases(
  'a negative prompt makes another image, and none keeps the identifier of older projects',
  async (_t, db) => {
    await fillStore(db, 1);
    const plain = makeImage(4);
    const { promptId, seed, sampler, steps, guidanceScale, modelHash, purpose } = plain;
    const known = hashJson([promptId, seed, sampler, steps, guidanceScale, modelHash, purpose]).slice(0, 32);
    assert.deepEqual([imageId(plain), imageId({ ...plain, negativePrompt: '' })], [known, known]);
    assert.equal(await insertImages(db, [plain, { ...plain, negativePrompt: 'blurry' }]), 2);
    const stored = (await listImages(db)).filter((image) => image.seed === seed);
    assert.deepEqual(stored.map(({ negativePrompt }) => negativePrompt).sort(), ['', 'blurry']);
  },
);

testDatabases('images are known by their recipe before they are drawn, and stored once', async (_t, db) => {
  await fillStore(db, 3);
  const wanted = [2, 3, 4].map(makeImage);
  assert.deepEqual(
    (await filterMissingImages(db, wanted)).map((image) => image.seed),
    [3, 4],
  );
  assert.equal(await insertImages(db, wanted), 2);
  assert.equal(await insertImages(db, wanted), 0);
  assert.deepEqual(
    (await listImages(db, { purpose: 'feedback', split: 'seen', modelHash: BASE_HASH })).map((image) => image.seed),
    [0, 1, 2, 3, 4],
  );
  assert.equal((await findImages(db, '0'.repeat(63))).length, 5);
  assert.deepEqual(await findImages(db, '%%%%'), []);
});

testDatabases('runs keep their state, and evaluations of the same thing are replaced', async (_t, db) => {
  await fillStore(db, 0);
  const run = await startRun(db, 'reward train', { lambda: 0.5 });
  await updateRunProgress(db, run.id, { step: 40 });
  await finishRun(db, run.id, 'failed', 'no room');
  assert.deepEqual((await findLatestRun(db, 'reward train', { configHash: run.configHash }))!.progress, { step: 40 });
  assert.equal((await listRuns(db, { status: 'failed' }))[0]!.error, 'no room');
  await resumeRun(db, run.id);
  assert.equal((await findLatestRun(db, 'reward train'))!.status, 'running');

  const evaluation = {
    runId: run.id,
    name: 'base',
    modelHash: BASE_HASH,
    baselineHash: null,
    rewardHash: null,
    config: { n: 4 },
  };
  const first = await putEvaluation(db, { ...evaluation, metrics: { good: 0.4 } });
  const second = await putEvaluation(db, { ...evaluation, metrics: { good: 0.5 } });
  assert.equal(first, second);
  assert.deepEqual(
    (await listEvaluations(db, { name: 'base', modelHash: BASE_HASH })).map((e) => e.metrics),
    [{ good: 0.5 }],
  );
});
