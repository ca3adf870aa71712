import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { encodePng } from '../pictures/image.ts';
import { makeTemporaryDir } from '../project/testing.ts';

const BIN = fileURLToPath(new URL('../../bin/collimate.js', import.meta.url));
const init = (dir: string, images: string) =>
  spawnSync(process.execPath, [BIN, 'init', dir, '--images', images, '--json'], { encoding: 'utf8' });

test('a picture that cannot be read leaves the folder as it was, pictures of the user among it', async (t) => {
  const dir = makeTemporaryDir(t);
  mkdirSync(join(dir, 'images'));
  writeFileSync(join(dir, 'images', 'a.png'), await encodePng(new Uint8Array(32 * 32 * 3)));
  writeFileSync(join(dir, 'images', 'a.txt'), 'two red dogs');
  writeFileSync(join(dir, 'images', 'b.png'), 'no picture');
  writeFileSync(join(dir, 'images', 'b.txt'), 'three fish');
  const before = readdirSync(dir, { recursive: true }).sort();
  const failed = init(dir, join(dir, 'images'));
  assert.equal(failed.status, 2, failed.stderr);
  assert.match(failed.stderr, /b\.png: the file is no picture/);
  assert.deepEqual(readdirSync(dir, { recursive: true }).sort(), before);
  assert.equal(init(join(dir, 'new'), join(dir, 'images')).status, 2);
  assert.deepEqual(readdirSync(dir, { recursive: true }).sort(), before);
  writeFileSync(join(dir, 'images', 'b.png'), await encodePng(new Uint8Array(32 * 32 * 3).fill(9)));
  const { status, stdout, stderr } = init(join(dir, 'new'), join(dir, 'images'));
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  assert.equal((JSON.parse(stdout) as { imported: { images: number } }).imported.images, 2);
});

test('pictures without captions bring the prompt that was written into them, which lineage tells', async (t) => {
  const dir = makeTemporaryDir(t);
  mkdirSync(join(dir, 'outputs'));
  const text =
    'zwei rote Hunde, 犬\u200c\u001b[31m\nNegative prompt: blurry\nSteps: 28, Sampler: Euler a, CFG scale: 7, Seed: 5';
  const png = await encodePng(new Uint8Array(32 * 32 * 3).fill(9), 32, 32, text);
  writeFileSync(join(dir, 'outputs', '00001.png'), png);
  const project = join(dir, 'new');
  assert.equal(init(project, join(dir, 'outputs')).status, 0);
  const lineage = spawnSync(
    process.execPath,
    [BIN, 'lineage', join(dir, 'outputs', '00001.png'), '--project', project],
    { encoding: 'utf8' },
  );
  assert.match(lineage.stdout, /prompt +"zwei rote Hunde, 犬\u200c\[31m"/);
  assert.match(lineage.stdout, /file says {2}zwei rote Hunde, 犬\u200c\[31m\n +Negative prompt: blurry\n +Steps: 28, /);
  writeFileSync(join(dir, 'outputs', '00002.png'), await encodePng(new Uint8Array(32 * 32 * 3)));
  const refused = init(join(dir, 'other'), join(dir, 'outputs'));
  assert.match(refused.stderr, /00002\.png: no caption, and no prompt in the picture itself/);
});
