// People from the command line, beside a studio that runs.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPseudonyms } from '../project/people/pseudonyms.ts';
import type { Project } from '../project/project.ts';
import { listTables, testProjects } from '../project/testing.ts';
import { account, enter, openTestStudio, refused, type TestPerson } from '../studio/server/testing.ts';
import { runCommand } from './testing.ts';

const run = ({ dir }: Project, args: string[], input = '') => runCommand(['-C', dir, 'people', ...args], { input });

async function runJson<T>(project: Project, ...args: string[]): Promise<T> {
  const { status, stdout, stderr } = await run(project, [...args, '--json']);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as T;
}

testProjects('an owner who forgot their password gets in by a link of the host', async (t, patch) => {
  const { project, url, owner } = await openTestStudio(t, { patch });
  const { link } = await runJson<{ link: string }>(project, 'reset', 'Olga');
  assert.ok(link.startsWith(`${url}/reset/`), link);
  const back = await enter(url, `/api/resets/${link.split('/').at(-1)}`, { password: 'remembered 1' });
  assert.equal((await back.call('getSession')).user?.role, 'owner');
  await refused(owner.call('listPeople'), 401);
  const set = await run(project, ['reset', 'olga@example.org', '--password-stdin'], 'remembered 2\n');
  assert.deepEqual([set.status, set.stderr], [0, '']);
  await refused(back.call('listPeople'), 401);
  await enter(url, '/api/sign-in', { email: 'olga@example.org', password: 'remembered 2' });
  assert.match((await run(project, ['reset', 'olga@example.org', '--password-stdin'], 'short\n')).stderr, /8 to 128/);
  assert.match((await run(project, ['reset', 'nobody'])).stderr, /nobody is called nobody/);
});

/** Rates, flags and takes part in whatever leaves a trace. */
async function leaveTraces(person: TestPerson): Promise<void> {
  const { items } = await person.call('nextItems', { body: { count: 4 } });
  const answers = items.slice(0, 3).map(({ leaseId }, i) => ({
    clientId: `client-${person.id}-${i}`,
    leaseId,
    answer: 'good' as const,
    milliseconds: 900,
  }));
  await person.call('submitAnswers', { body: { answers } });
  const note = 'seen by RitaLevi';
  await person.call('flagImage', { body: { imageId: items[3]!.imageId, kind: 'broken', note } });
}

/** Every row of the database as text. */
async function readAll({ db }: Project): Promise<string> {
  const tables = await listTables(db);
  const rows = await Promise.all(
    tables.map((name) =>
      db
        .selectFrom(name as 'images')
        .selectAll()
        .execute(),
    ),
  );
  return JSON.stringify(rows);
}

testProjects('a person is erased everywhere, and their answers stay under a pseudonym', async (t, patch) => {
  const studio = await openTestStudio(t, { patch });
  const { project, owner } = studio;
  const rita = await studio.invite('rater', 'RitaLevi');
  await leaveTraces(rita);
  await owner.call('updatePerson', { params: { id: rita.id }, body: { role: 'admin' } });
  await rita.call('createToken', { body: { name: 'laptop of Rita', role: 'rater' } });
  await refused(owner.call('signIn', { body: { email: account('RitaLevi').email, password: 'guess' } }), 401);
  writeFileSync(join(project.dir, 'report.html'), '<th>RitaLevi</th>');
  const pseudonym = (await readPseudonyms(project.db)).get(rita.id)!.name;

  const before = await readAll(project);
  const plan = await runJson<Record<string, unknown>>(project, 'erase', 'RitaLevi', '--dry-run');
  assert.equal(await readAll(project), before);
  const done = await runJson<Record<string, unknown>>(project, 'erase', 'RitaLevi');
  assert.deepEqual({ ...done, compacted: null }, { ...plan, compacted: null });
  assert.deepEqual(done.answers, { ratings: 3, history: 3, pairAnswers: 0, sheetChoices: 0, flags: 1 });
  assert.deepEqual(done.ended, { sessions: 1, tokens: 1, invites: 0, resets: 0 });
  assert.deepEqual([done.pseudonym, done.mentions, done.files], [pseudonym, 1, ['report.html']]);

  await project.db.updateTable('flags').set({ note: '' }).execute();
  const left = await readAll(project);
  assert.doesNotMatch(left, /Rita|rita|laptop/);
  assert.equal((await readPseudonyms(project.db)).get(rita.id)!.name, pseudonym);
  assert.equal((await project.db.selectFrom('ratings').selectAll().execute()).length, 3);
  await refused(rita.call('getRatingProgress'), 401);
  const { entries } = await owner.call('listAudit', { query: {} });
  assert.deepEqual([entries[0]?.action, entries[0]?.target], ['person.erase', rita.id]);
  assert.equal((await run(project, ['erase', 'Olga'])).status, 0, 'nobody else has an account');
});

testProjects(
  'answers of an erased person are deleted where that is asked, and their images come back',
  async (t, patch) => {
    const studio = await openTestStudio(t, { patch: { ...patch, studio: { ratersPerImage: 1 } } });
    const { project } = studio;
    const rita = await studio.invite('rater', 'RitaLevi');
    const left = () => project.db.selectFrom('queueItems').select('imageId').where('open', '=', 1).execute();
    const open = (await left()).length;
    await leaveTraces(rita);
    await rita.call('nextItems', { body: { count: 2 } });
    assert.ok((await left()).length < open);
    const { status, stdout } = await run(project, ['erase', rita.id, '--answers', 'delete']);
    assert.equal(status, 0);
    assert.match(
      stdout,
      /deleted: 3 ratings, 3 answers of the queue's history, 0 answers about pairs, 0 choices of the best of a sheet, 1 flag/,
    );
    assert.doesNotMatch(await readAll(project), /Rita|rita@/);
    assert.equal((await project.db.selectFrom('ratings').selectAll().execute()).length, 0);
    assert.equal((await left()).length, open);
    const held = await project.db.selectFrom('queueItems').select('leases').where('leases', '>', 0).execute();
    assert.deepEqual(held, []);
  },
);

testProjects('an owner goes once another is the owner, and people are listed', async (t, patch) => {
  const { project, owner, invite } = await openTestStudio(t, { patch });
  const ada = await invite('admin', 'Ada');
  assert.match((await run(project, ['erase', 'Olga'])).stderr, /the owner cannot be erased/);
  assert.equal((await run(project, ['owner', 'Ada'])).status, 0);
  const { people } = await runJson<{ people: { name: string; role: string; tokens: number }[] }>(project, 'list');
  assert.deepEqual(
    people.map(({ name, role }) => [name, role]),
    [
      ['Olga', 'admin'],
      ['Ada', 'owner'],
    ],
  );
  assert.equal((await run(project, ['erase', 'Olga'])).status, 0);
  await refused(owner.call('listPeople'), 401);
  assert.equal((await ada.call('listPeople')).people.length, 1);
  if (patch.database === 'embedded')
    assert.ok(!readFileSync(join(project.dir, 'collimate.db'), 'latin1').includes('olga@example.org'));
});
