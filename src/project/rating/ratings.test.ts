import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../database/schema.ts';
import { promptId } from '../images/prompts.ts';
import { fillStore, openTestDatabase, PROMPT, testDatabases } from '../testing.ts';
import { putRater, setRaterExcluded } from './raters.ts';
import {
  countAnswers,
  deleteRating,
  hashLabels,
  insertRatings,
  listLabelledImages,
  listRatings,
  type NewRating,
  replaceRatings,
} from './ratings.ts';

const rate = (imageId: string, raterId: string, answer: Answer): NewRating => ({
  imageId,
  raterId,
  answer,
  ratedAt: '2026-01-01T00:00:00.000Z',
  milliseconds: 900,
  guidelineVersion: 1,
});

testDatabases('insertRatings keeps the first answer, replaceRatings the last, deleteRating none', async (_t, db) => {
  const [image] = await fillStore(db, 1);
  assert.equal(await insertRatings(db, [rate(image!, 'ann', 'good')]), 1);
  assert.equal(await insertRatings(db, [rate(image!, 'ann', 'bad')]), 0);
  assert.equal((await listRatings(db))[0]!.answer, 'good');
  await replaceRatings(db, [{ ...rate(image!, 'ann', 'bad'), words: ['dog'] }]);
  assert.deepEqual(await listRatings(db, { raterId: 'ann', purpose: 'feedback' }), [
    { ...rate(image!, 'ann', 'bad'), words: ['dog'], note: '', scales: {} },
  ]);
  assert.equal(await deleteRating(db, image!, 'ann'), true);
  assert.equal(await deleteRating(db, image!, 'ann'), false);
});

testDatabases('listLabelledImages averages good and bad, leaves out skips and excluded raters', async (_t, db) => {
  const [a, b, c] = (await fillStore(db, 3)) as [string, string, string];
  for (const id of ['bob', 'cyd'])
    await putRater(db, { id, name: id, kind: 'simulated', settings: { errorRate: 0.1 } });
  await insertRatings(db, [
    rate(a, 'ann', 'good'),
    rate(a, 'bob', 'bad'),
    rate(b, 'ann', 'skip'),
    rate(b, 'bob', 'good'),
    rate(c, 'cyd', 'bad'),
  ]);
  const labelled = await listLabelledImages(db);
  assert.deepEqual(
    new Map(labelled.map((image) => [image.imageId, image.label])),
    new Map([
      [a, 0.5],
      [b, 1],
      [c, 0],
    ]),
  );
  assert.equal(labelled.find((image) => image.imageId === b)!.skipped, 1);
  assert.equal(labelled[0]!.promptId, promptId(PROMPT));
  assert.deepEqual(await countAnswers(db, 'feedback'), { good: 2, bad: 2, skip: 1 });

  await setRaterExcluded(db, 'bob', true);
  const without = await listLabelledImages(db, { split: 'seen', purpose: 'feedback' });
  assert.deepEqual(
    new Map(without.map((image) => [image.imageId, image.label])),
    new Map([
      [a, 1],
      [c, 0],
    ]),
  );
  assert.notEqual(hashLabels(without), hashLabels(labelled));
  assert.equal(hashLabels(labelled), hashLabels([...labelled].reverse()));
  assert.deepEqual(await listLabelledImages(db, { split: 'unseen' }), []);
});

testDatabases('a rating of an image, rater or guideline that is not there is refused', async (_t, db) => {
  const [image] = await fillStore(db, 1);
  await assert.rejects(insertRatings(db, [rate('nowhere', 'ann', 'good')]), /foreign key/i);
  await assert.rejects(insertRatings(db, [rate(image!, 'nobody', 'good')]), /foreign key/i);
});

test('100,000 ratings are stored', async (t) => {
  const db = await openTestDatabase(t);
  const images = await fillStore(db, 20_000);
  const raters = ['r0', 'r1', 'r2', 'r3', 'r4'];
  for (const id of raters) await putRater(db, { id, name: id, kind: 'simulated', settings: {} });
  assert.equal(
    await insertRatings(
      db,
      raters.flatMap((id) => images.map((image) => rate(image, id, 'good'))),
    ),
    100_000,
  );
});
