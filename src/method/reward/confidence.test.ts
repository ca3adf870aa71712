import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listImages } from '../../project/images/images.ts';
import { readRewards } from '../../project/learning/rewards.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { temperatureScale } from './calibrate.ts';
import { readConfidence } from './confidence.ts';
import { makeRatedProject, openTestSession } from './testing.ts';
import { trainReward } from './train.ts';

test('an ensemble is read as a probability, beside edits, and less its doubt', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t), { reward: { members: 3 } });
  t.after(() => project.close());
  const session = openTestSession(project);
  const { rewardHash, report } = await trainReward(session);
  const { temperatures, figures, doubt, part } = report.calibration!;
  assert.equal(part, 'unseen');
  assert.deepEqual(
    figures.map(({ reading }) => reading),
    ['score', 'calibrated', 'text-norm'],
  );
  assert.ok(doubt!.mean > 0);
  assert.equal(figures[0]!.accuracy, report.rows.find((row) => row.part === part)!.reward.accuracy);
  assert.equal(figures[1]!.accuracy, figures[0]!.accuracy, 'a temperature moves no score across ½');

  const images = await listImages(project.db, { purpose: 'feedback' });
  const scores = await readRewards(project.db, rewardHash);
  const read = (reading: Parameters<typeof readConfidence>[1], k = 1) =>
    readConfidence(session, reading, images, { rewardHash, doubt: k });
  const [calibrated, norm, bound, mean] = [
    await read('calibrated'),
    await read('text-norm'),
    await read('lower-bound', 2),
    await read('lower-bound', 0),
  ];
  for (const { id } of images) {
    const score = scores.get(id)!;
    assert.ok(Math.abs(calibrated.get(id)! - temperatureScale(score, temperatures.scores)) < 1e-6);
    assert.ok(norm.get(id)! > 0 && norm.get(id)! < 1);
    assert.ok(bound.get(id)! < score && Math.abs(mean.get(id)! - score) < 1e-6);
  }
});

test('a single head has no lower bound', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t), { perPrompt: 2 });
  t.after(() => project.close());
  const session = openTestSession(project);
  const { rewardHash } = await trainReward(session);
  const images = await listImages(project.db);
  await assert.rejects(readConfidence(session, 'lower-bound', images, { rewardHash }), {
    code: 'CONFIG',
    message: /has one head/,
  });
});
