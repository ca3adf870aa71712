import assert from 'node:assert/strict';
import type { Database } from '../database/database.ts';
import type { PairAnswer } from '../database/schema.ts';
import { imageId, insertImages } from '../images/images.ts';
import { insertPrompts, promptId } from '../images/prompts.ts';
import { putRater, setRaterExcluded } from '../rating/raters.ts';
import { BASE_HASH, fillStore, makeImage, testDatabases } from '../testing.ts';
import { checkRegistration, closeStudy, createStudy, findStudy, listStudies, type NewStudy } from './studies.ts';
import { recordStudyAnswers, retractStudyAnswers } from './study-answers.ts';
import { type BlindPair, nextStudyPairs } from './study-presentations.ts';
import { listStudyVotes, readStudyProgress } from './study-votes.ts';

const PLAN = { measure: 'majority' };

/** A study of `pairs` pairs, base against tuned, two raters a pair, and raters ann, bob and cy. */
async function makeStudy(db: Database, pairs: number, patch: Partial<NewStudy> = {}) {
  await fillStore(db, 0);
  const texts = Array.from({ length: pairs }, (_, i) => `${i} dogs`);
  await insertPrompts(
    db,
    texts.map((text) => ({ text, category: 'count', slots: {}, split: 'unseen' as const })),
  );
  const images = texts.flatMap((text, i) =>
    [2 * i, 2 * i + 1].map((seed) => ({
      ...makeImage(seed),
      promptId: promptId(text),
      purpose: 'evaluation' as const,
    })),
  );
  await insertImages(db, images);
  for (const id of ['bob', 'cy']) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  const input: NewStudy = {
    name: 'first',
    contestants: [
      { name: 'base', kind: 'base', modelHash: BASE_HASH },
      { name: 'tuned', kind: 'tuned', modelHash: 'c'.repeat(64) },
    ],
    config: { plan: PLAN },
    ratersPerPair: 2,
    pairs: texts.map((text, i) => ({
      promptId: promptId(text),
      contestantA: 'tuned',
      contestantB: 'base',
      imageA: imageId(images[2 * i]!),
      imageB: imageId(images[2 * i + 1]!),
    })),
    ...patch,
  };
  return { input, study: await createStudy(db, input) };
}

function answer(db: Database, raterId: string, pair: BlindPair, choice: PairAnswer, age = 0) {
  const answers = pair.questions.map((question) => ({
    pairId: pair.pairId,
    question,
    answer: choice,
    milliseconds: 900,
    clientId: `${raterId} ${pair.pairId} ${question} ${choice}`,
  }));
  return recordStudyAnswers(db, { study: 'first', raterId, answers, age });
}

testDatabases('a study is registered once, and again under another plan is refused', async (_t, db) => {
  const { input, study } = await makeStudy(db, 2);
  assert.equal((await createStudy(db, input)).id, study.id);
  assert.deepEqual(
    (await listStudies(db)).map(({ name, ratersPerPair, questions }) => [name, ratersPerPair, questions]),
    [['first', 2, ['alignment', 'fidelity']]],
  );
  assert.equal(await checkRegistration(db, study), true);
  await assert.rejects(createStudy(db, { ...input, config: { plan: 'another' } }), { code: 'USAGE' });
  await assert.rejects(createStudy(db, { ...input, name: 'none', pairs: [] }), { code: 'USAGE' });
  await db.updateTable('prompts').set({ text: 'changed' }).where('id', '=', input.pairs[0]!.promptId).execute();
  assert.equal(await checkRegistration(db, study), false);
});

testDatabases(
  'raters see no names, sides and orders of their own, and the same pair until they answer it',
  async (_t, db) => {
    await makeStudy(db, 40);
    const ask = (raterId: string, count: number) => nextStudyPairs(db, { study: 'first', raterId, count });
    const ann = await ask('ann', 40);
    assert.equal(ann.length, 40);
    assert.doesNotMatch(JSON.stringify(ann), /base|tuned|"a"|"b"/);
    assert.deepEqual(await ask('ann', 1).then(([pair]) => ({ ...pair, expiresAt: '' })), { ...ann[0], expiresAt: '' });
    const bob = await ask('bob', 40);
    assert.notDeepEqual(
      ann.map(({ pairId }) => pairId),
      bob.map(({ pairId }) => pairId),
    );
    const sideOf = new Map(ann.map(({ pairId, left }) => [pairId, left]));
    const swapped = bob.filter(({ pairId, left }) => sideOf.get(pairId) !== left).length;
    assert.ok(swapped > 8 && swapped < 32, `${swapped} of 40 pairs on other sides`);
  },
);

