import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { makeTemporaryDir } from '../../project/testing.ts';
import { formatCsv, parseCsv } from '../../util/csv.ts';
import { findTextFault } from '../../util/outside-text.ts';
import { type Random, random } from '../../util/random.ts';
import { listFiles } from './folder.ts';
import { createNotes } from './notes.ts';
import { readFolderFiles } from './read-folder.ts';

const PNG = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#a33' } })
  .png()
  .toBuffer();
const FOLDERS = ['', 'train/', 'test/', 'good/', 'Sub Folder/'];
const NAMES = ['a', 'B', 'é', 'x y', 'IMG_1'];
const ENDINGS = ['.png', '.PNG', '.jpg', '.txt', '.caption', '.bmp', '.md'];
const TEXTS = ['a red wall', '5" tall', '', ' two\nlines ', 'nul \0', 'half \ud83d', 'a, "b"', '犬'];

const pick = <T>(rng: Random, list: readonly T[]): T => list[rng.int(list.length)]!;

/** Files with whatever is in folders, and tables that name some of them, and others. */
function makeFiles(rng: Random): Map<string, Uint8Array | string> {
  const files = new Map<string, Uint8Array | string>();
  for (let i = 0; i < 6; i++) {
    const [name, ending] = [`${pick(rng, FOLDERS)}${pick(rng, NAMES)}`, pick(rng, ENDINGS)];
    files.set(
      `${name}${ending}`,
      /txt|caption/.test(ending) ? pick(rng, TEXTS) : rng.int(5) === 0 ? 'no picture' : PNG,
    );
  }
  for (const name of [...files.keys()])
    if (/\.(png|jpg)$/i.test(name) && rng.int(3) > 0) files.set(name.replace(/\.\w+$/, '.txt'), pick(rng, TEXTS));
  files.set('sure.png', PNG);
  for (const folder of ['', 'train/']) {
    const rows = Array.from({ length: rng.int(6) }, () => [
      `${pick(rng, NAMES)}${pick(rng, ENDINGS.slice(0, 4))}`,
      pick(rng, TEXTS),
      pick(rng, ['', '1', 'x']),
    ]);
    if (rng.int(2) === 0) files.set(`${folder}metadata.csv`, formatCsv([['file_name', 'text', 'label'], ...rows]));
    else
      files.set(
        `${folder}metadata.jsonl`,
        rows.map(([file_name, text, label]) => `${JSON.stringify({ file_name, text, label })}\n`).join(''),
      );
  }
  return files;
}

/** Rows that hold something. */
function countRows(name: string, path: string): number {
  const text = readFileSync(path, 'utf8');
  return name.endsWith('.csv') ? parseCsv(text).length - 1 : text.split('\n').filter(Boolean).length;
}

test('of any folder each picture is taken, left out with a reason, or wrong, and each row is', async (t) => {
  let taken = 0;
  for (let seed = 0; seed < 60; seed++) {
    const dir = makeTemporaryDir(t);
    for (const [name, content] of makeFiles(random(seed, 'folder'))) {
      mkdirSync(dirname(join(dir, name)), { recursive: true });
      writeFileSync(join(dir, name), content);
    }
    const found = listFiles(dir);
    const notes = createNotes({ skipBad: true });
    const items = [];
    for await (const item of readFolderFiles(dir, found, notes)) items.push(item);
    const { leftOut, bad } = notes.finish();
    const named = new Set(items.map(({ fileName }) => fileName));
    taken += named.size;
    const told = JSON.stringify([leftOut, bad]);
    const count = leftOut.reduce((sum, own) => sum + own.count, 0);
    assert.ok(leftOut.every(({ count: own, examples }) => own >= examples.length && examples.length > 0));
    const rows = [...found.files].flatMap(([name, path]) => (/metadata\./.test(name) ? countRows(name, path) : []));
    const ofRows = items.filter(({ where }) => /metadata\.(csv|jsonl) line/.test(where)).length;
    assert.ok(rows.reduce((sum, own) => sum + own, 0) <= ofRows + bad.length + count, `seed ${seed}: ${told}`);
    // Captions belong to their pictures, and tables to their rows; every other file is told of by its name or its caption's.
    for (const name of found.files.keys()) {
      if (/\.(txt|caption)$|metadata\.(csv|jsonl)$/i.test(name) || named.has(name)) continue;
      const own = JSON.stringify(name)
        .slice(1, -1)
        .split('/')
        .at(-1)!
        .replace(/\.\w+$/, '');
      assert.ok(
        told.includes(own) || leftOut.some(({ count: many }) => many > 5),
        `seed ${seed}: ${name} of ${[...found.files.keys()]}: ${told}`,
      );
    }
    for (const { prompt } of items)
      assert.ok(prompt !== '' && prompt === prompt.trim() && findTextFault(prompt) === undefined);
  }
  assert.ok(taken > 60, `${taken} pictures were taken`);
});
