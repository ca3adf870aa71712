import assert from 'node:assert/strict';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { addPngText } from '../../pictures/png-text.ts';
import type { CollimateError } from '../../util/errors.ts';
import { sha256 } from '../../util/hash.ts';
import { makeTemporaryDir, openTestDatabase } from '../testing.ts';
import { openBlobStore } from './blobs.ts';
import { insertEmbeddings, readEmbeddings } from './embeddings.ts';

test('a blob is named by its content and checked when read', async (t) => {
  const dir = makeTemporaryDir(t);
  const blobs = openBlobStore(dir, '.bin');
  const hash = await blobs.putBlob(Buffer.from('abc'));
  assert.equal(hash, 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.equal(await blobs.putBlob(Buffer.from('abc')), hash);
  assert.equal(blobs.blobPath(hash), join(dir, 'ba', `${hash}.bin`));
  assert.equal((await blobs.getBlob(hash)).toString(), 'abc');
  writeFileSync(blobs.blobPath(hash), 'ab');
  await assert.rejects(
    blobs.getBlob(hash),
    (error: CollimateError) => error.code === 'STORAGE' && /no longer has the hash/.test(error.message),
  );
  await assert.rejects(
    blobs.getBlob('0'.repeat(64)),
    (error: CollimateError) => error.code === 'STORAGE' && /missing/.test(error.message),
  );
});

test('a picture is named by its pixels and its size, however it is packed, and keeps a name that it had by its file', async (t) => {
  const dir = makeTemporaryDir(t);
  const blobs = openBlobStore(dir, '.png');
  const rgb = Uint8Array.from({ length: 6 * 4 * 3 }, (_, i) => (i * 37) % 256);
  const pack = (width: number, height: number, compressionLevel: number) =>
    sharp(rgb, { raw: { width, height, channels: 3 } })
      .png({ compressionLevel })
      .toBuffer();
  const [tight, loose] = [await pack(6, 4, 9), await pack(6, 4, 0)];
  assert.notDeepEqual(tight, loose);
  const hash = await blobs.putBlob(tight);
  assert.equal(hash, sha256(Buffer.concat([Buffer.from('rgb8 6x4\n'), rgb])));
  assert.equal(await blobs.putBlob(loose), hash);
  assert.equal(await blobs.putBlob(addPngText(loose, 'parameters', 'a dog')), hash);
  assert.notEqual(await blobs.putBlob(await pack(4, 6, 9)), hash, 'the same bytes in another size');
  writeFileSync(blobs.blobPath(hash), loose);
  assert.deepEqual(await blobs.getBlob(hash), loose);
  const former = sha256(tight);
  mkdirSync(join(dir, former.slice(0, 2)));
  writeFileSync(blobs.blobPath(former), addPngText(tight, 'parameters', 'a dog'));
  assert.equal((await blobs.getBlob(former)).length, tight.length + 12 + 'parameters'.length + 1 + 'a dog'.length);
  writeFileSync(blobs.blobPath(former), loose);
  await assert.rejects(blobs.getBlob(former), /no longer has the hash/);
  writeFileSync(blobs.blobPath(hash), tight.subarray(0, -20));
  await assert.rejects(blobs.getBlob(hash), /no longer has the hash/);
  await assert.rejects(blobs.putBlob(Buffer.from('abc')), { code: 'SHAPE' });
});

test('a finished file moves into the store', async (t) => {
  const dir = makeTemporaryDir(t);
  const blobs = openBlobStore(join(dir, 'weights'), '.safetensors');
  writeFileSync(join(dir, 'new'), 'weights');
  const hash = await blobs.moveBlob(join(dir, 'new'));
  assert.equal(hash, sha256('weights'));
  assert.equal(existsSync(join(dir, 'new')), false);
  assert.equal((await blobs.getBlob(hash)).toString(), 'weights');
});

test('embeddings come back bit for bit, and only for their encoder', async (t) => {
  const db = await openTestDatabase(t);
  const vector = Float32Array.of(0.1, -2, Math.PI);
  const other = Float32Array.of(9, 1, 2, 3).subarray(1);
  assert.equal(
    await insertEmbeddings(db, 'clip', [
      { subjectHash: 'a', vector },
      { subjectHash: 'b', vector: other },
    ]),
    2,
  );
  assert.equal(await insertEmbeddings(db, 'clip', [{ subjectHash: 'a', vector: other }]), 0);
  assert.deepEqual(
    await readEmbeddings(db, 'clip', ['a', 'b', 'c']),
    new Map([
      ['a', vector],
      ['b', Float32Array.of(1, 2, 3)],
    ]),
  );
  assert.deepEqual(await readEmbeddings(db, 'other', ['a']), new Map());
});
