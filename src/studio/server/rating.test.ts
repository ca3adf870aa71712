import assert from 'node:assert/strict';
import { listRatings } from '../../project/rating/ratings.ts';
import { testProjects } from '../../project/testing.ts';
import { openTestStudio, refused, type TestPerson } from './testing.ts';

const ONE = { 'studio.ratersPerImage': 1, 'studio.goldRate': 0, 'studio.repeatRate': 0 };

const answerOf = (leaseId: string, clientId: string, answer: 'good' | 'bad' | 'skip' = 'good') => ({
  leaseId,
  clientId,
  answer,
  milliseconds: 700,
});

async function submit(who: TestPerson, ...answers: ReturnType<typeof answerOf>[]) {
  return (await who.call('submitAnswers', { body: { answers } })).results.map(({ status }) => status);
}

testProjects(
  'answers are stored once however often they are sent, and stamped with the guidelines',
  async (t, patch) => {
    const { owner, invite, project } = await openTestStudio(t, { patch });
    await owner.call('patchSettings', { body: { changes: ONE } });
    const rater = await invite('rater');
    // What will be read is told before there are any, and is what they are then.
    await project.db.deleteFrom('guidelines').execute();
    const { guideline: none, preset } = await owner.call('getGuidelines');
    assert.equal(none, null);
    const { items, guidelineVersion } = await rater.call('nextItems', { body: { count: 3 } });
    assert.equal(items.length, 3);
    assert.equal((await owner.call('getGuidelines')).guideline?.text, preset);
    assert.deepEqual(Object.keys(items[0]!).sort(), [
      ...['expiresAt', 'hash', 'imageId', 'leaseId', 'prompt', 'promptId', 'words'],
    ]);
    const first = answerOf(items[0]!.leaseId, 'client-aaa1');
    assert.deepEqual(await submit(rater, first, answerOf(items[1]!.leaseId, 'client-aaa2', 'bad')), [
      'stored',
      'stored',
    ]);
    assert.deepEqual(await submit(rater, first), ['duplicate']);
    assert.deepEqual(await submit(rater, answerOf(items[0]!.leaseId, 'client-aaa3')), ['duplicate']);
    assert.deepEqual(await submit(rater, answerOf(items[1]!.leaseId, 'client-aaa5', 'good')), ['changed']);
    const stored = await project.db.selectFrom('ratings').selectAll().execute();
    assert.deepEqual(
      stored.map((row) => [row.raterId, row.guidelineVersion]),
      [
        [rater.id, guidelineVersion],
        [rater.id, guidelineVersion],
      ],
    );
    await owner.call('putGuidelines', { body: { text: '# New rules' } });
    const late = answerOf(items[2]!.leaseId, 'client-aaa4', 'skip');
    const said = await rater.call('submitAnswers', { body: { answers: [{ ...late, guidelineVersion }] } });
    assert.equal(said.guidelineVersion, guidelineVersion + 1, 'the page learns that there are others to be read');
    const { own } = await rater.call('getRatingProgress');
    assert.deepEqual(own, { answered: 3, today: 3 });
    const skipped = await project.db.selectFrom('ratings').selectAll().where('answer', '=', 'skip').execute();
    assert.equal(skipped[0]?.guidelineVersion, guidelineVersion, 'those that the rater had read');
  },
);

testProjects('many answers at once are each stored once', async (t, patch) => {
  const { owner, invite, project } = await openTestStudio(t, { patch, images: 40 });
  await owner.call('patchSettings', { body: { changes: ONE } });
  const raters = await Promise.all(['Rita', 'Ron', 'Rob'].map((name) => invite('rater', name)));
  const given = await Promise.all(raters.map((rater) => rater.call('nextItems', { body: { count: 12 } })));
  const images = given.flatMap(({ items }) => items.map(({ imageId }) => imageId));
  assert.equal(new Set(images).size, 36, 'no image goes to two raters');
  const statuses = await Promise.all(
    given.flatMap(({ items }, r) =>
      items.flatMap(({ leaseId }, i) => {
        const answer = answerOf(leaseId, `client-${r}-${i}-x`);
        return [submit(raters[r]!, answer), submit(raters[r]!, answer)];
      }),
    ),
  );
  const counts = statuses.flat().sort();
  assert.equal(counts.filter((status) => status === 'stored').length, 36);
  assert.equal(counts.filter((status) => status === 'duplicate').length, 36);
  assert.equal((await project.db.selectFrom('ratings').selectAll().execute()).length, 36);
});

