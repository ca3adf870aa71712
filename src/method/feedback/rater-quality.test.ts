import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../../project/database/schema.ts';
import { addGuideline } from '../../project/rating/guidelines.ts';
import { putRater, setRaterExcluded } from '../../project/rating/raters.ts';
import { insertRatings } from '../../project/rating/ratings.ts';
import { fillStore, openTestDatabase } from '../../project/testing.ts';
import { measureQuality, planQuality } from './rater-quality.ts';

test('raters are measured against the rest, gold and themselves; excluding one changes the others', async (t) => {
  const db = await openTestDatabase(t);
  const images = await fillStore(db, 30);
  const guidelineVersion = await addGuideline(db, 'Good shows what the prompt says.');
  for (const id of ['bob', 'cem']) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  const given = { ratedAt: '2026-01-01T00:00:00.000Z', guidelineVersion };
  const ratings = images.flatMap((imageId, i) => {
    const truth: Answer = i % 2 === 0 ? 'good' : 'bad';
    const contrary: Answer = i % 2 === 0 ? 'bad' : 'good';
    return [
      { ...given, imageId, raterId: 'ann', answer: truth, milliseconds: 1000 },
      { ...given, imageId, raterId: 'bob', answer: i === 1 ? ('skip' as const) : truth, milliseconds: 3000 },
      { ...given, imageId, raterId: 'cem', answer: i < 24 ? contrary : truth, milliseconds: 200 },
    ];
  });
  await insertRatings(db, ratings);
  const createdAt = given.ratedAt;
  await db
    .insertInto('goldAnswers')
    .values([0, 1].map((i) => ({ imageId: images[i]!, answer: 'good' as const, note: '', createdAt, createdBy: null })))
    .execute();
  await db
    .insertInto('leases')
    .values({
      id: 'l',
      imageId: images[0]!,
      raterId: 'ann',
      purpose: 'feedback',
      reason: 'repeat',
      status: 'answered',
      leasedAt: createdAt,
      expiresAt: createdAt,
      closedAt: createdAt,
    })
    .execute();
  await db
    .insertInto('answers')
    .values({
      clientId: 'c',
      leaseId: 'l',
      imageId: images[0]!,
      raterId: 'ann',
      reason: 'repeat',
      answer: 'bad',
      milliseconds: 1,
      guidelineVersion,
      answeredAt: createdAt,
      undoneAt: null,
    })
    .execute();

  const { raters, agreement, confusion } = await measureQuality(db);
  const [ann, bob, cem] = raters;
  assert.deepEqual([ann!.medianSeconds, bob!.medianSeconds, cem!.medianSeconds], [1, 3, 0.2]);
  assert.deepEqual([ann!.againstGold!.estimate, ann!.againstSelf!.estimate, bob!.againstSelf], [0.5, 0, null]);
  // Bob skipped one image, so Ann and Cem alone disagree there, and nobody else knows of it.
  assert.equal(bob!.skipShare, 1 / 30);
  assert.equal(cem!.againstRest!.estimate, 6 / 30);
  assert.deepEqual(cem!.confusion.counts, [
    [3, 12],
    [12, 3],
  ]);
  assert.ok(ann!.estimated!.good > 0.8 && cem!.estimated!.good < 0.4);
  assert.deepEqual(
    agreement.map(({ category, items }) => [category, items]),
    [
      ['all', 30],
      ['combination', 30],
    ],
  );
  assert.equal(
    confusion!.counts[2]!.reduce((sum, n) => sum + n, 0),
    2,
  );
  assert.ok(agreement[0]!.alpha!.estimate < 0.3);

  await setRaterExcluded(db, 'cem', true);
  const without = await measureQuality(db);
  assert.equal(without.agreement[0]!.alpha!.estimate, 1);
  assert.equal(without.raters[2]!.againstRest!.estimate, 6 / 30);
  assert.equal(without.raters[2]!.answers, 30);
});

test('a plan says what it stands on, and needs answers of both kinds', async (t) => {
  const db = await openTestDatabase(t);
  const images = await fillStore(db, 10);
  await assert.rejects(planQuality(db, { width: 0.1, most: 3 }), /expected good and bad answers/);
  const given = { ratedAt: '2026-01-01T00:00:00.000Z', guidelineVersion: 1, milliseconds: 3600, raterId: 'ann' };
  await insertRatings(
    db,
    images.map((imageId, i) => ({ ...given, imageId, answer: i < 4 ? ('good' as const) : ('bad' as const) })),
  );
  const { plans, basis } = await planQuality(db, { width: 0.2, most: 3 });
  assert.equal(plans.length, 1);
  assert.equal(plans[0]!.hours, plans[0]!.answers / 1000);
  assert.match(basis, /10 good and bad answers, 40\.0 % good, 10\.0 images a prompt.*cannot be planned for/);
});
