// What ends when an account is closed or demoted, in every studio of the project and at once.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { openProject, type Project } from '../../project/project.ts';
import { testProjects } from '../../project/testing.ts';
import { createClient } from '../contract/client.ts';
import { serveStudio } from './serve.ts';
import { account, enter, openTestStudio, refused, type TestPerson, type TestStudio } from './testing.ts';

/** A second server on the same project, with a connection of its own, as on another machine. */
async function serveAgain(t: TestContext, project: Project): Promise<string> {
  const second = await openProject(project.dir);
  const running = await serveStudio({
    project: second,
    flags: [],
    host: '127.0.0.1',
    port: 0,
    webDir: join(project.dir, 'no-web-app'),
    env: {},
    log: () => {},
  });
  t.after(async () => {
    await running.close();
    await second.close();
  });
  return running.url;
}

/** An admin with a session, an admin's token and an invitation, all known to both servers. */
async function openAdmin(t: TestContext, patch: object) {
  const studio = await openTestStudio(t, { patch });
  const other = await serveAgain(t, studio.project);
  const admin = await studio.invite('admin', 'Ada');
  const { secret, token } = await admin.call('createToken', { body: { name: 'nightly', role: 'admin' } });
  const invited = await admin.call('createInvite', { body: { role: 'admin' } });
  const reads = {
    session: async () => (await fetch(`${other}/api/people`, { headers: { cookie: admin.cookie } })).status,
    token: async () => (await fetch(`${other}/api/people`, { headers: { authorization: `Bearer ${secret}` } })).status,
    invite: async () => (await fetch(`${other}/api/invitations/${invited.token}`)).status,
  };
  assert.deepEqual([await reads.session(), await reads.token(), await reads.invite()], [200, 200, 200]);
  return { studio, admin, secret, token, invited, reads };
}

const change = ({ owner }: TestStudio, { id }: TestPerson, body: { role?: 'admin' | 'rater'; disabled?: boolean }) =>
  owner.call('updatePerson', { params: { id }, body });

testProjects('a closed account ends with its sessions, tokens and invitations, on every server', async (t, patch) => {
  const { studio, admin, reads } = await openAdmin(t, patch);
  await change(studio, admin, { disabled: true });
  assert.deepEqual([await reads.session(), await reads.token(), await reads.invite()], [401, 401, 404]);
  const { entries } = await studio.owner.call('listAudit', { query: {} });
  assert.deepEqual(entries[0]?.detail, {
    disabled: true,
    ended: { sessions: 1, tokens: 1, invites: 1, resets: 0 },
  });
  // Nothing of it comes back with the account.
  await change(studio, admin, { disabled: false });
  assert.deepEqual([await reads.session(), await reads.token(), await reads.invite()], [401, 401, 404]);
  const { email, password } = account('Ada');
  await enter(studio.url, '/api/sign-in', { email, password });
});

testProjects('a demoted admin loses what admins make, and one who is promoted goes on', async (t, patch) => {
  const { studio, admin, reads } = await openAdmin(t, patch);
  await change(studio, admin, { role: 'rater' });
  assert.deepEqual([await reads.session(), await reads.token(), await reads.invite()], [401, 401, 404]);
  const rater = await studio.invite('rater', 'Rob');
  await change(studio, rater, { role: 'admin' });
  assert.equal((await rater.call('listPeople')).people.length, 3);
});

testProjects('a token of a closed maker opens nothing even where its row is left', async (t, patch) => {
  const { studio, admin, reads } = await openAdmin(t, patch);
  // As where another process stores it in the very moment of closing.
  await studio.project.db.updateTable('users').set({ disabled: 1 }).where('id', '=', admin.id).execute();
  assert.deepEqual([await reads.session(), await reads.token(), await reads.invite()], [401, 401, 404]);
  const { tokens } = await studio.owner.call('listTokens');
  assert.deepEqual(
    tokens.map(({ name, works }) => [name, works]),
    [['nightly', false]],
  );
});

testProjects('a token cannot raise its maker nor leave anything behind', async (t, patch) => {
  const { studio, admin, secret, token } = await openAdmin(t, patch);
  const machine = createClient({ base: studio.url, token: secret });
  const own = { id: admin.id };
  await refused(machine('updatePerson', { params: own, body: { disabled: false } }), 403);
  await refused(machine('updatePerson', { params: own, body: { role: 'admin' } }), 403);
  await refused(machine('createToken', { body: { name: 'more', role: 'admin' } }), 403);
  await refused(machine('createInvite', { body: { role: 'admin' } }), 403);
  const rater = await studio.invite('rater', 'Rob');
  await refused(machine('updatePerson', { params: { id: rater.id }, body: { role: 'admin' } }), 403);
  // What it may make ends with it.
  const { token: link } = await machine('createInvite', { body: { role: 'viewer' } });
  await studio.owner.call('revokeToken', { params: { id: token.id } });
  await refused(studio.owner.call('getInvite', { params: { token: link } }), 404);
});
