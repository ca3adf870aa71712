import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createProject, openProject } from '../project.ts';
import { makeTemporaryDir } from '../testing.ts';
import { openScratch, openStaging } from './staging.ts';

test('what killed imports left goes at the next start, and what is being filled stays', async (t) => {
  const dir = join(makeTemporaryDir(t), 'project');
  await (await createProject(dir)).close();
  const folder = (name: string) => {
    const path = join(dir, 'images', name);
    mkdirSync(path);
    writeFileSync(join(path, 'picture'), 'bytes');
    return path;
  };
  const living = openStaging(dir);
  const owner = JSON.parse(readFileSync(join(living.dir, 'owner.json'), 'utf8'));
  // A process that was there, and is no more.
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  const killed = folder('.import-killed');
  writeFileSync(join(killed, 'owner.json'), JSON.stringify({ ...owner, pid, processStart: '1' }));
  const [fresh, old, elsewhere] = [folder('.import-fresh'), folder('.import-old'), folder('.import-else')];
  writeFileSync(join(elsewhere, 'owner.json'), JSON.stringify({ ...owner, host: 'another-machine' }));
  const longAgo = Date.now() / 1000 - 2 * 24 * 3600;
  utimesSync(old, longAgo, longAgo);
  await (await openProject(dir)).close();
  assert.deepEqual(
    [living.dir, killed, fresh, old, elsewhere].map((path) => existsSync(path)),
    [true, false, true, false, true],
  );
  living.remove();
  assert.equal(existsSync(living.dir), false);
});

test('what a killed process left among temporary files goes when the next one needs such a folder', (t) => {
  const [former, living] = [openScratch('upload'), openScratch('export')];
  t.after(() => living.remove());
  const owner = join(former.dir, 'owner.json');
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(owner, JSON.stringify({ ...JSON.parse(readFileSync(owner, 'utf8')), pid, processStart: '1' }));
  openScratch('read').remove();
  assert.deepEqual([existsSync(former.dir), existsSync(living.dir)], [false, true]);
});
