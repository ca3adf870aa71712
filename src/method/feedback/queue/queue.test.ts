import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema } from '../../../project/config/config.ts';
import type { Database } from '../../../project/database/database.ts';
import { imageId as imageIdOf, insertImages } from '../../../project/images/images.ts';
import { insertPrompts, promptId } from '../../../project/images/prompts.ts';
import { insertRewards, putRewardModel } from '../../../project/learning/rewards.ts';
import { listRepeatedAnswers } from '../../../project/rating/answers.ts';
import { listFlags, resolveFlag } from '../../../project/rating/flags.ts';
import { listGoldChecks, putGoldAnswer } from '../../../project/rating/gold.ts';
import { addGuideline } from '../../../project/rating/guidelines.ts';
import { findQueue } from '../../../project/rating/queues.ts';
import { putRater, setRaterExcluded } from '../../../project/rating/raters.ts';
import { insertRatings, listRatings } from '../../../project/rating/ratings.ts';
import { fillStore, makeImage, testDatabases } from '../../../project/testing.ts';
import { answerItems, answerTogether } from './answer-items.ts';
import { flagImage } from './flag-image.ts';
import { nextItems, type RatingItem } from './next-items.ts';
import type { QueueContext } from './open-queue.ts';
import { disagreementPriority, uncertaintyPriority } from './priorities.ts';
import { readQueueProgress } from './progress.ts';
import { planReasons } from './reasons.ts';
import { releaseItems } from './release-items.ts';
import { undoAnswer } from './undo-answer.ts';

type Studio = QueueContext['config']['studio'];
const PLAIN = { ratersPerImage: 2, priority: 'order', goldRate: 0, repeatRate: 0 } as const;

/** A queue of `count` images with raters ann, bob and cy. */
async function fill(db: Database, count: number, patch: Partial<Studio> = {}) {
  const ids = await fillStore(db, count);
  for (const id of ['bob', 'cy']) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  const { studio } = configSchema.parse({ studio: { ...PLAIN, ...patch } });
  const context: QueueContext = { db, config: { seed: 1, studio } };
  return { ids, context };
}

let made = 0;
const give = (
  context: QueueContext,
  { id, raterId }: RatingItem,
  answer: 'good' | 'bad' | 'skip',
  clientId = `client-${made++}`,
) =>
  answerItems(context, { raterId, answers: [{ clientId, leaseId: id, answer, milliseconds: 800 }] }).then(
    ([result]) => result!,
  );

const imagesOf = (items: readonly RatingItem[]) => items.map(({ imageId }) => imageId);

/** Lets the rater's open leases run out. */
const runOut = (db: Database, raterId: string) =>
  db.updateTable('leases').set({ expiresAt: '2020-01-01T00:00:00.000Z' }).where('raterId', '=', raterId).execute();

/** The counts of every item, made anew from ratings and leases: what the queue keeps must be the same. */
async function checkCounts(db: Database, wanted: number): Promise<void> {
  const [items, ratings, leases, gold] = await Promise.all([
    db.selectFrom('queueItems').selectAll().execute(),
    db
      .selectFrom('ratings')
      .innerJoin('raters', 'raters.id', 'raterId')
      .where('excluded', '=', 0)
      .select('imageId')
      .execute(),
    db.selectFrom('leases').where('status', '=', 'open').where('reason', '=', 'new').select('imageId').execute(),
    db.selectFrom('goldAnswers').select('imageId').execute(),
  ]);
  const among = (rows: { imageId: string }[], id: string) => rows.filter(({ imageId }) => imageId === id).length;
  for (const { imageId, answers, leases: open, held, open: isOpen } of items) {
    assert.deepEqual({ answers, open }, { answers: among(ratings, imageId), open: among(leases, imageId) });
    assert.equal(isOpen, held === 0 && answers + open < wanted ? 1 : 0);
    if (among(gold, imageId) > 0) assert.equal(held, 1);
  }
}

