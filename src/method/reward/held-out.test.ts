import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listImages } from '../../project/images/images.ts';
import { findLatestRewardModel, findRewardModel, listRewardExamples } from '../../project/learning/rewards.ts';
import { listRuns } from '../../project/learning/runs.ts';
import type { Project } from '../../project/project.ts';
import { putRater } from '../../project/rating/raters.ts';
import { replaceRatings } from '../../project/rating/ratings.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { evaluateReward } from './evaluate.ts';
import { drawHeldOut } from './held-out.ts';
import { readRewardReport } from './report.ts';
import { makeRatedProject, openTestSession } from './testing.ts';
import { trainReward } from './train.ts';

test('a share of raters is drawn by the seed, whoever comes first in the list', () => {
  const raters = ['ann', 'bob', 'cem', 'dan', 'eva'];
  const held = drawHeldOut(raters, 0.4, 3);
  assert.equal(held.length, 2);
  assert.deepEqual(drawHeldOut([...raters].reverse(), 0.4, 3), held);
  assert.deepEqual(
    [0.01, 0.9].map((share) => drawHeldOut(raters, share, 3).length),
    [1, 4],
  );
  const seeds = Array.from({ length: 12 }, (_, seed) => drawHeldOut(raters, 0.2, seed)[0]);
  assert.ok(new Set(seeds).size > 2, 'every seed holds out the same rater');
  assert.throws(() => drawHeldOut(['ann'], 0.5, 0), { code: 'MISSING_STAGE', message: /at least two raters.* 1$/ });
});

/** Has Cem answer for every image of the seen prompts, good for every `every`-th. */
async function addCem({ db }: Project, every: number): Promise<void> {
  await putRater(db, { id: 'cem', name: 'Cem', kind: 'human', settings: {} });
  const images = await listImages(db, { split: 'seen' });
  await replaceRatings(
    db,
    images.map(({ id }, i) => ({
      imageId: id,
      raterId: 'cem',
      answer: i % every === 0 ? 'good' : 'bad',
      ratedAt: '2026-01-01T00:00:00.000Z',
      milliseconds: 900,
      guidelineVersion: 1,
    })),
  );
}

test('held-out answers teach a head of their own and change nothing about the one that steers', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t), { reward: { heldOutRaters: 0.5 } });
  t.after(() => project.close());
  const session = openTestSession(project);
  await assert.rejects(trainReward(session), { code: 'MISSING_STAGE', message: /at least two raters/ });
  await addCem(project, 3);
  const [held] = drawHeldOut(['ann', 'cem'], 0.5, project.config.seed);
  assert.equal(held, 'cem', 'the seed of this test holds Cem out');
  const first = await trainReward(session);
  const { heldOut } = first;
  assert.deepEqual(heldOut?.raters, ['cem']);
  assert.notEqual(heldOut.rewardHash, first.rewardHash);
  assert.deepEqual(first.report.heldOut, { raters: ['cem'], rewardHash: heldOut.rewardHash });
  assert.deepEqual(heldOut.report.raters, ['cem']);
  assert.notEqual(heldOut.report.config.seed, first.report.config.seed);

  assert.equal((await findLatestRewardModel(project.db))!.hash, first.rewardHash);
  assert.equal((await findRewardModel(project.db, heldOut.rewardHash))!.heldOut, true);
  assert.deepEqual(
    (await listRuns(project.db)).map(({ stage, status }) => [stage, status]),
    [
      ['reward train held-out', 'done'],
      ['reward train', 'done'],
    ],
  );
  // Ann says good of every second image, Cem of every third: each head knows its own rater's share alone.
  const goodShare = (rows: typeof first.report.rows) =>
    rows.find(({ part, category }) => part === 'train' && category === 'all')!.goodShare;
  assert.equal(goodShare(first.report.rows), 0.5);
  assert.ok(goodShare(heldOut.report.rows) < 0.5);
  assert.equal(
    (await listRewardExamples(project.db, heldOut.rewardHash)).length,
    heldOut.trainImages + heldOut.validationImages,
  );
  assert.deepEqual((await evaluateReward(session)).rows, first.report.rows);

  await addCem(project, 5);
  const again = await trainReward(session);
  assert.equal(again.rewardHash, first.rewardHash, 'an answer of a held-out rater reached the reward that steers');
  assert.equal(again.alreadyDone, true);
  assert.notEqual(again.heldOut!.rewardHash, heldOut.rewardHash);
  assert.equal((await readRewardReport(project))!.heldOut!.rewardHash, again.heldOut!.rewardHash);
});
