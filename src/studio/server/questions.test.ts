import assert from 'node:assert/strict';
import { listCompared, listRatedImages } from '../../method/reward/labels.ts';
import { testProjects } from '../../project/testing.ts';
import { enter, openTestStudio, refused } from './testing.ts';

const QUIET = { goldRate: 0, repeatRate: 0, ratersPerImage: 2 };

testProjects('steps of scales are stored beside the answer that they are, and teach as shares', async (t, patch) => {
  const { owner, invite, project } = await openTestStudio(t, { patch: { ...patch, studio: QUIET }, images: 6 });
  const [ann, bob] = [await invite('rater', 'Ann'), await invite('rater', 'Bob')];
  await owner.call('patchSettings', { body: { changes: { 'studio.scale': 'all' } } });
  assert.deepEqual((await ann.call('getSession')).asks, { scale: 'all', bestOfSheet: false });
  const answers = ['bad', 'bad', 'skip', 'good', 'good'] as const;
  const stepOf = new Map<string, number>();
  for (const [person, by] of [[ann, 0] as const, [bob, 1] as const]) {
    const { items } = await person.call('nextItems', { body: { count: 6 } });
    const given = items.map(({ leaseId, imageId }, i) => {
      // Bob is a step above Ann, where there is one.
      const step = by === 0 ? 1 + (i % 5) : Math.min(5, stepOf.get(imageId)! + 1);
      if (by === 0) stepOf.set(imageId, step);
      const scales = { alignment: step, fidelity: 3, artefacts: 5 };
      return { clientId: `client-${by}-${i}`, leaseId, answer: answers[step - 1]!, milliseconds: 900, scales };
    });
    const { results } = await person.call('submitAnswers', { body: { answers: given } });
    assert.deepEqual(new Set(results.map(({ status }) => status)), new Set(['stored']));
    const again = await person.call('submitAnswers', {
      body: { answers: given.map((each, i) => ({ ...each, clientId: `again--${by}-${i}` })) },
    });
    assert.deepEqual(new Set(again.results.map(({ status }) => status)), new Set(['duplicate']));
  }
  const [image] = stepOf.keys();
  const { ratings } = await owner.call('getImage', { params: { id: image! } });
  assert.deepEqual(ratings[0]?.scales, { alignment: 1, fidelity: 3, artefacts: 5 });

  const rated = await listRatedImages(project.db, { split: 'seen' }, 'scale');
  const expected = [...stepOf].map(([id, step]) => [id, (step - 1 + Math.min(4, step)) / 8]);
  assert.deepEqual(
    Object.fromEntries(rated.map(({ imageId, target }) => [imageId, target])),
    Object.fromEntries(expected),
  );
  const pairs = await listCompared(project.db, 'all', rated, new Set(), {}, 'scale');
  const steps = new Map(rated.map(({ hash, target, promptId }) => [hash, { target, promptId }]));
  assert.ok(pairs.length > 0);
  for (const { first, second } of pairs) {
    assert.equal(steps.get(first)!.promptId, steps.get(second)!.promptId);
    assert.ok(steps.get(first)!.target >= steps.get(second)!.target + 0.25);
  }
});