testDatabases('each image goes to as many raters as wanted, and never twice to one', async (_t, db) => {
  const { ids, context } = await fill(db, 12);
  const seen = new Map<string, string[]>();
  for (let round = 0; round < 8; round++)
    for (const raterId of ['ann', 'bob', 'cy'])
      for (const item of await nextItems(context, { raterId, count: 2 })) {
        assert.equal((await give(context, item, 'good')).status, 'stored');
        seen.set(raterId, [...(seen.get(raterId) ?? []), item.imageId]);
      }
  const all = [...seen.values()];
  for (const images of all) assert.equal(new Set(images).size, images.length);
  for (const id of ids) assert.equal(all.flat().filter((each) => each === id).length, 2);
  assert.deepEqual(await nextItems(context, { raterId: 'ann', count: 5 }), []);
  assert.deepEqual((await readQueueProgress(context, { raterId: 'ann' })).team, {
    images: 12,
    answers: 24,
    wanted: 24,
  });
  await checkCounts(db, 2);
});

testDatabases('raters who ask and answer at once never get an image too often', async (_t, db) => {
  const { ids, context } = await fill(db, 30, { ratersPerImage: 1, priority: 'random' });
  const raters = Array.from({ length: 8 }, (_, i) => `r${i}`);
  for (const id of raters) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  const work = async (raterId: string) => {
    const got: string[] = [];
    for (let items = await nextItems(context, { raterId, count: 3 }); items.length > 0; ) {
      const results = await Promise.all(items.map((item) => give(context, item, 'bad')));
      assert.deepEqual(new Set(results.map(({ status }) => status)), new Set(['stored']));
      got.push(...imagesOf(items));
      items = await nextItems(context, { raterId, count: 3 });
    }
    return got;
  };
  const all = (await Promise.all(raters.map(work))).flat();
  assert.deepEqual(all.sort(), [...ids].sort());
  assert.equal((await listRatings(db)).length, 30);
  await checkCounts(db, 1);
});

testDatabases('an answer sent again is stored once, and what was not given is refused', async (_t, db) => {
  const { context } = await fill(db, 3);
  const [item] = await nextItems(context, { raterId: 'ann', count: 1 });
  assert.deepEqual(
    await nextItems(context, { raterId: 'ann', count: 1, held: [item!.id] })
      .then(imagesOf)
      .then((ids) => ids.includes(item!.imageId)),
    false,
  );
  assert.deepEqual(
    imagesOf(await nextItems(context, { raterId: 'ann', count: 1 })),
    [item!.imageId],
    'a lost lease comes first',
  );
  assert.equal((await give(context, item!, 'good', 'client-a')).status, 'stored');
  assert.equal((await give(context, item!, 'bad', 'client-a')).status, 'duplicate');
  assert.equal((await give(context, item!, 'good', 'client-b')).status, 'duplicate', 'the same in another tab');
  assert.equal((await give(context, { ...item!, raterId: 'bob' }, 'bad', 'client-a')).error?.code, 'CLIENT_ID');
  assert.equal((await give(context, { ...item!, raterId: 'bob' }, 'bad', 'client-c')).error?.code, 'NOT_FOUND');
  assert.deepEqual(
    (await listRatings(db)).map(({ answer, guidelineVersion }) => [answer, guidelineVersion]),
    [['good', 1]],
  );
  await assert.rejects(nextItems(context, { raterId: 'nobody', count: 1 }), /no rater is called nobody/);
  await checkCounts(db, 2);
});

testDatabases('a late answer is stored while the image is open, and refused once another has it', async (_t, db) => {
  const { context } = await fill(db, 2, { ratersPerImage: 1 });
  const [first, second] = await nextItems(context, { raterId: 'ann', count: 2 });
  assert.deepEqual(await nextItems(context, { raterId: 'bob', count: 1 }), []);
  await runOut(db, 'ann');
  const [taken] = await nextItems(context, { raterId: 'bob', count: 1 });
  const [lost, kept] = taken!.imageId === first!.imageId ? [first!, second!] : [second!, first!];
  const refused = await give(context, lost, 'good');
  assert.equal(refused.error?.code, 'EXPIRED');
  assert.equal((await give(context, kept, 'good')).status, 'stored');
  assert.equal((await give(context, taken!, 'bad')).status, 'stored');
  assert.equal((await listRatings(db)).length, 2);
  assert.deepEqual(await nextItems(context, { raterId: 'cy', count: 5 }), []);
  await checkCounts(db, 1);
});

