import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { makeTinyProject } from '../method/feedback/testing.ts';
import { hashPicture } from '../pictures/identity.ts';
import { listImages } from '../project/images/images.ts';
import { makeTemporaryDir } from '../project/testing.ts';
import { runCommand } from './testing.ts';

const BIN = fileURLToPath(new URL('../../bin/collimate.js', import.meta.url));

async function run(dir: string, ...args: string[]) {
  const { status, stdout, stderr } = await runCommand(args, { cwd: dir });
  assert.equal(status, 0, stderr);
  return stdout;
}

function countFiles(dir: string): number {
  const names = existsSync(dir) ? readdirSync(dir, { recursive: true, encoding: 'utf8' }) : [];
  return names.filter((name) => name.endsWith('.png')).length;
}

test('generate goes on after kill -9 and keeps what was stored, and label rates the images', async (t) => {
  const dir = makeTemporaryDir(t);
  const generate = { imagesPerPrompt: 10, steps: 3, batchSize: 4 };
  const { project } = await makeTinyProject(dir, { generate });
  t.after(() => project.close());

  const child = spawn(process.execPath, [BIN, 'generate', '--quiet'], { cwd: dir, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  while (countFiles(join(dir, 'images')) < 4 && child.exitCode === null) await sleep(5);
  child.kill('SIGKILL');
  await ended;
  const stored = await listImages(project.db);
  assert.ok(stored.length < 60, `killed after ${stored.length} images`);
  assert.equal(stored.length % 4, 0, 'a batch is stored whole or not at all');

  const again = JSON.parse(await run(dir, 'generate', '--json'));
  assert.deepEqual([again.images, again.drawn], [60, 60 - stored.length]);
  const images = await listImages(project.db);
  for (const { id, hash, createdAt } of stored)
    assert.deepEqual(
      images.find((image) => image.id === id),
      { ...images.find((image) => image.id === id), hash, createdAt },
    );
  for (const { hash } of images) assert.equal(hashPicture(readFileSync(project.images.blobPath(hash))), hash);

  const labelled = await run(dir, 'label', '--simulate', '--judge', 'models/judge', '--quiet');
  assert.match(labelled, /^120 answers added; 120 about 60 images stored\./);
  assert.match(labelled, /\nSimulated rater 3 /);
});

test('label without anyone who rates is misuse', async (t) => {
  const { status, stderr } = await runCommand(['label'], { cwd: makeTemporaryDir(t) });
  assert.equal(status, 2);
  assert.match(stderr, /expected --simulate/);
});
