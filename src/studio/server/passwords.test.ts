// Forgotten passwords, and the record of who came and went.

import assert from 'node:assert/strict';
import { testProjects } from '../../project/testing.ts';
import { createClient } from '../contract/client.ts';
import { account, enter, openTestStudio, refused } from './testing.ts';

testProjects('a link sets a forgotten password once, and ends what was open', async (t, patch) => {
  const { url, owner, invite, project } = await openTestStudio(t, { patch });
  const rita = await invite('rater', 'Rita');
  const first = await owner.call('createReset', { params: { id: rita.id } });
  const { token, path } = await owner.call('createReset', { params: { id: rita.id } });
  assert.equal(path, `/reset/${token}`);
  await refused(owner.call('getReset', { params: { token: first.token } }), 404);
  assert.equal((await owner.call('getReset', { params: { token } })).email, 'rita@example.org');
  const stored = JSON.stringify(await project.db.selectFrom('passwordResets').selectAll().execute());
  assert.ok(!stored.includes(token));

  const again = await enter(url, `/api/resets/${token}`, { password: 'brand new 123' });
  assert.equal((await again.call('getSession')).user?.name, 'Rita');
  await refused(rita.call('getRatingProgress'), 401);
  await refused(owner.call('useReset', { params: { token }, body: { password: 'brand new 124' } }), 404);
  const { email, password } = account('Rita');
  await refused(owner.call('signIn', { body: { email, password } }), 401);
  await enter(url, '/api/sign-in', { email, password: 'brand new 123' });
});

testProjects('nobody resets the password of someone who may do more', async (t, patch) => {
  const { url, owner, invite } = await openTestStudio(t, { patch });
  const [ada, bob, rita] = [await invite('admin', 'Ada'), await invite('admin', 'Bob'), await invite('rater', 'Rita')];
  const reset = { params: { id: bob.id } };
  await refused(ada.call('createReset', { params: { id: owner.id } }), 403);
  await refused(ada.call('createReset', reset), 403);
  await ada.call('createReset', { params: { id: rita.id } });
  const { token } = await owner.call('createReset', reset);
  const { secret } = await ada.call('createToken', { body: { name: 'nightly', role: 'admin' } });
  await refused(createClient({ base: url, token: secret })('createReset', { params: { id: rita.id } }), 403);
  // A link of an account that is closed opens nothing.
  await owner.call('updatePerson', { params: { id: bob.id }, body: { disabled: true } });
  await refused(owner.call('getReset', { params: { token } }), 404);
  await refused(owner.call('createReset', reset), 400);
});

testProjects('the audit log tells who signed in and out, who failed, and what was flagged', async (t, patch) => {
  const { url, owner, invite } = await openTestStudio(t, { patch });
  const rita = await invite('rater', 'Rita');
  const { email, password } = account('Rita');
  await refused(owner.call('signIn', { body: { email, password: 'a guess' } }), 401);
  await refused(owner.call('signIn', { body: { email: 'my-password@example.org', password } }), 401);
  const again = await enter(url, '/api/sign-in', { email, password });
  const { items } = await again.call('nextItems', { body: {} });
  const others = (await owner.call('listImages', { query: {} })).images.filter(
    ({ id }) => !items.some(({ imageId }) => imageId === id),
  );
  await refused(again.call('flagImage', { body: { imageId: others[0]!.id, kind: 'broken' } }), 403);
  await again.call('flagImage', { body: { imageId: items[0]!.imageId, kind: 'broken' } });
  await again.call('signOut');
  const { entries } = await owner.call('listAudit', { query: {} });
  assert.deepEqual(
    entries.slice(0, 5).map(({ actor, action, target }) => [actor.name, action, target]),
    [
      ['Rita', 'session.sign-out', rita.id],
      ['Rita', 'image.flag', items[0]!.imageId],
      ['Rita', 'session.sign-in', rita.id],
      ['somebody', 'session.failure', 'no account'],
      ['somebody', 'session.failure', rita.id],
    ],
  );
  assert.deepEqual(entries[4]?.detail, { address: '127.0.0.1' });
  assert.ok(!JSON.stringify(entries).includes('my-password'), 'what was typed is not kept');
});
