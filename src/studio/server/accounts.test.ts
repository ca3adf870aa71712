import assert from 'node:assert/strict';
import { testProjects } from '../../project/testing.ts';
import { createClient } from '../contract/client.ts';
import { account, enter, openTestStudio, refused } from './testing.ts';

testProjects('the token of the start makes one owner, once', async (t, patch) => {
  const { url, owner, running } = await openTestStudio(t, { patch });
  assert.equal(running.studio.setUp.token, null);
  const { user, setUpNeeded } = await owner.call('getSession');
  assert.equal(user?.role, 'owner');
  assert.equal(setUpNeeded, false);
  const stranger = createClient({
    base: url,
    fetch: (target, init) => fetch(target, { ...init, headers: { ...(init?.headers as object), origin: url } }),
  });
  assert.equal((await stranger('getSession')).user, null);
  await refused(stranger('setUp', { body: { token: running.setUpToken!, ...account('Eve') } }), 403);
});

testProjects('an invitation is taken as often as it says, until it ends', async (t, patch) => {
  const { url, owner, project } = await openTestStudio(t, { patch });
  const { token, invite, path } = await owner.call('createInvite', { body: { role: 'rater', uses: 2 } });
  assert.equal(path, `/join/${token}`);
  const join = (name: string) => enter(url, `/api/invitations/${token}/accept`, account(name));
  const first = await join('Rita');
  assert.equal((await first.call('getSession')).user?.role, 'rater');
  // An address that is taken uses nothing up.
  await refused(owner.call('acceptInvite', { params: { token }, body: account('Rita') }), 400);
  assert.equal((await owner.call('listInvites')).invites[0]?.usesLeft, 1);
  // Nor does a name that would break the lines of lists.
  for (const name of ['Ron\r\nRoe', 'Ron\u2028Roe', 'Ron\tRoe', '\n'])
    await refused(owner.call('acceptInvite', { params: { token }, body: { ...account('Ron'), name } }), 400);
  const second = await enter(url, `/api/invitations/${token}/accept`, { ...account('Ron'), name: ' Ron Roe\n' });
  assert.equal((await second.call('getSession')).user?.name, 'Ron Roe');
  await refused(owner.call('acceptInvite', { params: { token }, body: account('Rob') }), 410);
  assert.deepEqual((await owner.call('listInvites')).invites, []);

  const late = await owner.call('createInvite', { body: { role: 'viewer', uses: 9 } });
  await project.db
    .updateTable('invites')
    .set({ expiresAt: '2020-01-01T00:00:00.000Z' })
    .where('id', '=', late.invite.id)
    .execute();
  await refused(owner.call('getInvite', { params: { token: late.token } }), 410);
  await refused(owner.call('getInvite', { params: { token: 'x'.repeat(32) } }), 404);
  await refused(owner.call('getInvite', { params: { token: 'cut' } }), 404);
  const stored = JSON.stringify(await project.db.selectFrom('invites').selectAll().execute());
  assert.ok(!stored.includes(token), 'the link itself is not stored');
  assert.ok(stored.includes(invite.id));
});

testProjects(
  'roles hold: a rater sees no figures, a viewer rates nothing, nobody raises themselves',
  async (t, patch) => {
    const { owner, invite } = await openTestStudio(t, { patch });
    const [rater, viewer, admin] = [await invite('rater'), await invite('viewer'), await invite('admin')];
    await refused(rater.call('listImages', { query: {} }), 403);
    await refused(rater.call('getQuality'), 403);
    await refused(viewer.call('nextItems', { body: {} }), 403);
    await refused(viewer.call('startJob', { body: { kind: 'generate' } }), 403);
    await refused(admin.call('updatePerson', { params: { id: owner.id }, body: { role: 'viewer' } }), 403);
    await refused(admin.call('updatePerson', { params: { id: admin.id }, body: { role: 'admin' } }), 403);
    await admin.call('updatePerson', { params: { id: rater.id }, body: { disabled: true } });
    await refused(rater.call('nextItems', { body: {} }), 401);
    const { people } = await admin.call('listPeople');
    assert.deepEqual(
      people.map(({ role, disabled }) => [role, disabled]),
      [
        ['owner', false],
        ['rater', true],
        ['viewer', false],
        ['admin', false],
      ],
    );
    const { entries } = await admin.call('listAudit', { query: {} });
    assert.equal(entries[0]?.action, 'person.update');
    assert.equal(entries[0]?.actor.name, 'admin');
    assert.equal(entries[0]?.targetName, people.find(({ id }) => id === rater.id)?.name);
  },
);

testProjects('a token speaks for a machine and is stored as its hash', async (t, patch) => {
  const { url, owner, project } = await openTestStudio(t, { patch });
  const { secret, token } = await owner.call('createToken', { body: { name: 'nightly', role: 'viewer' } });
  const machine = createClient({ base: url, token: secret });
  assert.equal((await machine('listImages', { query: {} })).images.length, 12);
  await refused(machine('startJob', { body: { kind: 'generate' } }), 403);
  const stored = JSON.stringify(await project.db.selectFrom('apiTokens').selectAll().execute());
  assert.ok(!stored.includes(secret));
  await owner.call('revokeToken', { params: { id: token.id } });
  await refused(machine('listImages', { query: {} }), 401);
});

testProjects('passwords: signing in, changing, and guessing slowly', async (t, patch) => {
  const { url, owner, invite } = await openTestStudio(t, { patch });
  await invite('rater', 'Rita');
  const again = await enter(url, '/api/sign-in', { email: 'rita@example.org', password: account('Rita').password });
  await again.call('changePassword', { body: { current: account('Rita').password, password: 'another one 123' } });
  await refused(again.call('getRatingProgress'), 401);
  const back = await enter(url, '/api/sign-in', { email: 'rita@example.org', password: 'another one 123' });
  await back.call('signOut');
  await refused(back.call('getRatingProgress'), 401);
  const guess = () => owner.call('signIn', { body: { email: 'rita@example.org', password: 'guess' } });
  for (let i = 0; i < 10; i++) await refused(guess(), 401);
  await refused(guess(), 429);
});
