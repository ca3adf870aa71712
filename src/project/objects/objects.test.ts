import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { CollimateError } from '../../util/errors.ts';
import { createProgress } from '../../util/progress.ts';
import { random } from '../../util/random.ts';
import { makeTemporaryDir } from '../testing.ts';
import { copyObjects } from './copy-objects.ts';
import { openFolderObjects } from './folder.ts';
import type { Objects } from './objects.ts';
import { openBucket } from './s3.ts';
import { makeBucket } from './testing.ts';

const quiet = {
  progress: createProgress({ stream: process.stderr, silent: true }),
  signal: new AbortController().signal,
};

const MAKERS: readonly { name: string; make(t: TestContext): Promise<Objects> }[] = [
  { name: 'folder', make: async (t) => openFolderObjects(join(makeTemporaryDir(t), 'objects')) },
  { name: 'bucket', make: async (t) => closing(t, openBucket((await makeBucket(t)).address)) },
];

function closing(t: TestContext, objects: Objects): Objects {
  t.after(() => objects.close());
  return objects;
}

async function listNames(objects: Objects, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of objects.list(prefix)) names.push(name);
  return names;
}

function makeBytes(count: number): Buffer {
  const rng = random(1, 'bytes');
  return Buffer.from(Uint8Array.from({ length: count }, () => rng.int(256)));
}

for (const { name, make } of MAKERS)
  test(`objects in a ${name} come back byte for byte, are listed by prefix, and go`, async (t) => {
    const objects = await make(t);
    const dir = makeTemporaryDir(t);
    await objects.put('images/ab/one.png', Buffer.from('one'));
    writeFileSync(join(dir, 'two'), 'two');
    await objects.put('images/ab2/two.png', join(dir, 'two'));
    await objects.put('weights/w', Buffer.from(''));
    assert.deepEqual(await listNames(objects, 'images/'), ['images/ab/one.png', 'images/ab2/two.png']);
    assert.deepEqual(await listNames(objects, 'images/ab/'), ['images/ab/one.png']);
    assert.deepEqual(await listNames(objects, 'none/'), []);
    assert.equal((await objects.get('images/ab2/two.png'))!.toString(), 'two');
    assert.equal((await objects.get('weights/w'))!.length, 0);
    assert.deepEqual([await objects.has('weights/w'), await objects.has('weights/x')], [true, false]);
    assert.equal(await objects.get('weights/x'), undefined);
    assert.equal(await objects.fetch('weights/x', join(dir, 'x')), false);
    assert.equal(existsSync(join(dir, 'x')), false);
    assert.equal(await objects.fetch('images/ab/one.png', join(dir, 'below', 'one')), true);
    assert.equal(readFileSync(join(dir, 'below', 'one'), 'utf8'), 'one');
    await objects.remove('images/ab/one.png');
    await objects.remove('images/ab/one.png');
    assert.equal(await objects.has('images/ab/one.png'), false);
  });

test('a large object goes to a bucket in parts, and comes back whole', async (t) => {
  const objects = closing(t, openBucket((await makeBucket(t)).address));
  const dir = makeTemporaryDir(t);
  const part = makeBytes(1 << 16);
  const bytes = Buffer.concat(Array.from({ length: 17 * 16 + 1 }, () => part)).subarray(0, (17 << 20) + 3);
  writeFileSync(join(dir, 'weights'), bytes);
  await objects.put('weights/large', join(dir, 'weights'));
  await objects.fetch('weights/large', join(dir, 'back'));
  assert.ok(readFileSync(join(dir, 'back')).equals(bytes));
});

