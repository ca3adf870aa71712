import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Answer } from '../../project/database/schema.ts';
import { listImages } from '../../project/images/images.ts';
import { type Prompt, promptId } from '../../project/images/prompts.ts';
import { parsePrompt } from '../../project/prompts/prompt-text.ts';
import { insertPreferences } from '../../project/rating/preferences.ts';
import { putRater, setRaterExcluded } from '../../project/rating/raters.ts';
import { insertRatings } from '../../project/rating/ratings.ts';
import type { WhoseAnswers } from '../../project/rating/select-answers.ts';
import { createStudy, listStudyPairs } from '../../project/studies/studies.ts';
import { listVotedPairs } from '../../project/studies/voted-pairs.ts';
import { fillStore, openTestDatabase } from '../../project/testing.ts';
import { chooseValidation, hashTargets, listCompared, listRatedImages } from './labels.ts';

function promptOf(text: string, category = 'combination'): Prompt {
  return { id: promptId(text), text, category, slots: { ...parsePrompt(text) }, split: 'seen' };
}

test('pairs teach as they came, with ties, and good against bad where all are asked for; those of prompts that validate do not', async (t) => {
  const db = await openTestDatabase(t);
  const ids = await fillStore(db, 4);
  const pair = (id: string, first: number, second: number, share: number) => {
    return { id, firstImage: ids[first]!, secondImage: ids[second]!, share, details: {} };
  };
  await insertPreferences(db, [pair('1', 0, 1, 0), pair('2', 2, 3, 0.5)]);
  const answers: Answer[] = ['good', 'bad', 'bad', 'skip'];
  const common = { raterId: 'ann', ratedAt: '2026-01-01T00:00:00.000Z', milliseconds: 1, guidelineVersion: 1 };
  await insertRatings(
    db,
    answers.map((answer, i) => ({ imageId: ids[i]!, answer, ...common })),
  );
  const labelled = await listRatedImages(db, { split: 'seen' }, 'majority');
  const idOf = new Map((await listImages(db)).map(({ id, hash }) => [hash, ids.indexOf(id)]));
  const list = async (which: 'none' | 'came' | 'all', validation: readonly string[] = []) =>
    (await listCompared(db, which, labelled, new Set(validation))).map(({ first, second, share }) => [
      idOf.get(first),
      idOf.get(second),
      share,
    ]);
  assert.deepEqual(await list('none'), []);
  const came = [
    [0, 1, 0],
    [2, 3, 0.5],
  ];
  assert.deepEqual(await list('came'), came);
  const all = await list('all');
  assert.deepEqual(all.slice(0, 2), came);
  assert.deepEqual(all.slice(2).toSorted(), [
    [0, 1, 1],
    [0, 2, 1],
  ]);
  assert.deepEqual(await list('all', [labelled[0]!.promptId]), []);
});

test('votes of pair studies teach as pairs, by the raters who count, and skips say nothing', async (t) => {
  const db = await openTestDatabase(t);
  const ids = await fillStore(db, 3);
  const [image] = await listImages(db);
  for (const id of ['bob', 'cem', 'dan']) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  const pair = (a: number, b: number) => {
    const common = { promptId: image!.promptId, contestantA: 'x', contestantB: 'y' };
    return { ...common, imageA: ids[a]!, imageB: ids[b]! };
  };
  const contestants = ['x', 'y'].map((name) => ({ name, kind: 'tuned' as const, modelHash: image!.modelHash }));
  const study = await createStudy(db, { name: 's', contestants, config: {}, pairs: [pair(0, 1), pair(2, 1)] });
  const [first, second] = await listStudyPairs(db, study.id);
  const choices = { ann: 'left', bob: 'tie', cem: 'skip', dan: 'right' } as const;
  for (const [raterId, answer] of Object.entries(choices)) {
    const shown = {
      studyId: study.id,
      pairId: first!.id,
      raterId,
      leftIs: 'a' as const,
      position: 1,
      expiresAt: 'then',
    };
    await db
      .insertInto('studyPresentations')
      .values({ ...shown, shownAt: 'now' })
      .execute();
    const given = { studyId: study.id, pairId: first!.id, raterId, answer, milliseconds: 1, answeredAt: 'now' };
    const said = { words: '[]', note: '' };
    await db
      .insertInto('studyAnswers')
      .values([
        { ...given, ...said, question: 'alignment', clientId: `${raterId} a` },
        { ...given, ...said, question: 'fidelity', answer: 'right', clientId: `${raterId} f` },
      ])
      .execute();
  }
  assert.equal(second!.place, 1);
  const list = async (whose: WhoseAnswers = {}) =>
    (await listVotedPairs(db, whose)).map(({ firstImage, secondImage, share }) => [
      ids.indexOf(firstImage),
      ids.indexOf(secondImage),
      share,
    ]);
  assert.deepEqual(await list(), [[0, 1, 0.5]]);
  assert.deepEqual(await list({ withoutRaters: ['dan'] }), [[0, 1, 0.75]]);
  assert.deepEqual(await list({ raters: ['cem'] }), []);
  await setRaterExcluded(db, 'ann', true);
  assert.deepEqual(await list(), [[0, 1, 0.25]]);
  const compared = await listCompared(db, 'came', [], new Set());
  assert.deepEqual(
    compared.map(({ share }) => share),
    [0.25],
  );
  assert.deepEqual(await listCompared(db, 'came', [], new Set([image!.promptId])), []);
});

