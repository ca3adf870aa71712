import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { openProject } from '../project/project.ts';
import { makeTemporaryDir, testProjects } from '../project/testing.ts';
import { openTestStudio } from '../studio/server/testing.ts';
import { runCommand } from './testing.ts';

testProjects(
  'a backup is taken while people rate, grows, and is a project again, without the server',
  async (t, patch) => {
    const { project, invite } = await openTestStudio(t, { patch, images: 6 });
    const away = makeTemporaryDir(t);
    const [copy, back] = [join(away, 'copy'), join(away, 'back')];
    const ann = await invite('rater', 'Ann');
    const rate = async () => {
      const { items } = await ann.call('nextItems', { body: { count: 2 } });
      const answers = items.map(({ leaseId }) => ({
        ...{ clientId: `client-${leaseId}`.slice(0, 40), leaseId },
        ...{ answer: 'good' as const, milliseconds: 900 },
      }));
      await ann.call('submitAnswers', { body: { answers } });
    };
    await rate();
    const run = async (...args: string[]) => {
      const result = await runCommand([...args, '--json', '--quiet']);
      return { ...result, data: JSON.parse(result.stdout) as Record<string, unknown> };
    };
    const first = await run('backup', copy, '--project', project.dir);
    assert.deepEqual([first.status, first.data.there, first.data.links, first.stderr], [0, 0, [], '']);
    await rate();
    symlinkSync(away, join(project.dir, 'models-elsewhere'));
    const again = await run('backup', copy, '--project', project.dir);
    assert.deepEqual([again.data.files, again.data.there], [first.data.files, (first.data.files as number) - 1]);
    assert.deepEqual(again.data.links, ['models-elsewhere']);
    assert.match(again.stderr, /^warning: 1 link was left out with what it leads to, such as models-elsewhere: /);
    assert.doesNotMatch(readFileSync(join(copy, 'collimate.yaml'), 'utf8'), /postgres/);

    assert.equal((await run('restore', copy, back)).status, 0);
    const restored = await openProject(back);
    t.after(() => restored.close());
    const { length } = await restored.db.selectFrom('answers').selectAll().execute();
    assert.equal(length, 4);
    assert.deepEqual(await restored.db.selectFrom('stageLocks').selectAll().execute(), []);
    assert.equal((await run('restore', copy, back)).status, 2, 'nothing is written over');
    assert.equal((await run('backup', join(project.dir, 'inside'), '--project', project.dir)).status, 2);
    assert.ok(!existsSync(join(project.dir, 'inside')));
    assert.ok(!existsSync(join(back, 'backup.json')));
    assert.equal((await run('backup', back, '--project', project.dir)).status, 2, 'another project stays');
    assert.equal((await run('backup', copy, '--project', back)).status, 2, 'and so does the backup of another');

    const [image] = await restored.db.selectFrom('images').select('hash').execute();
    rmSync(join(copy, 'images', image!.hash.slice(0, 2), `${image!.hash}.png`));
    const damaged = await run('restore', copy, join(away, 'other'));
    assert.equal((damaged.data.error as { code: string }).code, 'MISMATCH');
  },
);