testProjects('an answer is taken back and the image comes again; others’ leases are not answered', async (t, patch) => {
  const { owner, invite, project } = await openTestStudio(t, { patch });
  await owner.call('patchSettings', { body: { changes: ONE } });
  const [rita, ron] = [await invite('rater', 'Rita'), await invite('rater', 'Ron')];
  const { items } = await rita.call('nextItems', { body: { count: 2 } });
  assert.deepEqual(await submit(ron, answerOf(items[0]!.leaseId, 'client-ron1')), ['rejected']);
  await submit(rita, answerOf(items[0]!.leaseId, 'client-rita1'));
  const undone = await rita.call('undoAnswer', { body: {} });
  assert.equal(undone.undone, 'client-rita1');
  assert.equal(undone.item?.imageId, items[0]!.imageId);
  assert.equal((await ron.call('undoAnswer', { body: { clientId: 'client-rita1' } })).undone, null);
  assert.deepEqual(await project.db.selectFrom('ratings').selectAll().execute(), []);
  await submit(rita, answerOf(undone.item!.leaseId, 'client-rita2', 'bad'));

  await rita.call('releaseItems', { body: { leases: [items[1]!.leaseId] } });
  const { items: others } = await ron.call('nextItems', { body: { count: 50 } });
  assert.ok(
    others.some(({ imageId }) => imageId === items[1]!.imageId),
    'what is given back goes to others',
  );
});

testProjects('a lease that is over goes to another rater, and its late answer is refused', async (t, patch) => {
  const { owner, invite, project } = await openTestStudio(t, { patch, images: 1 });
  await owner.call('patchSettings', { body: { changes: ONE } });
  const [rita, ron] = [await invite('rater', 'Rita'), await invite('rater', 'Ron')];
  const [late] = (await rita.call('nextItems', { body: {} })).items;
  assert.deepEqual((await ron.call('nextItems', { body: {} })).items, []);
  await project.db.updateTable('leases').set({ expiresAt: '2020-01-01T00:00:00.000Z' }).execute();
  const [item] = (await ron.call('nextItems', { body: {} })).items;
  assert.equal(item?.imageId, late!.imageId);
  await submit(ron, answerOf(item!.leaseId, 'client-ron1'));
  const { results } = await rita.call('submitAnswers', {
    body: { answers: [answerOf(late!.leaseId, 'client-rita1')] },
  });
  assert.equal(results[0]?.status, 'rejected');
  assert.equal(results[0]?.error?.code, 'EXPIRED');
});

testProjects(
  'a sheet is images of one prompt; a flag takes an image out until it is dismissed; gold looks like any other',
  async (t, patch) => {
    const { owner, invite, project } = await openTestStudio(t, { patch });
    await owner.call('patchSettings', { body: { changes: ONE } });
    const rater = await invite('rater');
    const { items } = await rater.call('nextItems', { body: { count: 4, mode: 'sheet' } });
    assert.equal(items.length, 4);
    assert.equal(new Set(items.map(({ promptId }) => promptId)).size, 1);
    const { imageId } = items[0]!;
    await rater.call('flagImage', { body: { imageId, kind: 'broken', note: 'half of it is grey' } });
    const { flags } = await owner.call('listFlags');
    assert.deepEqual(
      flags.map((flag) => [flag.imageId, flag.rater, flag.note]),
      [[imageId, 'rater', 'half of it is grey']],
    );
    assert.deepEqual(
      (await owner.call('listImages', { query: { label: 'flagged' } })).images.map(({ id }) => id),
      [imageId],
    );
    const all = async (who: TestPerson) =>
      (await who.call('nextItems', { body: { count: 50 } })).items.map((item) => item.imageId);
    assert.ok(!(await all(owner)).includes(imageId));
    await owner.call('resolveFlag', { params: { id: flags[0]!.id }, query: { resolution: 'dismissed' } });
    assert.ok((await all(owner)).includes(imageId));
    await refused(rater.call('listFlags'), 403);

    await owner.call('setGold', { params: { id: imageId }, body: { answer: 'bad' } });
    assert.deepEqual(
      (await owner.call('listGold')).gold.map((gold) => gold.answer),
      ['bad'],
    );
    assert.equal((await project.db.selectFrom('goldAnswers').selectAll().execute())[0]?.createdBy, owner.id);
  },
);