testDatabases('released images come to others, and only their own rater can release them', async (_t, db) => {
  const { context } = await fill(db, 1, { ratersPerImage: 1 });
  const [item] = await nextItems(context, { raterId: 'ann', count: 1 });
  assert.equal(await releaseItems(context, { raterId: 'bob', leases: [item!.id] }), 0);
  assert.equal(await releaseItems(context, { raterId: 'ann', leases: [item!.id] }), 1);
  assert.deepEqual(imagesOf(await nextItems(context, { raterId: 'bob', count: 1 })), [item!.imageId]);
  await checkCounts(db, 1);
});

testDatabases('requests stored together are as if one had come after the other', async (_t, db) => {
  const { context } = await fill(db, 6, { ratersPerImage: 2 });
  const [first, second, late] = await nextItems(context, { raterId: 'ann', count: 3 });
  const [same] = await nextItems(context, { raterId: 'bob', count: 1 });
  assert.equal(same!.imageId, first!.imageId);
  await runOut(db, 'ann');
  const answer = ({ id }: RatingItem, clientId: string, of: 'good' | 'bad' = 'good') => ({
    clientId,
    leaseId: id,
    answer: of,
    milliseconds: 700,
  });
  const results = await answerTogether(context, [
    { raterId: 'ann', answers: [answer(first!, 'a1'), answer(second!, 'a2'), answer(first!, 'a3', 'bad')] },
    { raterId: 'bob', answers: [answer(same!, 'b1', 'bad'), answer(late!, 'b2')] },
    { raterId: 'ann', answers: [answer(first!, 'a1')] },
    { raterId: 'bob', answers: [answer(same!, 'a2')] },
    { raterId: 'ann', answers: [] },
  ]);
  assert.deepEqual(
    results.map((each) => each.results.map(({ clientId, status, error }) => [clientId, error?.code ?? status])),
    [
      [
        ['a1', 'stored'],
        ['a2', 'stored'],
        ['a3', 'changed'],
      ],
      [
        ['b1', 'stored'],
        ['b2', 'NOT_FOUND'],
      ],
      [['a1', 'duplicate']],
      [['a2', 'CLIENT_ID']],
      [],
    ],
  );
  assert.deepEqual((await listRatings(db)).map(({ raterId, answer: of }) => `${raterId} ${of}`).toSorted(), [
    'ann bad',
    'ann good',
    'bob bad',
  ]);
  const times = await db.selectFrom('answers').select(['clientId', 'answeredAt']).orderBy('clientId').execute();
  assert.ok(times[0]!.answeredAt < times[1]!.answeredAt, 'the order of a rater is kept');
  await checkCounts(db, 2);
  const unknown = { raterId: 'nobody', answers: [answer(late!, 'n1')] };
  await assert.rejects(
    answerTogether(context, [{ raterId: 'ann', answers: [answer(late!, 'a4')] }, unknown]),
    /nobody/,
  );
  assert.equal((await listRatings(db)).length, 3, 'nothing of any of them');
});

testDatabases('of two answers that came too late together, one has the place that is left', async (_t, db) => {
  const { context } = await fill(db, 1, { ratersPerImage: 1 });
  const [ann] = await nextItems(context, { raterId: 'ann', count: 1 });
  await runOut(db, 'ann');
  const [bob] = await nextItems(context, { raterId: 'bob', count: 1 });
  assert.equal(bob!.imageId, ann!.imageId);
  await runOut(db, 'bob');
  await nextItems(context, { raterId: 'ann', count: 0 });
  const late = (raterId: string, leaseId: string) => ({
    raterId,
    answers: [{ clientId: raterId, leaseId, answer: 'good' as const, milliseconds: 1 }],
  });
  const results = await answerTogether(context, [late('ann', ann!.id), late('bob', bob!.id)]);
  assert.deepEqual(
    results.map(({ results: [result] }) => result!.error?.code ?? result!.status),
    ['stored', 'EXPIRED'],
  );
  await checkCounts(db, 1);
});

