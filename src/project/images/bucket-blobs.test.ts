import assert from 'node:assert/strict';
import { existsSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openBucket } from '../objects/s3.ts';
import { makeBucket } from '../objects/testing.ts';
import { makeTemporaryDir } from '../testing.ts';
import { openBlobStore } from './blobs.ts';

test('files of a bucket are fetched once, checked, and the folder keeps no more than it may', async (t) => {
  const objects = openBucket((await makeBucket(t)).address);
  t.after(() => objects.close());
  const open = (cacheBytes: number) =>
    openBlobStore(join(makeTemporaryDir(t), 'weights'), '.bin', { objects, cacheBytes });
  const one = open(1 << 20);
  const hashes = await Promise.all(['a', 'b', 'c', 'd'].map((text) => one.putBlob(Buffer.from(text.repeat(100)))));
  const file = join(makeTemporaryDir(t), 'x');
  writeFileSync(file, 'moved');
  const moved = await one.moveBlob(file);

  const other = open(250);
  assert.deepEqual(await other.findBlobs([...hashes, moved, 'f'.repeat(64)]), new Set([...hashes, moved]));
  assert.equal(existsSync(other.blobPath(hashes[0]!)), false);
  const age = (hash: string, seconds: number) => utimesSync(other.blobPath(hash), seconds, seconds);
  await other.getBlob(hashes[0]!);
  await other.getBlob(hashes[1]!);
  age(hashes[0]!, 2000);
  age(hashes[1]!, 1000);
  await other.getBlob(hashes[2]!);
  const kept = () => hashes.filter((hash) => existsSync(other.blobPath(hash)));
  assert.deepEqual(kept(), [hashes[0], hashes[2]], 'the one that was not used for longest went');
  assert.equal((await other.getBlob(hashes[1]!)).toString(), 'b'.repeat(100), 'and is fetched again');

  // A copy that is damaged is fetched again; where that is damaged too, it is the bucket's.
  writeFileSync(other.blobPath(hashes[1]!), 'damaged');
  assert.equal((await other.getBlob(hashes[1]!)).toString(), 'b'.repeat(100));
  assert.equal(statSync(other.blobPath(hashes[1]!)).size, 100);
  const inBucket = `weights/${hashes[1]!.slice(0, 2)}/${hashes[1]}.bin`;
  await objects.put(inBucket, Buffer.from('damaged'));
  writeFileSync(other.blobPath(hashes[1]!), 'damaged');
  await assert.rejects(other.getBlob(hashes[1]!), {
    code: 'STORAGE',
    message: /^s3:\/\/pictures\/team\/weights.*hash/,
  });
  assert.equal(existsSync(other.blobPath(hashes[1]!)), false);
  await objects.put(inBucket, Buffer.from('b'.repeat(100)));

  // What is written in one go is there as a whole, however small the folder.
  const read = await other.openReader(hashes);
  assert.deepEqual(
    hashes.map((hash) => read(hash).toString()[0]),
    ['a', 'b', 'c', 'd'],
  );
  writeFileSync(other.blobPath(hashes[2]!), 'damaged');
  assert.throws(() => read(hashes[2]!), { code: 'STORAGE', hint: /fetched again/ });
  await other.removeBlob(hashes[3]!);
  assert.deepEqual([await one.hasBlob(hashes[3]!), statSync(one.blobPath(hashes[0]!)).size], [false, 100]);
  await assert.rejects(other.getBlob(hashes[3]!), {
    code: 'STORAGE',
    message: /s3:\/\/pictures\/team does not have it/,
  });
  assert.deepEqual(readdirSync(join(one.blobPath(hashes[0]!), '..')).length, 1);
});
