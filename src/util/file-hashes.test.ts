import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { hashFileOnce, hashFilesAside, rememberHashes } from './file-hashes.ts';
import { sha256 } from './hash.ts';

const looksOf = (path: string) => {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join();
};

test('a known file is not read again, and one that changed is, even at the same size and time', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const [file, cache] = [join(dir, 'weights'), join(dir, 'cache/file-hashes.json')];
  writeFileSync(file, 'first');
  // A cache that names another hash shows that the file itself is not read.
  const told = 'ab'.repeat(32);
  writeFileSync(join(dir, 'given.json'), JSON.stringify({ version: 1, files: { [file]: [told, looksOf(file)] } }));
  rememberHashes(join(dir, 'given.json'));
  assert.equal(hashFileOnce(file), told);
  const { atime, mtime } = statSync(file);
  await sleep(10);
  writeFileSync(file, 'other');
  utimesSync(file, atime, mtime);
  assert.equal(hashFileOnce(file), sha256('other'), 'the time of the change of the inode tells');

  const large = join(dir, 'large');
  writeFileSync(large, Buffer.alloc(1 << 20, 7));
  const save = rememberHashes(cache);
  const hash = hashFileOnce(large);
  save();
  assert.throws(() => readFileSync(cache), /ENOENT/, 'a file that was written just now may change within one tick');
  await sleep(1100);
  assert.equal(hashFileOnce(large), hash);
  save();
  assert.deepEqual(JSON.parse(readFileSync(cache, 'utf8')).files, { [large]: [hash, looksOf(large)] });
});

test('a damaged cache knows nothing', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'weights');
  writeFileSync(file, 'bytes');
  for (const text of [
    '{',
    '{"version":2,"files":{}}',
    `{"version":1,"files":{"${file}":["short","${looksOf(file)}"]}}`,
  ]) {
    writeFileSync(join(dir, 'cache.json'), text);
    rememberHashes(join(dir, 'cache.json'));
    assert.equal(hashFileOnce(file), sha256('bytes'));
  }
});

test('a large file is hashed between other work, to the same hash', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'collimate-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'weights');
  const content = Buffer.alloc(32 << 20, 'weights');
  writeFileSync(file, content);
  await sleep(1100);
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  await hashFilesAside([file]);
  clearInterval(timer);
  assert.ok(ticks >= 3, `${ticks} ticks`);
  assert.equal(hashFileOnce(file), sha256(content));
});
