import assert from 'node:assert/strict';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findLatestRewardModel, listRewardExamples, readRewards } from '../../project/learning/rewards.ts';
import { listRuns } from '../../project/learning/runs.ts';
import { listLabelledImages } from '../../project/rating/ratings.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { evaluateReward } from './evaluate.ts';
import { openRewardModel } from './model.ts';
import { readRewardReport } from './report.ts';
import { scoreImages } from './score-images.ts';
import { addRatedImages, makeRatedProject, openTestSession, TEST_PROMPTS } from './testing.ts';
import { trainReward } from './train.ts';

test('trains once, records what taught it, and scores every image', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const session = openTestSession(project);
  const summary = await trainReward(session);
  const { rewardHash, report, trainImages, validationImages } = summary;
  assert.equal(summary.alreadyDone, false);
  assert.equal(trainImages + validationImages, (await listLabelledImages(project.db, { split: 'seen' })).length);
  assert.equal(summary.scoredImages, TEST_PROMPTS.length * 4);
  const examples = await listRewardExamples(project.db, rewardHash);
  assert.equal(examples.filter(({ part }) => part === 'validation').length, validationImages);
  assert.equal(report.curves[0]!.step, 0);
  assert.equal(report.config.candidates, 5);
  const all = report.rows.filter(({ category }) => category === 'all');
  assert.deepEqual(
    all.map(({ part }) => part),
    ['train', 'validation', 'unseen'],
  );
  assert.deepEqual(
    all.map(({ goodShare }) => goodShare),
    [0.5, 0.5, 0.5],
  );
  assert.equal(all[0]!.images, trainImages);
  assert.deepEqual(await readRewardReport(project), report);

  const scores = await readRewards(project.db, rewardHash);
  const again = await trainReward(session);
  assert.equal(again.alreadyDone, true);
  assert.equal(again.rewardHash, rewardHash);
  assert.deepEqual(await scoreImages(session), { rewardHash, images: scores.size, scored: 0 });
  assert.equal((await listRuns(project.db, { stage: 'reward train' })).length, 1);
});

test('the same ratings and seed give the same file, also after an interruption', async (t) => {
  const [a, b] = [await makeRatedProject(makeTemporaryDir(t)), await makeRatedProject(makeTemporaryDir(t))];
  t.after(() => Promise.all([a.close(), b.close()]));
  const straight = await trainReward(openTestSession(a));
  const controller = new AbortController();
  const session = openTestSession(b, controller.signal);
  const progress = { ...session.progress, tick: (done: number) => void (done === 7 && controller.abort()) };
  await assert.rejects(trainReward({ ...session, progress }), { code: 'INTERRUPTED' });
  assert.equal((await listRuns(b.db, { stage: 'reward train' }))[0]!.status, 'interrupted');
  const resumed = await trainReward(openTestSession(b));
  assert.equal(resumed.rewardHash, straight.rewardHash);
  assert.deepEqual(resumed.report.curves, straight.report.curves);
});

test('a head that was stopped before it was measured is there for nobody, and is measured by the next run', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const controller = new AbortController();
  const session = openTestSession(project, controller.signal);
  const begun: string[] = [];
  const stage = (name: string) => {
    if (begun.includes('reward train')) controller.abort();
    begun.push(name);
  };
  const stopped = trainReward({ ...session, progress: { ...session.progress, stage } });
  await assert.rejects(stopped, { code: 'INTERRUPTED' });
  assert.equal(begun.at(-1), 'embed images', 'stopped while it embedded what it was to be measured on');
  assert.equal(await findLatestRewardModel(project.db), undefined);
  assert.equal(await readRewardReport(project), undefined);
  const { alreadyDone, rewardHash, report } = await trainReward(openTestSession(project));
  assert.equal(alreadyDone, false);
  assert.ok(report.rows.length > 0);
  assert.equal((await findLatestRewardModel(project.db))!.hash, rewardHash);
});

test('evaluation counts ratings that came later; a model that is trained anew is the latest', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t), { reward: { lambda: 0 } });
  t.after(() => project.close());
  const session = openTestSession(project);
  const first = await trainReward(session);
  assert.equal(first.report.config.candidates, 1);
  const [slots] = TEST_PROMPTS;
  await addRatedImages(project, slots!, 3, 100);
  const report = await evaluateReward(session);
  const count = (rows: typeof report.rows) =>
    rows.filter(({ category }) => category === 'all').reduce((sum, { images }) => sum + images, 0);
  assert.equal(count(report.rows), count(first.report.rows) + 3);
  assert.deepEqual(report.curves, first.report.curves);
  const second = await trainReward(session);
  assert.notEqual(second.rewardHash, first.rewardHash);
  assert.equal((await openLatest(project)).hash, second.rewardHash);
});

async function openLatest(project: Parameters<typeof openRewardModel>[0]) {
  const model = await openRewardModel(project);
  await model.dispose();
  return model;
}

test('a reward model gives each pair its own score, whatever else is scored, and refuses a damaged file', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t));
  t.after(() => project.close());
  await assert.rejects(openRewardModel(project), { code: 'MISSING_STAGE', message: /none has been trained/ });
  const { rewardHash } = await trainReward(openTestSession(project));
  const model = await openRewardModel(project, rewardHash);
  t.after(() => model.dispose());
  const pair = (seed: number) => ({
    imageEmbedding: Float32Array.from({ length: 16 }, (_, i) => Math.sin(seed + i) / 4),
    textEmbedding: Float32Array.from({ length: 16 }, (_, i) => Math.cos(seed * i) / 4),
  });
  const many = await model.score(Array.from({ length: 300 }, (_, i) => pair(i)));
  for (const i of [0, 255, 256, 299]) assert.equal((await model.score([pair(i)]))[0], many[i]);
  assert.equal((await model.score([])).length, 0);
  writeFileSync(project.weights.blobPath(rewardHash), 'not weights');
  await assert.rejects(openRewardModel(project), { code: 'STORAGE', message: /no longer has the hash/ });
});

test('ratings of one kind teach nothing', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t), { perPrompt: 1 });
  t.after(() => project.close());
  const session = openTestSession(project);
  const oneSided = { code: 'MISSING_STAGE', message: /and 0 bad/ };
  await assert.rejects(trainReward(session), { ...oneSided, hint: /`collimate label --simulate`/ });
  await assert.rejects(trainReward({ ...session, world: null }), {
    ...oneSided,
    hint: /studio`, or import answers\.$/,
  });
  assert.deepEqual(existsSync(project.runsDir) ? readdirSync(join(project.runsDir)) : [], []);
});
