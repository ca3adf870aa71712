import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { hashWeights } from '../engine/weights/hash.ts';
import { readWeights } from '../engine/weights/read-weights.ts';
import { writeLora } from '../engine/weights/write-lora.ts';
import { runCommand } from './testing.ts';

const root = mkdtempSync(join(tmpdir(), 'collimate-cli-convert-'));
after(() => rmSync(root, { recursive: true }));
const bin = fileURLToPath(new URL('../../bin/collimate.js', import.meta.url));

const run = (...args: string[]) => runCommand(args);

test('convert there and back, and what it says', async () => {
  const [file, folder] = [join(root, 'm.safetensors'), join(root, 'm')];
  const there = await run('convert', 'test/fixtures/sd1/sd', '--out', file);
  assert.deepEqual([there.status, there.stderr], [0, 'converting test/fixtures/sd1/sd\n']);
  assert.match(there.stdout, /one file in the original layout, from a folder.*\n.* parameters, read back and compared/);
  const back = await run('convert', file, '--out', folder, '--dtype', 'float16', '--json');
  assert.deepEqual([back.status, back.stderr, JSON.parse(back.stdout).to], [0, '', 'diffusers']);
  const again = await run('convert', file, '--out', folder);
  assert.equal(again.status, 2);
  assert.match(again.stderr, /is there already\n {2}Name another, or replace it with --overwrite/);
  assert.equal((await run('convert', file, '--out', join(root, 'x'), '--dtype', 'int4')).status, 2);
  assert.match((await run('convert', join(root, 'no.ckpt'), '--out', join(root, 'x'))).stderr, /no\.ckpt/);
});

test('a LoRA in another spelling', async () => {
  const module = 'mid_block.attentions.0.transformer_blocks.0.attn1.to_k';
  const matrix = (rows: number, columns: number) => ({
    dtype: 'float32' as const,
    shape: [rows, columns],
    data: new Float32Array(rows * columns).fill(0.5),
  });
  const lora = {
    unet: new Map([[module, { down: matrix(2, 32), up: matrix(32, 2), alpha: 1 }]]),
    text_encoder: new Map(),
  };
  const [from, to] = [join(root, 'lora.safetensors'), join(root, 'lora-kohya.safetensors')];
  writeLora(from, lora, 'diffusers');
  const adapts = ['--adapts', 'test/fixtures/sd1/sd'];
  const { status, stdout, stderr } = await run('convert', from, ...adapts, '--spelling', 'kohya', '--out', to);
  assert.deepEqual([status, stderr], [0, '']);
  assert.match(stdout, /in kohya's spelling: layers of unet 1, text_encoder 0; rank 2\./);
  const name = `lora_unet_${module.replaceAll('.', '_')}`;
  assert.deepEqual(
    [...readWeights(to).keys()],
    [`${name}.alpha`, `${name}.lora_down.weight`, `${name}.lora_up.weight`],
  );
  assert.equal((await run('convert', from, ...adapts, '--out', join(root, 'folder'))).status, 2);
});

test('a full disk leaves nothing that looks like a model', async (t) => {
  const disk = join(root, 'disk');
  mkdirSync(disk);
  // Only a disk that is really full shows what a full disk does, and mounting a small one takes root.
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]).status !== 0)
    return t.skip('a small disk can be mounted by root only');
  try {
    for (const name of ['m', 'm.safetensors']) {
      const { status, stderr } = await run('convert', 'test/fixtures/sd1/sd', '--out', join(disk, name));
      assert.equal(status, 1);
      assert.match(stderr, /no room left on the disk while writing .*\n {2}Free some space/);
      assert.deepEqual(readdirSync(disk), []);
    }
  } finally {
    spawnSync('umount', ['-l', disk]);
  }
});

test('two writers to one output leave one whole model', async () => {
  const target = join(root, 'shared');
  const start = () =>
    new Promise<number>((resolve) => {
      const args = [bin, 'convert', 'test/fixtures/sd1/sd', '--out', target, '--overwrite'];
      spawn(process.execPath, args, { stdio: 'ignore' }).on('exit', (code) => resolve(code!));
    });
  const codes = await Promise.all([start(), start(), start()]);
  assert.ok(codes.includes(0) && codes.every((code) => code === 0 || code === 1), codes.join());
  const alone = join(root, 'alone');
  assert.equal((await run('convert', 'test/fixtures/sd1/sd', '--out', alone)).status, 0);
  assert.equal(hashWeights(target), hashWeights(alone));
  assert.ok(existsSync(join(target, 'model_index.json')));
  assert.deepEqual(
    readdirSync(root).filter((name) => /tmp|old/.test(name)),
    [],
  );
});
