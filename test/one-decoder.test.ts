// Whatever comes from outside is the same pixels, by whichever way it comes in.

import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { readReference } from '../src/judging/measures/reference.ts';
import { importFile } from '../src/method/exchange/formats.ts';
import { makeEmptyProject } from '../src/method/exchange/testing.ts';
import { addOwnImages } from '../src/method/feedback/own-images.ts';
import { openPairs } from '../src/method/tuning/pairs.ts';
import { hashPixels } from '../src/pictures/identity.ts';
import { decodePng } from '../src/pictures/image.ts';
import { describeRemarks } from '../src/pictures/remarks.ts';
import { listImages } from '../src/project/images/images.ts';
import { makeTemporaryDir } from '../src/project/testing.ts';
import { createImageWorker } from '../src/studio/server/images/image-worker.ts';

const flat = (channels: 3 | 4, background: object | string, width = 8, height = 8) =>
  sharp({ create: { width, height, channels, background: background as string } });

/** What three ways used to show in two forms. */
const FILES: Readonly<Record<string, Promise<Buffer>>> = {
  'transparent.png': flat(4, { r: 255, g: 0, b: 0, alpha: 0 }).png().toBuffer(),
  'half.webp': flat(4, { r: 0, g: 0, b: 0, alpha: 0.5 }).webp({ lossless: true }).toBuffer(),
  'turned.jpg': flat(3, '#804020', 16, 8).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
  'deep.png': flat(3, '#3366cc').toColourspace('rgb16').withIccProfile('p3').png().toBuffer(),
  'grey.tiff': flat(3, '#777').greyscale().tiff().toBuffer(),
  'still.avif': flat(3, '#123456').avif({ lossless: true }).toBuffer(),
};

test('import, upload, pre-training pairs and references see the same pixels of one file', async (t) => {
  const dir = join(makeTemporaryDir(t), 'pictures');
  mkdirSync(dir);
  for (const [name, bytes] of Object.entries(FILES)) writeFileSync(join(dir, name), await bytes);
  const lines = Object.keys(FILES).map((name) => JSON.stringify({ file_name: name, text: name }));
  writeFileSync(join(dir, 'metadata.jsonl'), `${lines.join('\n')}\n`);
  const said = '2 with transparent parts, laid on white; 1 turned as their EXIF data says';

  const project = await makeEmptyProject(t);
  const { images, remarks } = await importFile(project, { format: 'imagefolder', path: dir });
  assert.equal(images, 6);
  assert.ok(describeRemarks(remarks)!.startsWith(said));
  const expected = new Map<string, string>();
  for (const image of await listImages(project.db)) {
    const { text } = (await project.db
      .selectFrom('prompts')
      .select('text')
      .where('id', '=', image.promptId)
      .executeTakeFirst())!;
    expected.set(text, image.hash);
  }

  const worker = createImageWorker();
  // The server keeps the process alive, its threads do not.
  const alive = setInterval(() => {}, 1000);
  t.after(async () => {
    clearInterval(alive);
    await worker.close();
  });
  const notes: string[] = [];
  const reference = await readReference(dir, (text) => notes.push(text));
  assert.ok(notes[0]!.startsWith(`reference: ${said}`));
  const names = Object.keys(FILES).sort();
  for (const [i, name] of names.entries()) {
    const hash = expected.get(name)!;
    const { png } = await worker.reencode(readFileSync(join(dir, name)));
    const uploaded = await addOwnImages(project, name, [png]);
    assert.deepEqual([uploaded.known, uploaded.images[0]!.hash], [1, hash], `${name}, uploaded`);
    assert.equal(hashPixels(reference.pictures[i]!), hash, `${name} as reference`);
    const { width, height } = await decodePng(png);
    const pairs = await openPairs({
      data: dir,
      projectDir: dir,
      count: 9,
      seed: 1,
      width,
      height,
      world: null,
      fit: 'crop',
    });
    const rgb = await pairs.picture(pairs.captions.indexOf(name));
    assert.equal(hashPixels({ rgb, width, height }), hash, `${name} as a pair`);
  }
});

test('sharp decodes in src/pictures alone; elsewhere it makes small versions of what is stored', () => {
  const src = fileURLToPath(new URL('../src', import.meta.url));
  const users = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.ts') && !/\.test\.ts$|testing/.test(name) && !name.startsWith('pictures/'))
    .filter((name) => readFileSync(join(src, name), 'utf8').includes("from 'sharp'"));
  assert.deepEqual(users.sort(), ['method/tuning/card-facts.ts', 'studio/server/images/image-thread.ts']);
});
