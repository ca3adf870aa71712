import assert from 'node:assert/strict';
import { configSchema } from '../../project/config/config.ts';
import { insertRewards, putRewardModel } from '../../project/learning/rewards.ts';
import { deleteDecision, findDecision, putDecision } from '../../project/rating/decisions.ts';
import { insertFlag, listFlags } from '../../project/rating/flags.ts';
import { findGoldAnswer, putGoldAnswer } from '../../project/rating/gold.ts';
import { closeNotice, listNotices } from '../../project/rating/notices.ts';
import { putRater } from '../../project/rating/raters.ts';
import { hashLabels, insertRatings, listLabelledImages } from '../../project/rating/ratings.ts';
import { fillStore, testDatabases } from '../../project/testing.ts';
import { listRatedImages } from '../reward/labels.ts';
import { listDisputes } from './disputes.ts';
import { answerTest, readQualification, settleTest } from './qualification.ts';

testDatabases('what is decided stands for the answers in labels, and ends what was disputed', async (_t, db) => {
  const [split, flagged, doubtful, clear] = await fillStore(db, 4);
  for (const id of ['bob', 'cy']) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  const rate = (imageId: string, ...answers: ('good' | 'bad')[]) =>
    insertRatings(
      db,
      answers.map((answer, i) => ({
        ...{ imageId, raterId: ['bob', 'cy'][i]!, answer, ratedAt: '2026-01-01T00:00:00.000Z' },
        ...{ milliseconds: 900, guidelineVersion: 1 },
      })),
    );
  await rate(split!, 'good', 'bad');
  await rate(doubtful!, 'bad', 'bad');
  await rate(clear!, 'good', 'good');
  await putGoldAnswer(db, { imageId: doubtful!, answer: 'good', note: 'two dogs' });
  await insertFlag(db, { imageId: flagged!, raterId: 'bob', kind: 'unsafe', note: 'look' });
  const before = hashLabels(await listLabelledImages(db));

  const { total, disputes } = await listDisputes(db, { most: 2 });
  assert.equal(total, 3);
  assert.deepEqual(
    disputes.map(({ imageId, reasons }) => [imageId, ...reasons]),
    [
      [flagged, 'flag'],
      [doubtful, 'gold'],
    ],
  );
  assert.deepEqual(disputes[0]!.flags, [{ rater: 'bob', kind: 'unsafe', note: 'look' }]);
  assert.deepEqual(
    disputes[1]!.answers.map(({ rater, answer }) => `${rater} ${answer}`),
    ['bob bad', 'cy bad'],
  );

  await putRewardModel(db, { hash: 'r'.repeat(64), runId: null, config: {}, dataHash: 'd', scores: {} });
  await insertRewards(db, 'r'.repeat(64), [
    { imageId: split!, score: 0.1, doubt: null },
    { imageId: clear!, score: 0.2, doubt: null },
  ]);
  const beyond = await listDisputes(db, { most: 9 });
  assert.deepEqual(
    beyond.disputes.slice(2).map(({ imageId, reasons, score }) => [imageId, score, ...reasons]),
    [
      [split, 0.1, 'disagreement'],
      [clear, 0.2, 'reward'],
    ],
  );

  await putDecision(db, { imageId: split!, answer: 'bad', note: 'three', decidedBy: 'ann' });
  await putDecision(db, { imageId: flagged!, answer: 'good', note: '', decidedBy: 'ann' });
  await putDecision(db, { imageId: doubtful!, answer: 'bad', note: '', decidedBy: 'ann' });
  await putDecision(db, { imageId: clear!, answer: 'skip', note: 'blurred', decidedBy: 'ann' });
  assert.equal((await listDisputes(db, { most: 9 })).total, 0);
  assert.equal((await findGoldAnswer(db, doubtful!))?.answer, 'bad', 'what is known follows what is decided');
  assert.deepEqual(await listFlags(db, { open: true }), []);
  const labels = await listLabelledImages(db);
  assert.deepEqual(
    labels.map(({ imageId, label, good, bad }) => [imageId, label, good, bad]),
    [
      [split, 0, 1, 1],
      [flagged, 1, 0, 0],
      [doubtful, 0, 0, 2],
    ].sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
    'one without answers counts, one that is to be left out does not',
  );
  assert.notEqual(hashLabels(labels), before);
  for (const method of ['majority', 'dawid-skene'] as const) {
    const rated = await listRatedImages(db, { split: labels[0]!.split }, method);
    assert.equal(rated.find(({ imageId }) => imageId === split)?.target, 0, method);
  }
  const own = await listLabelledImages(db, { raters: ['cy'] });
  assert.deepEqual(own.map(({ imageId }) => imageId).sort(), [split, doubtful, clear].sort(), 'of one rater alone');
  for (const id of [split, flagged, doubtful, clear]) assert.ok(await deleteDecision(db, id!));
  assert.equal(await findDecision(db, split!), undefined);
});

testDatabases('a test is passed at its mark; whoever fails every try is paused until an admin says', async (_t, db) => {
  const ids = await fillStore(db, 8);
  await putRater(db, { id: 'rob', name: 'Rob', kind: 'human', settings: {} });
  const { studio } = configSchema.parse({ studio: { passMark: 0.75, testTries: 2 } });
  const context = { db, config: { seed: 1, studio } };
  assert.equal((await readQualification(context, 'rob')).state, 'none');
  const questions = ids.slice(0, 4);
  for (const imageId of questions) await putGoldAnswer(db, { imageId, answer: 'bad', note: 'a cat', use: 'test' });
  const tell = async (wrong: number) => {
    let feedback: Awaited<ReturnType<typeof answerTest>> | undefined;
    for (let i = 0; i < 4; i++) {
      const { next } = await readQualification(context, 'rob');
      const answer = i < wrong ? ('good' as const) : ('bad' as const);
      feedback = await answerTest(context, { raterId: 'rob', imageId: next!.imageId, answer });
      assert.deepEqual([feedback.right, feedback.known, feedback.why], [i >= wrong, 'bad', 'a cat']);
    }
    return feedback!.test;
  };
  assert.deepEqual(await tell(2), { ...(await readQualification(context, 'rob')), state: 'due', triesLeft: 1 });
  await assert.rejects(answerTest(context, { raterId: 'rob', imageId: ids[5]!, answer: 'bad' }), /not asked of you/);
  assert.equal((await tell(3)).state, 'failed');
  const [pause] = await listNotices(db, { raterId: 'rob', open: true });
  assert.deepEqual([pause!.rule, pause!.action], ['test', 'pause']);
  assert.match(pause!.detail, /1 of 4 right in the last of 2 tries of the test; 75 % wanted/);
  await closeNotice(db, pause!.id, 'ann');
  assert.equal((await readQualification(context, 'rob')).triesLeft, 2);
  const passed = await tell(1);
  assert.deepEqual([passed.state, passed.right], ['passed', 3]);

  // A question that is taken out while somebody is in the middle does not hold them up.
  await putRater(db, { id: 'sue', name: 'Sue', kind: 'human', settings: {} });
  for (let i = 0; i < 3; i++) {
    const { next } = await readQualification(context, 'sue');
    await answerTest(context, { raterId: 'sue', imageId: next!.imageId, answer: 'bad' });
  }
  const { next } = await readQualification(context, 'sue');
  await putGoldAnswer(db, { imageId: next!.imageId, answer: 'bad' });
  assert.equal((await settleTest(context, 'sue')).state, 'passed');
});