testDatabases('undo gives the image back, keeps the history, and reaches 100 answers', async (_t, db) => {
  const { context } = await fill(db, 25);
  const items = await nextItems(context, { raterId: 'ann', count: 25 });
  for (const [i, item] of items.entries()) await give(context, item, 'good', `undo-${String(i).padStart(2, '0')}`);
  const last = await undoAnswer(context, { raterId: 'ann' });
  assert.equal(last?.item.imageId, items[24]!.imageId);
  await db
    .updateTable('answers')
    .set({ answeredAt: '2020-01-01T00:00:00.000Z' })
    .where('clientId', '=', 'undo-03')
    .execute();
  const { leaseId, imageId, ...old } = await db
    .selectFrom('answers')
    .selectAll()
    .where('clientId', '=', 'undo-05')
    .executeTakeFirstOrThrow();
  // As many later ones as are reached, of images that were answered long ago.
  const later = Array.from({ length: 100 }, (_, i) => ({ ...old, leaseId, imageId, clientId: `later-${i}` }));
  await db.insertInto('answers').values(later).execute();
  assert.equal(await undoAnswer(context, { raterId: 'ann', clientId: 'undo-03' }), undefined, 'too long ago');
  await db.deleteFrom('answers').where('clientId', 'like', 'later-%').execute();
  assert.equal((await undoAnswer(context, { raterId: 'ann', clientId: 'undo-04' }))?.item.imageId, items[4]!.imageId);
  assert.equal((await listRatings(db)).length, 23);
  const undone = await db.selectFrom('answers').select('undoneAt').where('clientId', '=', 'undo-24').executeTakeFirst();
  assert.match(undone!.undoneAt!, /^20/);
  assert.equal((await give(context, items[24]!, 'good', 'undo-24')).status, 'duplicate', 'what was undone stays so');
  assert.equal((await give(context, last!.item, 'bad')).status, 'stored');
  assert.equal(await undoAnswer(context, { raterId: 'bob' }), undefined);
  await checkCounts(db, 2);
});

for (const mode of ['single', 'sheet'] as const)
  testDatabases(
    `in ${mode} mode gold images and repeats are mixed in; a repeat never counts as another rater`,
    async (_t, db) => {
      const { ids, context } = await fill(db, 120, { ratersPerImage: 1, goldRate: 0.2, repeatRate: 0.2 });
      for (const imageId of ids.slice(0, 20)) await putGoldAnswer(db, { imageId, answer: 'bad' });
      const reasons: string[] = [];
      for (let i = 0; i < 20; i++) {
        const items = await nextItems(context, { raterId: 'ann', count: 5, mode });
        reasons.push(...items.map(({ reason }) => reason));
        for (const item of items) assert.equal((await give(context, item, 'good')).status, 'stored');
      }
      const count = (reason: string) => reasons.filter((each) => each === reason).length;
      const planned = planReasons(1, 'ann', 0, 100, { goldRate: 0.2, repeatRate: 0.2 });
      assert.equal(count('gold'), Math.min(20, planned.filter((reason) => reason === 'gold').length));
      const repeats = await listRepeatedAnswers(db, { raterId: 'ann' });
      assert.ok(repeats.length >= 8, `${repeats.length} repeats`);
      assert.equal(repeats.length, count('repeat'));
      assert.ok(repeats.every(({ first, second }) => first === 'good' && second === 'good'));
      assert.equal((await listRatings(db)).length, 100 - repeats.length);
      const checks = await listGoldChecks(db, { raterId: 'ann' });
      assert.equal(checks.length, count('gold'));
      assert.deepEqual(checks[0], { raterId: 'ann', imageId: checks[0]!.imageId, answer: 'good', gold: 'bad' });
      await checkCounts(db, 1);
    },
  );

