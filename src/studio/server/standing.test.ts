import assert from 'node:assert/strict';
import { testProjects } from '../../project/testing.ts';
import { openTestStudio, refused } from './testing.ts';

testProjects(
  'whoever is too fast is warned or paused, told so, and given nothing until an admin says',
  async (t, patch) => {
    const { owner, invite } = await openTestStudio(t, { patch, images: 40 });
    const rules = { 'studio.rules.after': 5, 'studio.rules.seconds': 1, 'studio.rules.secondsThen': 'warn' };
    await owner.call('patchSettings', { body: { changes: { 'studio.repeatRate': 0, ...rules } } });
    const rita = await invite('rater', 'Rita');
    const next = (count: number) => rita.call('nextItems', { body: { count } });
    const answer = async (count: number) => {
      const { items } = await next(count);
      const answers = items.map(({ leaseId }) => ({
        ...{ clientId: `client-${leaseId}`.slice(0, 40), leaseId },
        ...{ answer: 'good' as const, milliseconds: 100 },
      }));
      await rita.call('submitAnswers', { body: { answers } });
    };
    await answer(5);
    const warned = await next(1);
    assert.equal(warned.items.length, 1, 'a warned rater goes on');
    assert.deepEqual(
      warned.notices.map(({ rule, action, detail }) => [rule, action, detail]),
      [['seconds', 'warn', '']],
      'how it is reckoned is not told',
    );
    await rita.call('readNotice', { params: { id: warned.notices[0]!.id } });
    assert.deepEqual((await next(1)).notices, []);

    await owner.call('patchSettings', { body: { changes: { 'studio.rules.secondsThen': 'pause' } } });
    await answer(6);
    const [seen] = (await owner.call('getQuality')).raters.filter(({ id }) => id === rita.id);
    assert.equal(seen!.notices[0]!.action, 'pause', 'by the answers alone, before anything more is fetched');
    const paused = await next(5);
    assert.deepEqual([paused.paused, paused.items], [true, []]);
    const [row] = (await owner.call('getQuality')).raters.filter(({ id }) => id === rita.id);
    assert.match(row!.notices[0]!.detail, /median of 0.1 s over 6 answers; at least 1 s wanted/);
    await refused(rita.call('closeNotice', { params: { id: row!.notices[0]!.id } }), 403);
    await refused(rita.call('readNotice', { params: { id: row!.notices[0]!.id } }), 404);
    await owner.call('closeNotice', { params: { id: row!.notices[0]!.id } });
    assert.equal((await next(2)).items.length, 2, 'judged by what comes from now on');

    await owner.call('pauseRater', { params: { id: rita.id }, body: { note: 'Call me first' } });
    const told = await next(2);
    assert.deepEqual([told.items, told.notices.map(({ detail }) => detail)], [[], ['Call me first']]);
  },
);