testProjects(
  'the best of a sheet makes pairs, is asked once of each rater, and can be taken back',
  async (t, patch) => {
    const { owner, invite, project } = await openTestStudio(t, { patch: { ...patch, studio: QUIET }, images: 9 });
    const [ann, bob, cleo] = [
      await invite('rater', 'Ann'),
      await invite('rater', 'Bob'),
      await invite('rater', 'Cleo'),
    ];
    assert.deepEqual((await ann.call('nextSheets', { body: {} })).sheets, [], 'it is not asked here');
    await owner.call('patchSettings', { body: { changes: { 'studio.bestOfSheet': true } } });

    const { sheets, left } = await ann.call('nextSheets', { body: { count: 2 } });
    assert.deepEqual([sheets.map(({ images }) => images.length), left], [[3, 3], 3]);
    const held = sheets.map(({ promptId }) => promptId);
    const rest = await ann.call('nextSheets', { body: { count: 5, held } });
    assert.equal(rest.sheets.length, 1);
    const [sheet] = sheets;
    const images = sheet!.images.map(({ imageId }) => imageId).sort();
    const choose = (who: typeof ann, clientId: string, best: string | null, age?: number) =>
      who.call('chooseBest', {
        body: { clientId, images, best, milliseconds: 1500, ...(age !== undefined && { age }) },
      });
    assert.equal((await choose(ann, 'choice-ann-1', images[0]!)).status, 'stored');
    assert.equal((await choose(ann, 'choice-ann-1', images[0]!)).status, 'duplicate');
    assert.equal((await choose(ann, 'choice-ann-2', images[1]!, 60_000)).status, 'older');
    assert.equal((await choose(ann, 'choice-ann-3', images[1]!)).status, 'changed');
    await refused(choose(ann, 'choice-ann-4', rest.sheets[0]!.images[0]!.imageId), 400);
    await refused(choose(bob, 'choice-ann-3', images[0]!), 400);
    await ann.call('undoChoice', { body: { clientId: 'choice-ann-3' } });
    await refused(ann.call('undoChoice', { body: { clientId: 'choice-ann-3' } }), 404);
    assert.equal((await ann.call('nextSheets', { body: {} })).left, 3, 'it is asked again');

    await choose(ann, 'choice-ann-5', images[1]!);
    await choose(bob, 'choice-bob-1', images[0]!);
    await choose(cleo, 'choice-cleo-1', null);
    const share = await listCompared(project.db, 'came', [], new Set());
    assert.deepEqual(
      share.map((pair) => pair.share).sort(),
      [0.5, 1, 1],
      'two raters differ over two, both prefer them to the third',
    );
    const dan = await invite('rater', 'Dan');
    assert.equal((await dan.call('nextSheets', { body: {} })).left, 2, 'two raters chose, as many as are wanted');
    const rows = await project.db.selectFrom('sheetImages').selectAll().execute();
    assert.equal(rows.length, 9);
  },
);

testProjects('quotas and the tasks of a crowd count choices of the best of a sheet', async (t, patch) => {
  const { owner, invite, url } = await openTestStudio(t, { patch: { ...patch, studio: QUIET }, images: 12 });
  await owner.call('patchSettings', { body: { changes: { 'studio.bestOfSheet': true, 'studio.quota': 3 } } });
  const ann = await invite('rater', 'Ann');
  const choose = async (who: typeof ann, count: number) => {
    const { sheets } = await who.call('nextSheets', { body: { count } });
    for (const { images } of sheets) {
      const ids = images.map(({ imageId }) => imageId);
      const body = {
        clientId: `choice-${who.id}-${ids[0]}`.slice(0, 64),
        images: ids,
        best: ids[0]!,
        milliseconds: 1500,
      };
      await who.call('chooseBest', { body });
    }
    return sheets.length;
  };
  assert.equal(await choose(ann, 2), 2);
  const { items, quotaReached } = await ann.call('nextItems', { body: { count: 5 } });
  assert.deepEqual([items.length, quotaReached], [1, false], 'one answer is left of three');
  const answers = items.map(({ leaseId }) => ({
    ...{ clientId: `client-${leaseId}`.slice(0, 40), leaseId },
    ...{ answer: 'good' as const, milliseconds: 900 },
  }));
  await ann.call('submitAnswers', { body: { answers } });
  const after = await ann.call('nextSheets', { body: { count: 2 } });
  assert.deepEqual([after.sheets, after.left, after.quotaReached], [[], 0, true]);

  const study = { platform: 'other', name: 'Dogs', consent: 'Yes.', code: 'C0DE1', answersEach: 2, participants: 1 };
  const { path } = await owner.call('createCrowdLink', { body: { ...study, platform: 'other' as const } });
  const token = /crowd\/([\w-]+)/.exec(path)![1]!;
  const bob = await enter(url, `/api/crowd/${token}/enter`, { participant: 'p-1', submission: 's-1', consent: true });
  assert.equal(await choose(bob, 5), 2, 'no more than was agreed');
  const { crowd } = await bob.call('nextSheets', { body: {} });
  assert.deepEqual([crowd?.answered, crowd?.code], [2, 'C0DE1']);
  const csv = await (await owner.request('/api/crowds/export')).text();
  assert.deepEqual(csv.split('\r\n')[1]!.split(',').slice(5, 7), ['2', '0.0008']);
});