testDatabases(
  'gold of an evaluation’s images tests raters as well, and its answers are undone like others',
  async (_t, db) => {
    const { context } = await fill(db, 30, { ratersPerImage: 1, goldRate: 0.5 });
    const drawn = Array.from({ length: 10 }, (_, i) => ({ ...makeImage(100 + i), purpose: 'evaluation' as const }));
    await insertImages(db, drawn);
    for (const imageId of drawn.map(imageIdOf)) await putGoldAnswer(db, { imageId, answer: 'bad' });
    const items = await nextItems(context, { raterId: 'ann', count: 12 });
    const gold = items.filter(({ reason }) => reason === 'gold');
    const planned = planReasons(1, 'ann', 0, 12, { goldRate: 0.5, repeatRate: 0 });
    assert.equal(gold.length, planned.filter((reason) => reason === 'gold').length);
    assert.equal((await give(context, gold[0]!, 'good', 'gold-1')).status, 'stored');
    assert.equal((await listGoldChecks(db, { raterId: 'ann' })).length, 1);
    assert.ok(await undoAnswer(context, { raterId: 'ann', clientId: 'gold-1' }));
    assert.equal((await listGoldChecks(db, { raterId: 'ann' })).length, 0);
    await checkCounts(db, 1);
  },
);

testDatabases('gold of a sheet is of the prompt of the sheet', async (_t, db) => {
  const { ids, context } = await fill(db, 30, { ratersPerImage: 1, goldRate: 0.5 });
  const other = { text: 'a cat', category: 'color' as const, slots: {}, split: 'seen' as const };
  await insertPrompts(db, [other]);
  const cats = Array.from({ length: 10 }, (_, i) => ({ ...makeImage(100 + i), promptId: promptId(other.text) }));
  await insertImages(db, cats);
  for (const imageId of [...ids.slice(0, 10), ...cats.map(imageIdOf)])
    await putGoldAnswer(db, { imageId, answer: 'bad' });
  const sheet = await nextItems(context, { raterId: 'ann', count: 12, mode: 'sheet' });
  assert.equal(new Set(sheet.map(({ prompt }) => prompt)).size, 1);
  assert.equal(sheet[0]!.prompt, 'two green dogs in a city');
  const planned = planReasons(1, 'ann', 0, 12, { goldRate: 0.5, repeatRate: 0 });
  assert.deepEqual(
    sheet.map(({ reason }) => reason),
    planned,
    'there are enough of both',
  );
  await checkCounts(db, 1);
});

testDatabases('a flagged image leaves the queue until its flag is dismissed', async (_t, db) => {
  const { context } = await fill(db, 1);
  const [item] = await nextItems(context, { raterId: 'ann', count: 1 });
  const flag = await flagImage(context, { raterId: 'ann', imageId: item!.imageId, kind: 'broken', note: 'only noise' });
  assert.equal((await flagImage(context, { raterId: 'ann', imageId: item!.imageId, kind: 'broken' })).id, flag.id);
  assert.deepEqual(await nextItems(context, { raterId: 'bob', count: 1 }), []);
  assert.deepEqual(
    (await listFlags(db, { open: true })).map(({ kind, prompt }) => [kind, prompt]),
    [['broken', 'two green dogs in a city']],
  );
  assert.equal(await resolveFlag(db, flag.id, 'dismissed', 'owner'), true);
  assert.equal(await resolveFlag(db, flag.id, 'upheld', 'owner'), false);
  assert.deepEqual(imagesOf(await nextItems(context, { raterId: 'bob', count: 1 })), [item!.imageId]);
  await assert.rejects(flagImage(context, { raterId: 'ann', imageId: 'nowhere', kind: 'unsafe' }), /there is no image/);
  await checkCounts(db, 2);
});