test('the majority is the label; ties and skips are none', async (t) => {
  const db = await openTestDatabase(t);
  const images = await fillStore(db, 4);
  for (const id of ['bob', 'cem']) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  const answers: Answer[][] = [
    ['good', 'good', 'bad'],
    ['bad', 'skip', 'skip'],
    ['good', 'bad', 'skip'],
    ['skip', 'skip', 'skip'],
  ];
  const common = { ratedAt: '2026-01-01T00:00:00.000Z', milliseconds: 1, guidelineVersion: 1 };
  await insertRatings(
    db,
    answers.flatMap((list, i) =>
      list.map((answer, r) => ({ imageId: images[i]!, raterId: ['ann', 'bob', 'cem'][r]!, answer, ...common })),
    ),
  );
  const rated = await listRatedImages(db, { split: 'seen' }, 'majority');
  const labels = new Map(rated.map(({ imageId, majority }) => [imageId, majority]));
  assert.deepEqual(
    images.map((id) => labels.get(id)),
    [1, 0, undefined, undefined],
  );
  assert.equal(rated[0]!.prompt.category, 'combination');
  assert.deepEqual(await listRatedImages(db, { split: 'unseen' }, 'majority'), []);
});

test('dawid-skene gives probabilities, listens less to a rater who errs, and leaves out excluded ones', async (t) => {
  const db = await openTestDatabase(t);
  const images = await fillStore(db, 40);
  for (const id of ['bob', 'cem', 'dan']) await putRater(db, { id, name: id, kind: 'human', settings: {} });
  const common = { ratedAt: '2026-01-01T00:00:00.000Z', milliseconds: 1, guidelineVersion: 1 };
  // Ann and Bob agree on every image; Cem answers by turns, and in the last image is the only one who says good.
  const answers = images.flatMap((imageId, i) => {
    const truth: Answer = i % 3 === 0 && i < 39 ? 'good' : 'bad';
    const turn: Answer = i % 2 === 1 ? 'good' : 'bad';
    return Object.entries({ ann: truth, bob: truth, cem: turn }).map(([raterId, answer]) => ({
      ...common,
      imageId,
      raterId,
      answer,
    }));
  });
  await insertRatings(db, answers.slice(0, -2));
  const rated = await listRatedImages(db, { split: 'seen' }, 'dawid-skene');
  assert.equal(rated.length, 40);
  for (const { target, majority, imageId } of rated) {
    assert.ok(target > 0 && target < 1);
    assert.equal(majority, images.indexOf(imageId) % 3 === 0 && images.indexOf(imageId) < 39 ? 1 : 0);
  }
  const byMajority = hashTargets(rated, 'majority');
  assert.notEqual(hashTargets(rated, 'dawid-skene'), byMajority);
  await setRaterExcluded(db, 'cem', true);
  const without = await listRatedImages(db, { split: 'seen' }, 'dawid-skene');
  assert.notDeepEqual(without[0]!.target, rated[0]!.target);
  assert.equal(without[0]!.good + without[0]!.bad, 2);
});

test('validation takes the same share of the prompts of each category, whole', () => {
  const animals = ['dogs', 'cats', 'birds', 'fish', 'rabbits', 'turtles'];
  const counts = animals.flatMap((name) => ['two', 'three'].map((n) => promptOf(`${n} ${name}`, 'count')));
  const others = animals.slice(0, 4).map((name) => promptOf(`two red ${name} in a city`));
  const prompts = [...counts, ...counts, ...others];
  const chosen = chooseValidation(prompts, 0.25, 1);
  assert.equal(counts.filter(({ id }) => chosen.has(id)).length, 3);
  assert.equal(others.filter(({ id }) => chosen.has(id)).length, 1);
  assert.deepEqual(chooseValidation(prompts.toReversed(), 0.25, 1), chosen);
  assert.equal(chooseValidation(prompts, 0, 1).size, 0);
});
