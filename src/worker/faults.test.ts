// What may go wrong around workers: servers that go away, other releases, other files, and a process that is killed.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { generateImages } from '../method/feedback/generate.ts';
import { listImages } from '../project/images/images.ts';
import { makeNetwork, makePostgresSchema, makeTemporaryDir, skipPostgres } from '../project/testing.ts';
import { listWorkers } from '../project/work/workers.ts';
import { makeSharedProject, startTestWorker } from './testing.ts';

const skip = skipPostgres;
const TROUBLE = /cannot be reached|no such bucket/;

test('database and bucket that go away or refuse in the middle are waited for, and nothing is lost or doubled', {
  skip,
}, async (t) => {
  const network = await makeNetwork(t, await makePostgresSchema(t));
  const { project, session, bucket, notes } = await makeSharedProject(t, { database: network.url });
  const worker = await startTestWorker(t, project, { batchSize: 2 });
  const complaints = () => [...notes, ...worker.notes].filter((note) => TROUBLE.test(note)).length;
  const folder = join(bucket.dir, 'pictures');
  /** A server is away until somebody has missed it, or nobody can any more. */
  let drawn = false;
  const missed = async () => {
    for (const before = complaints(); complaints() === before && !drawn; ) await sleep(50);
  };
  const strike = async () => {
    network.cut();
    await missed();
    network.mend();
    await bucket.stop();
    await missed();
    await bucket.start();
    await missed();
    renameSync(folder, `${folder}-away`);
    await missed();
    renameSync(`${folder}-away`, folder);
  };
  let faults: Promise<void> | undefined;
  // Once the first pictures are there, so that all of it comes in the middle.
  const tick = (done: number) => {
    if (done >= 2) faults ??= strike();
  };
  await generateImages({ ...session, progress: { ...session.progress, tick } });
  drawn = true;
  await faults;
  const rows = await listImages(project.db);
  assert.deepEqual([rows.length, new Set(rows.map(({ id }) => id)).size], [24, 24]);
  for (const { hash } of rows) await project.images.getBlob(hash);
  assert.ok(complaints() > 0);
  assert.equal((await worker.stop()).failed, 0, 'no item is to blame');
});

test('a worker refuses a cache that it cannot write, a bucket that is none, tables of a newer release, and models that are not those that were asked for', {
  skip,
}, async (t) => {
  const { project, session, bucket } = await makeSharedProject(t, {
    workers: { attempts: 1 },
    generate: { imagesPerPrompt: 1, steps: 2, batchSize: 4 },
  });
  // All items would fail there.
  await assert.rejects((await startTestWorker(t, project, { dir: PROGRAM })).ended, { code: 'ENOTDIR' });
  const nowhere = project.config.objects.replace('//pictures/', '//nowhere/');
  const astray = await startTestWorker(t, { ...project, config: { ...project.config, objects: nowhere } });
  await assert.rejects(astray.ended, { code: 'STORAGE', message: /no such bucket/ });
  const worker = await startTestWorker(t, project);
  await generateImages(session);
  await worker.stop();
  const forget = async () => {
    await project.db.deleteFrom('queueItems').execute();
    await project.db.deleteFrom('images').execute();
  };
  // A copy that was damaged is fetched again; what the bucket holds and is another than its name is refused.
  const models = join(worker.dir, 'models');
  const copy = readdirSync(models, { recursive: true, encoding: 'utf8' }).find((name) =>
    name.endsWith('.safetensors'),
  )!;
  const whole = readFileSync(join(models, copy));
  writeFileSync(join(models, copy), Buffer.from(whole.map((byte, i) => (i === whole.length - 1 ? byte ^ 1 : byte))));
  await forget();
  const mending = await startTestWorker(t, project, { dir: worker.dir });
  await generateImages(session);
  assert.match(mending.notes.join('\n'), /holds other files than the model of this name; they are fetched again/);
  assert.ok(readFileSync(join(models, copy)).equals(whole));
  assert.equal((await mending.stop()).failed, 0);
  await forget();
  const files = readdirSync(bucket.dir, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /files\/..\/[0-9a-f]{64}_object$|files\/..\/[0-9a-f]{64}\._S3rver_object$/.test(name),
  );
  assert.ok(files.length > 3);
  for (const name of files) writeFileSync(join(bucket.dir, name), 'something else');
  const other = await startTestWorker(t, project);
  await assert.rejects(generateImages(session), { code: 'WORK', message: /expected this hash, got/ });
  assert.equal((await listImages(project.db)).length, 0, 'nothing was made with other files');

  await project.db
    .insertInto('kysely_migration' as never)
    .values({ name: '9999_later', timestamp: '' } as never)
    .execute();
  const newer = { code: 'STORAGE', message: /newer release \(9999_later\)/ };
  await assert.rejects(other.ended, newer, 'one that is there when the tables change ends by itself');
  await assert.rejects(startTestWorker(t, project), newer);
});

const PROGRAM = fileURLToPath(new URL('../../bin/collimate.js', import.meta.url));
/** A clock that is an hour late. */
const LATE = `data:text/javascript,${encodeURIComponent('const now = Date.now; Date.now = () => now() - 3_600_000;')}`;

test('a worker that is killed in the middle loses nothing: another, whose clock is an hour late, makes the same pictures', {
  skip,
}, async (t) => {
  const { project, session } = await makeSharedProject(t, {
    generate: { imagesPerPrompt: 2, steps: 40, batchSize: 4 },
  });
  const { database, objects } = project.config;
  const start = (...node: string[]) => {
    const args = [
      'worker',
      '--database',
      database,
      '--objects',
      objects,
      '--cache',
      makeTemporaryDir(t),
      '--batch-size',
      '4',
    ];
    const child = spawn(process.execPath, [...node, PROGRAM, ...args, '--threads', '1', '--json'], {
      cwd: makeTemporaryDir(t),
    });
    t.after(() => child.kill('SIGKILL'));
    return child;
  };
  const first = start();
  const made = generateImages(session);
  const isWorking = async () =>
    (await listWorkers(project.db)).some(
      ({ pid, state, done }) => pid === first.pid && state === 'working' && done >= 4,
    );
  let ended = false;
  void made.finally(() => {
    ended = true;
  });
  while (!(await isWorking()) && !ended) await sleep(50);
  assert.ok(!ended, 'it is killed in the middle');
  first.kill('SIGKILL');
  const second = start('--import', LATE);
  const { drawn } = await made;
  assert.equal(drawn, 12);
  const rows = await listImages(project.db);
  assert.deepEqual([rows.length, new Set(rows.map(({ hash }) => hash)).size], [12, 12]);
  let output = '';
  second.stdout.on('data', (part: Buffer) => {
    output += part.toString();
  });
  second.kill('SIGTERM');
  const [code] = await once(second, 'close');
  const summary = JSON.parse(output) as { done: number; failed: number };
  assert.deepEqual([code, summary.failed], [0, 0]);
  assert.ok(summary.done >= 4 && summary.done <= 8, `the second made what was left: ${summary.done}`);
});