testDatabases(
  'of two tabs’ answers about one image the later given one counts, whichever comes first',
  async (_t, db) => {
    const { context } = await fill(db, 3, { ratersPerImage: 2 });
    const [one, two] = await nextItems(context, { raterId: 'ann', count: 2 });
    const give = (item: RatingItem, clientId: string, answer: 'good' | 'bad' | 'skip', age = 0) =>
      answerItems(context, {
        raterId: 'ann',
        answers: [{ clientId, leaseId: item.id, answer, milliseconds: 1, age }],
      }).then(([result]) => result!.error?.code ?? result!.status);
    await db.updateTable('leases').set({ leasedAt: '2026-01-01T00:00:00.000Z' }).execute();
    assert.equal(await give(one!, 'tab-1-one', 'good', 5000), 'stored');
    assert.equal(await give(one!, 'tab-2-one', 'bad', 9000), 'OLDER', 'it waited for the network');
    assert.equal(await give(one!, 'tab-2-more', 'bad', 1000), 'changed');
    assert.equal(await give(one!, 'tab-1-same', 'bad'), 'duplicate');
    assert.equal(await give(two!, 'tab-1-two', 'skip'), 'stored');
    const ratings = await listRatings(db, { raterId: 'ann' });
    assert.deepEqual(
      new Set(ratings.map(({ imageId, answer }) => `${imageId} ${answer}`)),
      new Set([`${one!.imageId} bad`, `${two!.imageId} skip`]),
    );
    const standing = await db
      .selectFrom('answers')
      .select('clientId')
      .where('undoneAt', 'is', null)
      .orderBy('clientId')
      .execute();
    assert.deepEqual(
      standing.map(({ clientId }) => clientId),
      ['tab-1-two', 'tab-2-more'],
      'the history keeps what was replaced',
    );
    assert.deepEqual((await readQueueProgress(context, { raterId: 'ann' })).own.answered, 2);
    assert.ok(
      Date.now() - Date.parse(ratings.find(({ answer }) => answer === 'bad')!.ratedAt) >= 1000,
      'when it was given',
    );
    assert.equal(await undoAnswer(context, { raterId: 'ann', clientId: 'tab-1-one' }), undefined, 'replaced');
    assert.equal((await undoAnswer(context, { raterId: 'ann', clientId: 'tab-2-more' }))?.item.imageId, one!.imageId);
    assert.equal((await listRatings(db, { raterId: 'ann' })).length, 1);
    await checkCounts(db, 2);
  },
);

testDatabases(
  'a changed repeat replaces the repeat alone, and a changed answer moves a queue ordered by disagreement',
  async (_t, db) => {
    const { context } = await fill(db, 4, { ratersPerImage: 3, priority: 'disagreement' });
    const [item] = await nextItems(context, { raterId: 'ann', count: 1 });
    await give(context, item!, 'good');
    const [same] = await nextItems(context, { raterId: 'bob', count: 1 });
    await give(context, same!, 'good');
    const priority = async () =>
      (await db.selectFrom('queueItems').select('priority').where('imageId', '=', item!.imageId).executeTakeFirst())!
        .priority;
    const before = await priority();
    assert.equal((await give(context, same!, 'bad')).status, 'changed');
    assert.ok((await priority()) < before);
    await checkCounts(db, 3);

    const repeat = { ...item!, id: 'repeat-lease' };
    const { hash: _hash, prompt: _prompt, promptId: _id, ...lease } = repeat;
    await db
      .insertInto('leases')
      .values({ ...lease, reason: 'repeat', status: 'open' })
      .execute();
    assert.equal((await give(context, repeat, 'bad')).status, 'stored');
    assert.equal((await give(context, repeat, 'skip')).status, 'changed');
    const [{ first, second } = { first: '', second: '' }, ...others] = await listRepeatedAnswers(db, {
      raterId: 'ann',
    });
    assert.deepEqual([first, second, others.length], ['good', 'skip', 0]);
    await checkCounts(db, 3);
  },
);

