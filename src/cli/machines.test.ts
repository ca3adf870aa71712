// The commands for more than one machine: objects into a bucket and back, a worker, and what waits for it.

import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeTinyProject } from '../method/feedback/testing.ts';
import { listImages } from '../project/images/images.ts';
import { makeBucket } from '../project/objects/testing.ts';
import { openProject } from '../project/project.ts';
import { makePostgresSchema, makeTemporaryDir, skipPostgres } from '../project/testing.ts';
import { countWork } from '../project/work/count-work.ts';
import { openWorkQueue } from '../project/work/queue.ts';
import type { Job } from '../studio/contract/jobs.ts';
import { openStudioOf } from '../studio/server/testing.ts';
import { startTestWorker } from '../worker/testing.ts';
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
  assert.equal(moved.copiedBytes, moved.bytes);
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
  const copy = join(makeTemporaryDir(t), 'copy');
  const first = await runJson(dir, 'backup', copy);
  assert.ok(existsSync(join(copy, 'images', image!.hash.slice(0, 2), `${image!.hash}.png`)));
  const second = await runJson(dir, 'backup', copy);
  assert.deepEqual([second.files, second.there], [first.files, (first.files as number) - 1], 'all but its settings');
  assert.equal((await runJson(dir, 'restore', copy, join(copy, '../back'))).files, second.files);
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

test('a stage that the studio starts is as its flags say and made by workers, tells how far it is, and is cancelled with what waits', {
  skip: skipPostgres,
}, async (t) => {
  const { address: objects } = await makeBucket(t);
  const database = await makePostgresSchema(t);
  const dir = makeTemporaryDir(t);
  const { project } = await makeTinyProject(dir, { database, objects, generate: { ...generate, steps: 40 } });
  const worker = await startTestWorker(t, project);
  const flags = [{ path: 'generate.imagesPerPrompt', flag: '--images-per-prompt', text: '40' }];
  const { owner } = await openStudioOf(t, project, { flags, env: process.env });
  const { id } = await owner.call('startJob', { body: { kind: 'generate' } });
  const until = async (isSo: (job: Job) => boolean): Promise<Job> => {
    for (let i = 0; i < 1200; i++, await sleep(50)) {
      const { job } = await owner.call('getJob', { params: { id } });
      if (isSo(job)) return job;
      if (job.finishedAt) assert.fail(JSON.stringify(job));
    }
    return assert.fail('the job did not come so far within a minute');
  };
  const { progress } = await until((job) => (job.progress?.done ?? 0) >= 4);
  assert.deepEqual([progress!.stage, progress!.total, progress!.figures.workers], ['generate', 240, 1]);
  await owner.call('cancelJob', { params: { id } });
  assert.equal((await until(({ finishedAt }) => finishedAt !== null)).status, 'interrupted');
  const { log } = await owner.call('getJob', { params: { id } });
  assert.match(log, /\d+ items that waited for a worker are cancelled/);
  const { done, failed } = await worker.stop();
  assert.deepEqual([failed, await countWork(project.db)], [0, []]);
  const images = await listImages(project.db);
  assert.ok(done >= 4 && done < 240, String(done));
  assert.equal(images.length, done, 'the stage drew none itself');
});