testProjects(
  'agreement and each rater’s figures follow the answers, with and without an excluded rater',
  async (t, patch) => {
    const { owner, invite, project } = await openTestStudio(t, { patch, images: 6 });
    await owner.call('patchSettings', { body: { changes: { ...ONE, 'studio.ratersPerImage': 3 } } });
    const raters = [await invite('rater', 'Rita'), await invite('rater', 'Ron'), await invite('rater', 'Eve')];
    const images = (await project.db.selectFrom('images').select('id').orderBy('id').execute()).map(({ id }) => id);
    for (const [r, rater] of raters.entries()) {
      const { items } = await rater.call('nextItems', { body: { count: 6 } });
      const answers = items.map(({ imageId, leaseId }) => {
        const good = images.indexOf(imageId) % 2 === 0;
        return answerOf(leaseId, `client-${r}-${leaseId}`, good === (r !== 2) ? 'good' : 'bad');
      });
      await submit(rater, ...answers);
    }
    const before = await owner.call('getQuality');
    const find = (name: string) => before.raters.find((rater) => rater.name === name)!;
    assert.equal(find('Eve').againstRest?.estimate, 0);
    assert.equal(find('Rita').medianSeconds, 0.7);
    assert.ok(before.agreement[0]!.alpha!.estimate < 0);
    await owner.call('setRaterExcluded', { params: { id: raters[2]!.id }, body: { excluded: true } });
    const after = await owner.call('getQuality');
    assert.equal(after.agreement[0]!.alpha!.estimate, 1);
    assert.equal(after.agreement[0]!.items, 6);
    const { plans, basis } = await owner.call('planRating', { body: { width: 0.1, raters: 3 } });
    assert.ok(plans.length > 0 && plans.every(({ width }) => width <= 0.1 + 1e-9));
    assert.match(basis, /12/);
  },
);

testProjects('beside a bad answer stand words of its prompt and a note; other words are refused', async (t, patch) => {
  const { owner, invite, project } = await openTestStudio(t, { patch });
  await owner.call('patchSettings', { body: { changes: ONE } });
  const rater = await invite('rater');
  const { items } = await rater.call('nextItems', { body: { count: 2 } });
  const [{ leaseId, words }, other] = [items[0]!, items[1]!];
  const bad = { ...answerOf(leaseId, 'client-why1', 'bad'), words: words.slice(0, 1), note: 'too dark' };
  const give = (answer: object) => rater.call('submitAnswers', { body: { answers: [answer as typeof bad] } });
  const error = await refused(give({ ...bad, answer: 'good' }), 400);
  assert.match(error.message, /go with the answer bad/);
  const { results } = await give({ ...bad, leaseId: other.leaseId, clientId: 'client-why2', words: ['zebra'] });
  assert.equal(results[0]!.error?.code, 'WORDS');
  assert.equal((await give(bad)).results[0]!.status, 'stored');
  const [rating, ...rest] = await listRatings(project.db);
  assert.deepEqual([rating!.words, rating!.note, rest], [words.slice(0, 1), 'too dark', []]);
  const more = { ...bad, clientId: 'client-why3', words };
  assert.equal((await give(more)).results[0]!.status, 'changed', 'who says more says something else');
  assert.equal((await give({ ...answerOf(leaseId, 'client-why4', 'bad') })).results[0]!.status, 'duplicate');
  assert.deepEqual((await listRatings(project.db))[0]!.words, words);
});