testDatabases(
  'an answer has the guidelines that its rater had, be they named or those of the lease',
  async (_t, db) => {
    const { context } = await fill(db, 4);
    const items = await nextItems(context, { raterId: 'ann', count: 4 });
    await db
      .updateTable('leases')
      .set({ leasedAt: new Date(Date.now() - 1000).toISOString() })
      .execute();
    await db
      .updateTable('guidelines')
      .set({ createdAt: new Date(Date.now() - 2000).toISOString() })
      .execute();
    await addGuideline(db, 'Others.');
    const answer = (i: number, guidelineVersion?: number) => ({
      clientId: `guided-${i}`,
      leaseId: items[i]!.id,
      answer: 'good' as const,
      milliseconds: 1,
      guidelineVersion,
    });
    const results = await answerItems(context, {
      raterId: 'ann',
      answers: [answer(0), answer(1, 1), answer(2, 2), answer(3, 9)],
    });
    assert.deepEqual(
      results.map(({ status, error }) => error?.code ?? status),
      ['stored', 'stored', 'stored', 'GUIDELINES'],
    );
    const stored = await db
      .selectFrom('answers')
      .select(['clientId', 'guidelineVersion'])
      .orderBy('clientId')
      .execute();
    assert.deepEqual(
      stored.map(({ guidelineVersion }) => guidelineVersion),
      [1, 1, 2],
    );
  },
);

testDatabases('an excluded rater makes room for another, and comes back', async (_t, db) => {
  const { ids, context } = await fill(db, 1, { ratersPerImage: 1 });
  await give(context, (await nextItems(context, { raterId: 'ann', count: 1 }))[0]!, 'good');
  assert.deepEqual(await nextItems(context, { raterId: 'bob', count: 1 }), []);
  await setRaterExcluded(db, 'ann', true);
  assert.deepEqual(imagesOf(await nextItems(context, { raterId: 'bob', count: 1 })), ids);
  await setRaterExcluded(db, 'ann', false);
  assert.equal((await listRatings(db)).length, 1);
  await checkCounts(db, 1);
});

testDatabases(
  'images on which raters disagree, or the reward is unsure, come first; a sheet is of one prompt',
  async (_t, db) => {
    const { ids, context } = await fill(db, 6, { ratersPerImage: 3, priority: 'disagreement' });
    const rate = (imageId: string, raterId: string, answer: 'good' | 'bad') => ({
      imageId,
      raterId,
      answer,
      ratedAt: '2026-01-01',
      milliseconds: 1,
      guidelineVersion: 1,
    });
    await nextItems(context, { raterId: 'cy', count: 1 });
    const [first] = await nextItems(context, { raterId: 'ann', count: 1 });
    await give(context, first!, 'good');
    const late = ids[5]!;
    await insertRatings(db, [rate(late, 'ann', 'good')]);
    for (const item of await nextItems(context, { raterId: 'bob', count: 6 }))
      await give(context, item, item.imageId === late ? 'bad' : 'good');
    const next = await nextItems(context, { raterId: 'cy', count: 2 });
    assert.equal(next[1]!.imageId, late, 'after the one that was leased before');

    await putRewardModel(db, { hash: 'r', runId: null, config: {}, dataHash: 'd', scores: {} });
    await insertRewards(
      db,
      'r',
      ids.map((imageId, i) => ({ imageId, score: i === 3 ? 0.51 : 1 })),
    );
    await putRater(db, { id: 'dan', name: 'Dan', kind: 'human', settings: {} });
    const byReward = {
      ...context,
      config: { ...context.config, studio: { ...context.config.studio, priority: 'uncertain reward' as const } },
    };
    const sheet = await nextItems(byReward, { raterId: 'dan', count: 3, mode: 'sheet' });
    assert.equal(new Set(sheet.map(({ promptId }) => promptId)).size, 1);
    assert.equal(sheet[0]!.imageId, ids[3]);
    assert.deepEqual(imagesOf(await nextItems(byReward, { raterId: 'dan', count: 3, mode: 'sheet' })), imagesOf(sheet));
    await checkCounts(db, 3);

    await putRewardModel(db, { hash: 'ensemble', runId: null, config: {}, dataHash: 'd', scores: {} });
    const doubts = ids.map((imageId, i) => ({ imageId, score: i === 3 ? 0.5 : 1, doubt: i === 4 ? 0.3 : 0.1 }));
    await insertRewards(db, 'ensemble', doubts);
    await putRater(db, { id: 'eve', name: 'Eve', kind: 'human', settings: {} });
    const [doubted] = await nextItems(byReward, { raterId: 'eve', count: 1 });
    assert.equal(doubted!.imageId, ids[4], 'the image that the heads of an ensemble disagree about');
  },
);

