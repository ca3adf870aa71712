// The commands for more than one machine: objects into a bucket and back, a worker, and what waits for it.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTinyProject } from '../method/feedback/testing.ts';
import { listImages } from '../project/images/images.ts';
import { makeBucket } from '../project/objects/testing.ts';
import { openProject } from '../project/project.ts';
import { makePostgresSchema, makeTemporaryDir, skipPostgres } from '../project/testing.ts';
import { openWorkQueue } from '../project/work/queue.ts';
import { runCommand } from './testing.ts';

const generate = { imagesPerPrompt: 1, steps: 2, batchSize: 4 };

async function runJson(cwd: string, ...args: string[]): Promise<Record<string, unknown>> {
  const { status, stdout, stderr } = await runCommand([...args, '--json'], { cwd });
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Record<string, unknown>;
}

test('move-objects copies pictures to a bucket, from which they come; and back', async (t) => {
  const { address } = await makeBucket(t);
  const dir = makeTemporaryDir(t);
  const { project } = await makeTinyProject(dir, { generate });
  await project.close();
  await runJson(dir, 'generate');
  const moved = await runJson(dir, 'move-objects', '--to', address);
  assert.deepEqual([moved.objects, moved.there, moved.from, moved.to], [6, 0, 'folder', address]);
  assert.match(readFileSync(join(dir, 'collimate.yaml'), 'utf8'), /objects: s3:/);
  assert.equal((await runCommand(['move-objects', '--to', address], { cwd: dir })).status, 2);
  const keyed = await runCommand(['move-objects', '--to', 's3://KEY:SECRET@pictures/x'], { cwd: dir });
  assert.match(
    keyed.stderr,
    /^error: --to: expected folder or s3:\/\/bucket\/prefix, got "s3:\/\/…@pictures.*keys do not/,
  );
  assert.deepEqual([keyed.status, keyed.stderr.includes('SECRET')], [2, false]);
  assert.match((await runCommand(['work'], { cwd: dir })).stderr, /got database embedded/);

  rmSync(join(dir, 'images'), { recursive: true });
  assert.equal((await runJson(dir, 'generate')).drawn, 0, 'all of it is in the bucket');
  const again = await openProject(dir);
  const [image] = await listImages(again.db);
  assert.ok((await again.images.getBlob(image!.hash)).length > 0);
  await again.close();
  const back = await runJson(dir, 'move-objects', '--to', 'folder');
  assert.deepEqual([back.objects, back.there], [6, 1], 'the one that was looked at was there');
  assert.ok(existsSync(again.images.blobPath(image!.hash)));
  assert.equal((await runJson(dir, 'generate')).drawn, 0);
});

test('a worker makes what waits and ends when nothing is left; work lists, retries and drops', {
  skip: skipPostgres,
}, async (t) => {
  const { address: objects } = await makeBucket(t);
  const dir = makeTemporaryDir(t);
  const { project } = await makeTinyProject(dir, {
    database: await makePostgresSchema(t),
    objects,
    generate,
    workers: { use: 'wait', attempts: 1 },
  });
  t.after(() => project.close());
  const queue = await openWorkQueue(project.db, project.config.database);
  t.after(() => queue.close());
  const item = { key: 'nothing', data: { of: 'this form' } };
  await queue.add({ kind: 'draw', files: 'f'.repeat(64) }, [item], { attempts: 1, heartbeat: 10 });
  const topic = `draw-1-${'f'.repeat(16)}`;
  const before = await runJson(dir, 'work');
  assert.deepEqual([before.topics, before.workers, before.failed], [[{ topic, waiting: 1, working: 0 }], [], []]);
  const worker = ['worker', '--idle', '0', '--threads', '1', '--cache', join(dir, 'cache')];
  const summary = await runJson(dir, ...worker);
  assert.deepEqual([summary.done, summary.failed], [0, 1]);
  const { stdout } = await runCommand(['work'], { cwd: dir });
  assert.match(stdout, /No worker is there.*Nothing waits.*work nothing: not what this version writes there/s);
  assert.match(stdout, /Try again with --retry ID/);
  const unlisted = await runJson(dir, 'work', '--limit', '0');
  assert.deepEqual([unlisted.failed, unlisted.failedCount], [[], 1]);
  const failed = (await queue.listFailed())[0]!;
  assert.equal((await runJson(dir, 'work', '--retry', failed.id.slice(0, 8))).retried, 1);
  await runJson(dir, ...worker);
  const dropped = await runJson(dir, 'work', '--drop', 'all');
  assert.deepEqual([dropped.dropped, dropped.failed], [1, []]);
  // No identifier is not all of them.
  for (const nothing of ['abc', ''])
    assert.equal((await runCommand(['work', `--drop=${nothing}`], { cwd: dir })).status, 2);
});
