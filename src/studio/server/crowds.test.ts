import assert from 'node:assert/strict';
import { testProjects } from '../../project/testing.ts';
import { enter, openTestStudio, refused, type TestPerson } from './testing.ts';

const STUDY = {
  platform: 'prolific',
  ...{ name: 'Dogs', consent: 'I am **18** or older.', code: 'C0DE1' },
  ...{ answersEach: 3, participants: 2 },
} as const;

testProjects('people of a crowd agree, answer as many as was said, and leave with a code', async (t, patch) => {
  const { owner, project, url } = await openTestStudio(t, { patch, images: 20 });
  await owner.call('patchSettings', { body: { changes: { 'studio.repeatRate': 0, 'studio.goldRate': 0 } } });
  const { id, path } = await owner.call('createCrowdLink', { body: STUDY });
  assert.match(path, /^\/crowd\/[\w-]{32}\?PROLIFIC_PID=\{\{%PROLIFIC_PID%\}\}&STUDY_ID=.*SESSION_ID=/);
  const token = /crowd\/([\w-]+)/.exec(path)![1]!;
  const come = (participant: string): Promise<TestPerson> =>
    enter(url, `/api/crowd/${token}/enter`, { participant, submission: 's-1', consent: true });

  const stranger = await fetch(`${url}/api/crowd/${token}`).then((response) => response.json());
  assert.deepEqual(stranger, { project: 'project', platform: 'prolific', consent: STUDY.consent, answersEach: 3 });
  const ann = await come('5f00000000000000000000aa');
  await refused(ann.call('listCrowdLinks'), 403);
  const answer = async (who: TestPerson, count: number) => {
    const { items } = await who.call('nextItems', { body: { count } });
    const answers = items.map(({ leaseId }) => ({
      ...{ clientId: `client-${leaseId}`.slice(0, 40), leaseId },
      ...{ answer: 'good' as const, milliseconds: 3_600_000 / 2 },
    }));
    if (answers.length > 0) await who.call('submitAnswers', { body: { answers } });
    return answers.length;
  };
  assert.equal(await answer(ann, 2), 2);
  const again = await come('5f00000000000000000000aa');
  assert.equal(again.id, ann.id, 'the same identifier is the same rater');
  assert.equal(await answer(again, 10), 1, 'no more than was agreed');
  const { items, crowd } = await again.call('nextItems', { body: { count: 10 } });
  assert.deepEqual(items, []);
  assert.deepEqual(crowd, {
    ...{ answered: 3, wanted: 3, code: 'C0DE1' },
    returnUrl: 'https://app.prolific.com/submissions/complete?cc=C0DE1',
  });

  const bob = await come('=HYPERLINK("x")');
  await assert.rejects(come('a third one'), /enough people take part/);
  await owner.call('closeCrowdLink', { params: { id } });
  assert.equal((await come('=HYPERLINK("x")')).id, bob.id, 'who is at work finishes');
  const { links } = await owner.call('listCrowdLinks');
  assert.deepEqual(
    links.map(({ came, finished, open }) => [came, finished, open]),
    [[2, 1, false]],
  );
  const csv = await (await owner.request('/api/crowds/export')).text();
  const [, first, second] = csv.split('\r\n').map((line) => line.split(','));
  assert.deepEqual(first!.slice(0, 7), [
    ...['prolific', 'Dogs', '5f00000000000000000000aa', 's-1', ann.id, '3', '1.5000'],
  ]);
  assert.ok(!/^=/.test(second![2]!.replace(/^"/, '')), 'no cell runs as a formula');
  await project.db.selectFrom('crowdParticipants').selectAll().executeTakeFirstOrThrow();
});