testDatabases('two leases of one image that run out at once are both given back', async (_t, db) => {
  const { context } = await fill(db, 3);
  for (const raterId of ['ann', 'bob']) {
    assert.equal((await nextItems(context, { raterId, count: 3 })).length, 3);
    await runOut(db, raterId);
  }
  assert.equal((await nextItems(context, { raterId: 'cy', count: 3 })).length, 3);
  await checkCounts(db, 2);
});

testDatabases('a queue out of date is put in order once, however many raters find it so', async (_t, db) => {
  const { context } = await fill(db, 40);
  const raters = Array.from({ length: 12 }, (_, i) => `r${i}`);
  for (const id of raters) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  const ask = (config: QueueContext['config']) =>
    Promise.all(raters.map((raterId) => nextItems({ ...context, config }, { raterId, count: 1 })));
  await ask(context.config);
  const { epoch } = (await findQueue(db, 'feedback'))!;
  const studio = { ...context.config.studio, priority: 'random' as const, ratersPerImage: 3 };
  const given = await ask({ ...context.config, studio });
  assert.deepEqual(new Set(given.map(({ length }) => length)), new Set([1]));
  const queue = (await findQueue(db, 'feedback'))!;
  assert.deepEqual([queue.priority, queue.wanted, queue.epoch], ['random', 3, epoch + 1]);
  await checkCounts(db, 3);
});

testDatabases('the progress of the team is counted once for all who ask at one time', async (_t, db) => {
  const { context } = await fill(db, 5);
  const [item] = await nextItems(context, { raterId: 'ann', count: 1 });
  await give(context, item!, 'good');
  const raters = ['ann', 'bob', 'cy'];
  const asked = await Promise.all(
    Array.from({ length: 30 }, (_, i) => readQueueProgress(context, { raterId: raters[i % 3]! })),
  );
  assert.equal(new Set(asked.map(({ team }) => team)).size, 1, 'one object, of one count');
  assert.deepEqual(asked[0]!.team, { images: 5, answers: 1, wanted: 10 });
  assert.deepEqual(
    asked.map(({ own }) => own.answered),
    asked.map((_, i) => (i % 3 === 0 ? 1 : 0)),
  );
});

testDatabases('guidelines that are added at once get numbers of their own', async (_t, db) => {
  const texts = Array.from({ length: 8 }, (_, i) => `Guideline ${i}`);
  const versions = await Promise.all([...texts, ...texts].map((text) => addGuideline(db, text)));
  const stored = await db.selectFrom('guidelines').select('version').where('text', 'in', texts).execute();
  assert.deepEqual(new Set(versions), new Set(stored.map(({ version }) => version)));
  assert.ok(new Set(versions).size >= texts.length);
});

test('planReasons depends on the position alone; priorities are lowest where an answer matters most', () => {
  const rates = { goldRate: 0.1, repeatRate: 0.05 };
  const all = planReasons(4, 'ann', 0, 4000, rates);
  assert.deepEqual(planReasons(4, 'ann', 100, 20, rates), all.slice(100, 120));
  const share = (reason: string) => all.filter((each) => each === reason).length / all.length;
  assert.ok(Math.abs(share('gold') - 0.1) < 0.02 && Math.abs(share('repeat') - 0.05) < 0.015);
  const single = [0.5, 1, 0, -3].map((score) => uncertaintyPriority({ score, doubt: null }));
  assert.deepEqual([...single, uncertaintyPriority(undefined)], [0, 1, 1, 1, 1]);
  const ensemble = [0, 0.1, 0.7].map((doubt) => uncertaintyPriority({ score: 0.5, doubt }));
  assert.deepEqual(ensemble, [1, 0.8, 0]);
  assert.deepEqual(
    [
      { good: 0, bad: 0 },
      { good: 2, bad: 0 },
      { good: 2, bad: 2 },
    ].map(disagreementPriority),
    [0, 0, -1],
  );
});
