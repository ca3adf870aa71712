import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { encodePng } from '../../pictures/image.ts';
import { heldOutTest } from '../../project/prompts/held-out.ts';
import { parsePrompt } from '../../project/prompts/prompt-text.ts';
import { splitPrompts } from '../../project/prompts/split.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { embedded } from '../../world/worlds/embedded.ts';
import { cachedVectors } from './cache.ts';
import { hashPairs, openPairs } from './pairs.ts';

const options = {
  data: 'embedded',
  projectDir: '.',
  world: embedded,
  count: 40,
  seed: 1,
  ...embedded.size,
  fit: 'crop',
} as const;

test('embedded pairs are the same for the same seed, and never caption what is held out', async () => {
  const pairs = await openPairs(options);
  await assert.rejects(openPairs({ ...options, world: null }), { code: 'CONFIG', message: /this project has none/ });
  const heldOut = heldOutTest(splitPrompts());
  assert.equal(pairs.captions.length, 40);
  assert.ok(pairs.captions.every((caption) => !heldOut(parsePrompt(caption))));
  assert.equal(hashPairs(await openPairs(options)), hashPairs(pairs));
  assert.notEqual(hashPairs(await openPairs({ ...options, seed: 2 })), hashPairs(pairs));
  assert.equal((await pairs.picture(3)).length, embedded.size.width ** 2 * 3);
  await assert.rejects(openPairs({ ...options, width: 512, height: 512 }), /embedded pairs are of (\d+)×\1 pixels/);
});

test('a folder of pairs is read by its metadata.jsonl and brought to the size of the model', async (t) => {
  const dir = makeTemporaryDir(t);
  const color = (channels: 3 | 4) => ({
    create: { width: 8, height: 4, channels, background: { r: 255, g: 0, b: 10, alpha: 1 } },
  });
  await sharp(color(4)).png().toFile(join(dir, '1.png'));
  await sharp(color(3)).greyscale().png().toFile(join(dir, '2.png'));
  const lines = [
    { file_name: '1.png', text: 'a red square' },
    { file_name: '2.png', text: 'a grey square' },
  ];
  writeFileSync(join(dir, 'metadata.jsonl'), `${lines.map((line) => JSON.stringify(line)).join('\n')}\n\n`);
  const pairs = await openPairs({ ...options, data: '.', projectDir: dir, width: 4, height: 4 });
  const red = pairs.captions.indexOf('a red square');
  assert.deepEqual([...(await pairs.picture(red))].slice(0, 3), [255, 0, 10]);
  assert.equal((await pairs.picture(1 - red)).length, 48);
  assert.deepEqual(pairs.fits, { resized: 2, sizes: 1, reshaped: 2 });
  const padded = await openPairs({ ...options, data: '.', projectDir: dir, width: 4, height: 4, fit: 'pad' });
  assert.notEqual(padded.keys[0], pairs.keys[0]);
  assert.deepEqual([...(await padded.picture(red))].slice(0, 3), [255, 255, 255]);
  assert.equal((await openPairs({ ...options, data: dir, count: 1 })).captions.length, 1);
});

test('a folder of pairs that does not hold is refused with the line', async (t) => {
  const dir = makeTemporaryDir(t);
  const refused = async (content: string | undefined, message: RegExp) => {
    if (content !== undefined) writeFileSync(join(dir, 'metadata.jsonl'), content);
    await assert.rejects(openPairs({ ...options, data: dir }), { code: 'CONFIG', message });
  };
  await refused(undefined, /no PNG, JPEG, .* file/);
  writeFileSync(join(dir, '0.png'), await encodePng(new Uint8Array(3 * 64), 8, 8));
  await refused('\n', /expected at least one pair, got none; 1 × picture without a caption/);
  await refused('{"file_name": "0.png"}\n', /metadata\.jsonl line 1 \(0\.png\): text: expected a text/);
  await refused('\n{"file_name"\n', /metadata\.jsonl line 2: no JSON/);
  await refused('{"file_name": "../1.png", "text": ""}\n', /line 1: file_name: no .* called \.\.\/1\.png/);
});

test('cachedVectors computes each chunk once, and again where its file is damaged or its inputs change', async (t) => {
  const dir = makeTemporaryDir(t);
  const keys = Array.from({ length: 300 }, (_, i) => `key ${i}`);
  const calls: string[] = [];
  const run = (inputs: readonly string[], signal = new AbortController().signal) =>
    cachedVectors(
      inputs,
      2,
      async (start, end) => {
        calls.push(`${start}-${end}`);
        return Float32Array.from({ length: 2 * (end - start) }, (_, i) => 2 * start + i);
      },
      { dir, encoder: 'vae', signal },
    );
  const stopped = AbortSignal.abort();
  await assert.rejects(run(keys, stopped), { code: 'INTERRUPTED' });
  const vectors = await run(keys);
  assert.deepEqual([vectors.length, vectors[599], calls], [600, 599, ['0-256', '256-300']]);
  assert.deepEqual(await run(keys), vectors);
  assert.equal(calls.length, 2);
  await run([...keys, 'one more']);
  assert.deepEqual(calls.slice(2), ['256-301']);
});

test('a folder of pairs is read as an import reads it, without what is held out', async (t) => {
  const dir = makeTemporaryDir(t);
  for (const [i, name] of ['a', 'b', 'c', 'test/d'].entries()) {
    mkdirSync(join(dir, 'test'), { recursive: true });
    writeFileSync(join(dir, `${name}.png`), await encodePng(new Uint8Array(3 * 64).fill(50 * i), 8, 8));
  }
  writeFileSync(join(dir, 'metadata.csv'), '\uFEFFfile_name;caption\na.png;a 5" wall\n');
  writeFileSync(join(dir, 'b.txt'), 'a tall wall\n');
  writeFileSync(join(dir, 'test/d.txt'), 'held out');
  writeFileSync(join(dir, '._a.png'), 'of macOS');
  const pairs = await openPairs({ ...options, data: dir, width: 8, height: 8 });
  assert.deepEqual([...pairs.captions].sort(), ['a 5" wall', 'a tall wall']);
  assert.deepEqual(
    pairs.leftOut.map((line) => line.split(/[:,]/)[0]),
    [
      '1 × picture without a caption',
      '1 × picture of a part that is held out (unseen) (test/d.png)',
      '1 × file of an operating system',
    ],
  );
});