testProjects(
  'who is excluded is told so and given nothing; a flag that is dismissed gives the image back',
  async (t, patch) => {
    const { owner, invite } = await openTestStudio(t, { patch });
    const rater = await invite('rater');
    const exclude = (excluded: boolean) =>
      owner.call('setRaterExcluded', { params: { id: rater.id }, body: { excluded } });
    await exclude(true);
    const nothing = await rater.call('nextItems', { body: { count: 3 } });
    assert.deepEqual([nothing.excluded, nothing.items], [true, []]);
    await exclude(false);
    const { items, excluded } = await rater.call('nextItems', { body: { count: 3 } });
    assert.deepEqual([excluded, items.length], [false, 3]);
    const { imageId } = items[0]!;
    await owner.call('setGold', { params: { id: imageId }, body: { answer: 'bad', note: 'a cat' } });
    const { gold } = await owner.call('listGold');
    assert.deepEqual(
      gold.map(({ prompt, hash, note }) => [prompt, hash, note]),
      [[items[0]!.prompt, items[0]!.hash, 'a cat']],
    );
    assert.equal((await owner.call('getImage', { params: { id: imageId } })).gold?.answer, 'bad');
  },
);

testProjects('at random, each rater has the same images in an order of their own', async (t, patch) => {
  const { owner, invite } = await openTestStudio(t, { patch, images: 24 });
  await owner.call('patchSettings', {
    body: { changes: { ...ONE, 'studio.ratersPerImage': 2, 'studio.priority': 'random' } },
  });
  const orders: string[][] = [];
  for (const name of ['Rita', 'Raj']) {
    const { items } = await (await invite('rater', name)).call('nextItems', { body: { count: 12 } });
    orders.push(items.map(({ imageId }) => imageId));
  }
  assert.deepEqual(orders[0]!.toSorted(), orders[1]!.toSorted());
  assert.notDeepEqual(orders[0], orders[1]);
});

testProjects(
  'a closed batch is handed out to nobody, a quota ends, flags and answers are taken back by name',
  async (t, patch) => {
    const { owner, invite } = await openTestStudio(t, { patch, images: 9 });
    await owner.call('patchSettings', { body: { changes: { ...ONE, 'studio.ratersPerImage': 2 } } });
    const first = await owner.call('createBatch', { body: { name: 'pilot', size: 5 } });
    const second = await owner.call('createBatch', { body: { name: 'rest', size: 100, closed: true } });
    assert.deepEqual([first.images, second.images], [5, 4]);
    const rita = await invite('rater', 'Rita');
    const { items } = await rita.call('nextItems', { body: { count: 20 } });
    assert.equal(items.length, 5, 'the open batch alone');
    await submit(rita, answerOf(items[0]!.leaseId, 'client-own1'), answerOf(items[1]!.leaseId, 'client-own2', 'bad'));
    await rita.call('flagImage', { body: { imageId: items[2]!.imageId, kind: 'broken', note: 'gray' } });

    const { answers, flags } = await rita.call('getOwnAnswers');
    assert.deepEqual(
      answers.map(({ clientId, answer }) => `${clientId} ${answer}`),
      ['client-own2 bad', 'client-own1 good'],
    );
    const ron = await invite('rater', 'Ron');
    await refused(ron.call('withdrawFlag', { params: { id: flags[0]!.id } }), 404);
    await rita.call('withdrawFlag', { params: { id: flags[0]!.id } });
    assert.deepEqual((await owner.call('listFlags')).flags, []);
    const { item } = await rita.call('undoAnswer', { body: { clientId: 'client-own1' } });
    assert.equal(item?.imageId, items[0]!.imageId);

    await owner.call('patchSettings', { body: { changes: { 'studio.quota': 3 } } });
    await owner.call('setBatchClosed', { params: { id: second.id }, body: { closed: false } });
    await owner.call('setBatchClosed', { params: { id: first.id }, body: { closed: true } });
    const given = await ron.call('nextItems', { body: { count: 20 } });
    assert.deepEqual([given.items.length, given.quotaReached], [3, false]);
    await submit(ron, ...given.items.map(({ leaseId }, i) => answerOf(leaseId, `client-ron-${i}`)));
    const more = await ron.call('nextItems', { body: { count: 20 } });
    assert.deepEqual([more.items, more.quotaReached], [[], true]);
    const { batches, unbatched } = await owner.call('listBatches');
    assert.deepEqual(
      batches.map(({ name, closed, images, answers: given }) => [name, closed, images, given]),
      [
        ['pilot', true, 5, 1],
        ['rest', false, 4, 3],
      ],
    );
    assert.equal(unbatched, 0);
  },
);