testDatabases(
  'a pair goes to as many raters as planned, and to another when its time is over or its rater is excluded',
  async (_t, db) => {
    await makeStudy(db, 1);
    const ask = (raterId: string, leaseSeconds?: number) =>
      nextStudyPairs(db, { study: 'first', raterId, ...(leaseSeconds !== undefined && { leaseSeconds }) });
    const [pair] = await ask('ann');
    await answer(db, 'ann', pair!, 'left');
    assert.deepEqual(await ask('ann'), [], 'never the same pair twice');
    assert.equal((await ask('bob', -1)).length, 1);
    assert.equal((await ask('cy')).length, 1, "bob's time is over");
    await putRater(db, { id: 'dee', name: 'Dee', kind: 'human', settings: {} });
    assert.equal((await ask('dee')).length, 0);
    await setRaterExcluded(db, 'ann', true);
    assert.equal((await ask('dee')).length, 1);
  },
);

testDatabases('answers sent twice count once, may be taken back, and tell whom they chose', async (_t, db) => {
  const { study } = await makeStudy(db, 3);
  const [first, second] = await nextStudyPairs(db, { study: 'first', raterId: 'ann', count: 3 });
  const none = { recorded: 0, changed: 0, repeated: 0, older: 0 };
  assert.deepEqual(await answer(db, 'ann', first!, 'left'), { ...none, recorded: 2 });
  assert.deepEqual(await answer(db, 'ann', first!, 'left'), { ...none, repeated: 2 });
  assert.deepEqual(await answer(db, 'ann', first!, 'right'), { ...none, changed: 2 }, 'the later answer counts');
  assert.deepEqual(await answer(db, 'ann', first!, 'tie', 5000), { ...none, older: 2 }, 'it was given before');
  assert.deepEqual(await readStudyProgress(db, study, 'ann'), {
    pairs: 3,
    ratersPerPair: 2,
    pairsDone: 0,
    answered: 1,
    wanted: 6,
    raters: 1,
    own: { answered: 1, left: 2 },
  });
  assert.equal(await retractStudyAnswers(db, { study: 'first', raterId: 'ann', pairId: first!.pairId }), 2);
  assert.equal((await nextStudyPairs(db, { study: 'first', raterId: 'ann' }))[0]!.pairId, first!.pairId);
  await answer(db, 'ann', first!, 'right');
  await answer(db, 'ann', second!, 'tie');
  const votes = await listStudyVotes(db, study.id);
  const of = (pairId: string) => votes.find((vote) => vote.pairId === pairId)!;
  assert.equal(of(first!.pairId).choice, of(first!.pairId).leftIs === 'a' ? 'b' : 'a');
  assert.equal(of(second!.pairId).choice, 'tie');
  assert.equal(votes.length, 4);
});

testDatabases('what was not asked is refused whole, and a closed study takes nothing', async (_t, db) => {
  const { study } = await makeStudy(db, 2);
  const [pair] = await nextStudyPairs(db, { study: 'first', raterId: 'ann' });
  const row = { pairId: pair!.pairId, answer: 'left', milliseconds: 1, clientId: '1', question: 'alignment' } as const;
  const answers = [row, { ...row, pairId: 'another', clientId: '2' }];
  await assert.rejects(recordStudyAnswers(db, { study: 'first', raterId: 'ann', answers }), { code: 'USAGE' });
  assert.deepEqual(await listStudyVotes(db, study.id), []);
  await closeStudy(db, study.id);
  assert.ok((await findStudy(db, 'first'))!.closedAt);
  await assert.rejects(nextStudyPairs(db, { study: 'first', raterId: 'ann' }), /was closed/);
  await assert.rejects(answer(db, 'ann', pair!, 'left'), /was closed/);
});

testDatabases(
  'a skipped pair goes to another rater; both bad is a tie that says so; words stay with the choice',
  async (_t, db) => {
    const { study } = await makeStudy(db, 1);
    const [pair] = await nextStudyPairs(db, { study: 'first', raterId: 'ann' });
    await answer(db, 'ann', pair!, 'skip');
    assert.deepEqual(
      await nextStudyPairs(db, { study: 'first', raterId: 'ann' }),
      [],
      'who skipped it is not asked again',
    );
    assert.deepEqual((await readStudyProgress(db, study, 'ann')).own, { answered: 1, left: 0 });
    for (const raterId of ['bob', 'cy']) {
      const [again] = await nextStudyPairs(db, { study: 'first', raterId });
      assert.equal(again!.pairId, pair!.pairId, 'two others have room, since a skip takes none');
      await answer(db, raterId, again!, 'bad');
    }
    assert.equal((await readStudyProgress(db, study)).pairsDone, 1);
    const reason = { pairId: pair!.pairId, question: 'alignment' as const, answer: 'bad' as const, milliseconds: 1 };
    const answers = [{ ...reason, clientId: 'client-words', words: ['dog'], note: 'a cat' }];
    assert.equal((await recordStudyAnswers(db, { study: 'first', raterId: 'bob', answers })).changed, 1);
    const votes = await listStudyVotes(db, study.id);
    assert.deepEqual(
      votes.map(({ raterId, question, answer: given, choice, words, note }) =>
        [raterId, question, given, choice, ...words, note].join(' ').trim(),
      ),
      [
        ...['ann alignment skip none', 'bob alignment bad tie dog a cat', 'cy alignment bad tie'],
        ...['ann fidelity skip none', 'bob fidelity bad tie', 'cy fidelity bad tie'],
      ],
    );
  },
);
