import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { openProject } from '../../project/project.ts';
import { makeTemporaryDir, withReadOnlyView } from '../../project/testing.ts';
import { makeStudioProject, openStudioOf, refused } from './testing.ts';

test('an archive is served: its pages are shown, and what would change it is refused with a sentence', async (t) => {
  const source = await makeStudioProject(makeTemporaryDir(t), 6, {});
  const rows = (await source.db.selectFrom('images').select('id').execute()).length;
  await source.close();
  const before = readdirSync(source.dir, { recursive: true }).sort();
  const shown = await withReadOnlyView(source.dir, async (archive) => {
    const { owner, invite, logged } = await openStudioOf(t, await openProject(archive));
    assert.ok((await owner.call('getOverview')).project.name);
    const { images } = await owner.call('listImages', { query: {} });
    assert.equal(images.length, rows);
    for (const width of ['', '?width=256'])
      assert.equal((await owner.request(`/api/files/${images[0]!.hash}${width}`)).status, 200);
    await owner.call('getQuality');
    await owner.call('getReward');
    await refused(owner.call('nextItems', { body: { count: 1 } }), 403);
    await refused(owner.call('putGuidelines', { body: { text: 'other' } }), 403);
    await refused(owner.call('startJob', { body: { kind: 'report', options: {} } }), 403);
    await assert.rejects(invite('rater'), /can only be read, so this was not stored/);
    assert.deepEqual(logged, []);
  });
  // Root writes in whatever folder it likes but on a read-only mount, and mounting takes root: without, nothing was shown.
  if (!shown) return t.skip('a folder can be mounted read-only by root only');
  assert.deepEqual(readdirSync(source.dir, { recursive: true }).sort(), before);
});
