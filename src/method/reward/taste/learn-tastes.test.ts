import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listImages } from '../../../project/images/images.ts';
import { readRewards } from '../../../project/learning/rewards.ts';
import { putRater } from '../../../project/rating/raters.ts';
import { insertRatings } from '../../../project/rating/ratings.ts';
import { makeTemporaryDir } from '../../../project/testing.ts';
import { evaluateReward } from '../evaluate.ts';
import { openRewardModel } from '../model.ts';
import { makeRatedProject, openTestSession } from '../testing.ts';
import { trainReward } from '../train.ts';

test('a group is scored by the shared head and its mean taste; who has too few answers is nobody’s taste', async (t) => {
  const project = await makeRatedProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const { db } = project;
  // Bob likes what Ann does not, of half of the images: labels are ties there, and tastes differ.
  await putRater(db, { id: 'bob', name: 'Bob', kind: 'human', settings: {} });
  const images = await listImages(db, { purpose: 'feedback' });
  const common = { raterId: 'bob', ratedAt: '2026-01-01T00:00:00.000Z', milliseconds: 1, guidelineVersion: 1 };
  await insertRatings(
    db,
    images
      .filter(({ seed }) => seed < 2)
      .map(({ id, seed }) => ({ ...common, imageId: id, answer: seed % 2 === 0 ? 'bad' : 'good' })),
  );
  const withReward = (reward: Partial<typeof project.config.reward>) => ({
    ...project,
    config: { ...project.config, reward: { ...project.config.reward, ...reward } },
  });
  const shared = await trainReward(openTestSession(project));
  assert.equal(shared.report.taste, undefined);
  const everyone = await trainReward(openTestSession(withReward({ tasteAnswers: 5 })));
  assert.equal(everyone.rewardHash, shared.rewardHash);
  const { taste } = everyone.report;
  assert.deepEqual([taste!.raters, taste!.without], [2, 0]);
  assert.ok(taste!.measured > 0 && taste!.gain !== undefined);

  const asked = withReward({ tasteAnswers: 5, for: 'Bob' });
  const bobs = await trainReward(openTestSession(asked));
  assert.notEqual(bobs.rewardHash, shared.rewardHash);
  assert.deepEqual([bobs.report.group, bobs.report.config.taste], ['Bob', true]);
  assert.equal((await trainReward(openTestSession(asked))).rewardHash, bobs.rewardHash);
  assert.equal((await evaluateReward(openTestSession(asked), bobs.rewardHash)).group, 'Bob');
  const model = await openRewardModel(asked, bobs.rewardHash);
  assert.equal(model.parameters.get('taste.weight')!.shape[0], model.config.width);
  await model.dispose();
  const [of, before] = [await readRewards(db, bobs.rewardHash), await readRewards(db, shared.rewardHash)];
  assert.equal(of.size, before.size);
  // What Bob likes is worth more to him than to all, on average, and what he does not, less.
  const lift = (answer: 0 | 1) => {
    const own = images.filter(({ seed }) => seed < 2 && seed % 2 !== 1 - answer);
    return own.reduce((sum, { id }) => sum + of.get(id)! - before.get(id)!, 0) / own.length;
  };
  assert.ok(lift(1) > lift(0), `${lift(1)} and ${lift(0)}`);

  const refused = (reward: Partial<typeof project.config.reward>, message: RegExp) =>
    assert.rejects(trainReward(openTestSession(withReward(reward))), { code: 'CONFIG', message });
  await refused({ for: 'Bob' }, /reward\.for: expected everyone .*reward\.tasteAnswers is 0/);
  await refused({ tasteAnswers: 5, for: 'Bob, Zoe' }, /expected raters of this project, got Zoe/);
  await refused({ tasteAnswers: 500, for: 'Bob' }, /raters with at least 500 answers that teach, got none in Bob/);
});