test('a copy is compared, goes on where it was, and says what differs', async (t) => {
  const folder = openFolderObjects(makeTemporaryDir(t));
  const bucket = closing(t, openBucket((await makeBucket(t)).address));
  for (const name of ['images/aa/a', 'images/bb/b', 'weights/cc/c', 'runs/no'])
    await folder.put(name, Buffer.from(name));
  await bucket.put('images/bb/b', Buffer.from('images/bb/b'));
  await bucket.put('weights/cc/c', Buffer.from('other'));
  let [now, most] = [0, 0];
  const watched: Objects = {
    ...bucket,
    async put(...args) {
      most = Math.max(most, ++now);
      await bucket.put(...args);
      now--;
    },
  };
  const ticks: number[] = [];
  const progress = { ...quiet.progress, tick: (done: number) => void ticks.push(done) };
  const moved = await copyObjects(folder, watched, ['images/', 'weights/'], { ...quiet, progress });
  assert.deepEqual([most, ticks], [2, [1, 2, 3]], 'several at once');
  assert.deepEqual(moved, { objects: 3, there: 1, bytes: 34, copiedBytes: 23 });
  assert.deepEqual(await listNames(bucket, ''), ['images/aa/a', 'images/bb/b', 'weights/cc/c']);
  assert.equal((await bucket.get('weights/cc/c'))!.toString(), 'weights/cc/c');
  const all = { objects: 3, there: 3, bytes: 34, copiedBytes: 0 };
  assert.deepEqual(await copyObjects(folder, bucket, ['images/', 'weights/'], quiet), all);
  // What has the same size may be trusted; only what has not is read again.
  await bucket.put('images/aa/a', Buffer.from('IMAGES/AA/A'));
  await bucket.put('images/bb/b', Buffer.from('shorter'));
  const trusting = { ...quiet, trustSizes: true };
  const mended = await copyObjects(folder, bucket, ['images/', 'weights/'], trusting);
  assert.deepEqual(mended, { objects: 3, there: 2, bytes: 34, copiedBytes: 11 });
  assert.equal((await bucket.get('images/aa/a'))!.toString(), 'IMAGES/AA/A');
  const damaging: Objects = { ...bucket, get: async () => Buffer.from('damaged') };
  await assert.rejects(copyObjects(folder, damaging, ['images/'], quiet), { code: 'STORAGE', message: /other bytes/ });
  const stopped = AbortSignal.abort();
  await assert.rejects(copyObjects(folder, bucket, [''], { ...quiet, signal: stopped }), { code: 'INTERRUPTED' });
  assert.deepEqual(await listNames(bucket, 'runs/'), []);
});

test('a bucket that is gone is waited for, or told at once; one that refuses is told with what it needs', async (t) => {
  const bucket = await makeBucket(t);
  const told: string[] = [];
  const hasty = closing(t, openBucket(bucket.address));
  const patient = closing(t, openBucket(bucket.address, { ms: 20_000, tell: (text) => void told.push(text) }));
  const short = closing(t, openBucket(bucket.address, { ms: 300, tell() {} }));
  await hasty.put('images/a', Buffer.from('a'));
  await bucket.stop();
  await assert.rejects(hasty.get('images/a'), { code: 'UNAVAILABLE', message: /cannot be reached/ });
  await assert.rejects(short.get('images/a'), { code: 'INTERRUPTED', message: /what was done is saved/ });
  setTimeout(() => void bucket.start(), 600);
  assert.equal((await patient.get('images/a'))!.toString(), 'a');
  assert.match(told.join('\n'), /cannot be reached .*Waiting up to 20 s.*answers again/s);

  const nowhere = closing(t, openBucket(bucket.address.replace('//pictures/', '//nowhere/')));
  await assert.rejects(nowhere.put('a', Buffer.from('a')), { code: 'STORAGE', message: /no such bucket/ });
  process.env.AWS_ACCESS_KEY_ID = 'SOMEBODY';
  const refused = closing(t, openBucket(bucket.address));
  await assert.rejects(refused.put('a', Buffer.from('a')), (error: CollimateError) => {
    assert.equal(error.code, 'STORAGE');
    assert.match(error.hint, /s3:PutObject/);
    return /access was refused/.test(error.message);
  });
});
