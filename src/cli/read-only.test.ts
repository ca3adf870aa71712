import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createProject } from '../project/project.ts';
import { fillStore, makeTemporaryDir } from '../project/testing.ts';
import { runCommand } from './testing.ts';

test('a project on a file system that cannot be written is read, and what would change it is refused', async (t) => {
  const dir = makeTemporaryDir(t);
  const [source, archive] = [join(dir, 'source'), join(dir, 'archive')];
  const project = await createProject(source);
  await fillStore(project.db, 3);
  await project.close();
  mkdirSync(archive);
  // What root may not write either is a file system that is mounted so.
  const mounted = spawnSync('sh', ['-c', 'mount --bind "$0" "$1" && mount -o remount,ro,bind "$1"', source, archive]);
  if (mounted.status !== 0) return t.skip('a folder can be mounted read-only by root only');
  try {
    const before = readdirSync(source);
    const run = (...args: string[]) => runCommand(['-C', archive, ...args, '--json']);
    for (const args of [
      ['raters'],
      ['status'],
      ['report', '--out', join(dir, 'reports')],
      ['export', 'csv', join(dir, 'out.csv')],
    ]) {
      const { status, stderr } = await run(...args);
      assert.equal(status, 0, `${args[0]}: ${stderr}`);
      assert.match(stderr, /cannot be written: it is only read/);
    }
    // Its rows are made up: three pictures without files, and a base model of another hash.
    const check = await run('check');
    assert.deepEqual([check.status, JSON.parse(check.stdout).problems], [1, 4], check.stderr);
    assert.ok(existsSync(join(dir, 'reports', 'archive', 'report.html')));
    for (const args of [['generate'], ['report'], ['studio', '--port', '0']])
      assert.match((await run(...args)).stderr, /can only be read, and/, args[0]);
    assert.deepEqual(readdirSync(source), before);
  } finally {
    // Before the folder is removed, which must not reach into what is mounted.
    spawnSync('umount', ['-l', archive]);
  }
});
