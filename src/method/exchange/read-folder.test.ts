import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { addPngText } from '../../pictures/png-text.ts';
import type { Project } from '../../project/project.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { describeImport } from './describe-import.ts';
import { importFile } from './formats.ts';
import { toSplit } from './splits.ts';
import { makeEmptyProject } from './testing.ts';
import { packFiles } from './zip.ts';

let shade = 0;
/** A picture unlike all others. */
const png = () => {
  shade += 3;
  return sharp({ create: { width: 8, height: 8, channels: 3, background: { r: shade % 256, g: shade >> 8, b: 9 } } })
    .png()
    .toBuffer();
};

type Content = Uint8Array | string | object | readonly object[];

/** A folder of files; `png` is a picture, objects are JSON lines. */
async function makeFolder(t: TestContext, files: Readonly<Record<string, Content>>): Promise<string> {
  const dir = makeTemporaryDir(t);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), await toBytes(content));
  }
  return dir;
}

async function toBytes(content: Content): Promise<Uint8Array | string> {
  if (content === 'png') return png();
  if (typeof content === 'string' || content instanceof Uint8Array) return content;
  return [content]
    .flat()
    .map((row) => `${JSON.stringify(row)}\n`)
    .join('');
}

/** What a project holds: each picture's prompt with its split and answers, in the order of the prompts. */
async function describe({ db }: Project): Promise<string[]> {
  const rows = await db
    .selectFrom('images')
    .innerJoin('prompts', 'prompts.id', 'promptId')
    .leftJoin('ratings', 'ratings.imageId', 'images.id')
    .leftJoin('raters', 'raters.id', 'raterId')
    .select(['prompts.text', 'prompts.split', 'answer', 'raters.name'])
    .orderBy('prompts.text')
    .orderBy('answer')
    .execute();
  return rows.map(({ text, split, answer, name }) => `${text} (${split}${answer ? `, ${answer} by ${name}` : ''})`);
}

/** Imports a folder and says what came of it. */
async function take(t: TestContext, files: Readonly<Record<string, Content>>, skipBad = false) {
  const project = await makeEmptyProject(t);
  const path = await makeFolder(t, files);
  const { notes } = await importFile(project, { format: 'imagefolder', path, skipBad });
  const leftOut = notes.leftOut.map(({ reason, examples }) => `${reason.split(/[:,]/)[0]}: ${examples.join(' ')}`);
  return { stored: await describe(project), leftOut, readAs: Object.keys(notes.readAs), notes };
}

test('every table of every folder is read, and parts for tests are kept from learning', async (t) => {
  const { stored, leftOut, readAs, notes } = await take(t, {
    'train/metadata.jsonl': [
      { file_name: 'a.png', text: 'a red wall' },
      { file_name: 'a.png', text: 'a wall' },
    ],
    'train/a.png': 'png',
    'test/metadata.csv': 'file_name,caption,split\nb.png,a blue wall,\nb2.png,an unseen wall,train\n',
    'test/b.png': 'png',
    'test/b2.png': 'png',
    'validation/metadata.jsonl': { file_name: 'c.png', prompt: 'a green wall', split: 'galaxy' },
    'validation/c.png': 'png',
    'more/d.png': 'png',
    'more/d.txt': 'a grey wall\n',
    'more/metadata.csv': 'file_name,text\n',
    'train/metadata.csv': 'file_name,text\na.png,never read\n',
  });
  assert.deepEqual(stored, [
    'a blue wall (unseen)',
    'a green wall (development)',
    'a grey wall (seen)',
    'a red wall (seen)',
    'a wall (seen)',
    'an unseen wall (seen)',
  ]);
  assert.deepEqual(leftOut, ['table beside train/metadata.jsonl: train/metadata.csv']);
  assert.deepEqual(
    readAs.map((words) => words.split(':')[0]),
    [
      'picture of a test part',
      'picture of a validation part',
      'picture that is the same as another here, under another prompt or recipe',
    ],
  );
  assert.deepEqual(notes.passedOver, { split: 1 });
});

test('several prompts in one picture are told of, and one of any length is whole or refused', async (t) => {
  const twice = (first: string, second: string) =>
    png().then((bytes) => addPngText(addPngText(bytes, 'parameters', second), 'parameters', first));
  const { stored, readAs } = await take(t, {
    'a.png': await twice('a red wall\nSteps: 20, Seed: 1', 'a blue door'),
    'b.png': await twice('a fox', 'a fox\nNegative prompt: blurry\nSteps: 5'),
  });
  assert.deepEqual(stored, ['a fox (seen)', 'a red wall (seen)']);
  assert.deepEqual(readAs, ['picture in which several prompts are written, of which the first was taken']);
  const long = addPngText(await png(), 'parameters', 'a long wall '.repeat(900));
  await assert.rejects(take(t, { 'a.png': long }), /caption: expected a text of at most 10,000 characters/);
});

test('files that show the same are one image of each prompt, which is told of', async (t) => {
  const picture = await png();
  const rows = [
    ['a.png', 'a fox'],
    ['b.png', 'a fox'],
    ['c.png', 'a dog'],
    // One file under two prompts, in capitals as some tables have them.
    ['c.png', 'a cat'],
  ].map(([File_Name, TEXT]) => ({ File_Name, TEXT }));
  const files = { 'a.png': picture, 'b.png': picture, 'c.png': picture, 'metadata.jsonl': rows };
  const { stored, notes } = await take(t, files);
  assert.deepEqual(stored, ['a cat (seen)', 'a dog (seen)', 'a fox (seen)']);
  assert.deepEqual(notes.readAs, {
    'picture that is the same as another here, under the same prompt: one image': 1,
    'picture that is the same as another here, under another prompt or recipe: an image for each': 2,
  });
  assert.deepEqual(notes.passedOver, {});
});

test('what is not taken is counted with its reason', async (t) => {
  const dir = await makeFolder(t, {
    'metadata.jsonl': [
      { file_name: 'a.png', text: 'a red wall' },
      { file_name: 'e.bmp', text: 'a film' },
      { file_name: 'link.png', text: 'a link' },
    ],
    'a.png': 'png',
    'a.txt': 'not read, since a row names its picture',
    'b.png': 'png',
    'c.png': 'png',
    'c.caption': 'a small wall',
    'd.png': 'png',
    'd.txt': 'a tall wall',
    'd.caption': 'not read',
    'e.bmp': 'no matter what',
    'f.mp4': 'no matter what',
    'lonely.txt': 'a text',
    'README.md': '# read me',
    '._a.png': 'apple',
    '.DS_Store': 'apple',
    '__MACOSX/._a.png': 'apple',
    'Thumbs.db': 'windows',
  });
  symlinkSync(join(dir, 'a.png'), join(dir, 'link.png'));
  symlinkSync(join(dir, 'a.png'), join(dir, 'link2.png'));
  const project = await makeEmptyProject(t);
  const summary = await importFile(project, { format: 'imagefolder', path: dir });
  assert.deepEqual(await describe(project), ['a red wall (seen)', 'a small wall (seen)', 'a tall wall (seen)']);
  const found = Object.fromEntries(
    summary.notes.leftOut.map(({ reason, examples }) => [reason.split(/[:,]/)[0], examples]),
  );
  assert.deepEqual(found, {
    'caption beside another of the same picture': ['d.caption'],
    'picture or film that is not PNG': ['e.bmp', 'f.mp4'],
    link: ['link.png', 'link2.png'],
    'picture without a caption': ['b.png'],
    'file of an operating system': ['.DS_Store', '._a.png', 'Thumbs.db', '__MACOSX/._a.png'],
    'text without a picture of its name': ['lonely.txt'],
    'caption beside a picture that a table has a text for': ['a.txt'],
    'file that is neither a picture nor a caption': ['README.md'],
  });
  const text = describeImport(summary);
  assert.match(text, /^Left out 13:$/m);
  assert.match(text, /^ {2}1 × picture without a caption: .* \(b\.png\)$/m);
});

test('lines of captions are all taken and told of, also those that start with #', async (t) => {
  const { stored, notes } = await take(t, {
    'a.png': 'png',
    'a.txt': '#1 of the dogs\nin a city\n',
    'b.png': 'png',
    'b.caption': 'a red wall\n\n',
    'c.png': 'png',
    'metadata.tsv': 'file_name\ttext\nc.png\t"a tall wall\nd.png\ta tree"\n',
  });
  assert.deepEqual(stored, [
    '#1 of the dogs\nin a city (seen)',
    'a red wall (seen)',
    'a tall wall\nd.png\ta tree (seen)',
  ]);
  assert.deepEqual(notes.readAs, {
    'caption of several lines, all of them taken': 2,
    'caption with a line that starts with #, which is part of it and no remark': 1,
  });
});

test('a folder of nothing but links says so', async (t) => {
  const dir = await makeFolder(t, { 'metadata.csv': 'file_name,text\na.png,a wall\n' });
  symlinkSync(join(dir, 'metadata.csv'), join(dir, 'a.png'));
  const project = await makeEmptyProject(t);
  await assert.rejects(importFile(project, { format: 'imagefolder', path: dir }), {
    message: /no PNG.* file, but 1 link, which are not followed \(a\.png\)$/,
    hint: /^Copy what the links lead to/,
  });
});

test('a category that the words of a prompt decide, and half a recipe, are told of', async (t) => {
  const { notes } = await take(t, {
    'metadata.jsonl': [
      { file_name: 'a.png', text: 'two red dogs', category: 'animals', seed: 7, steps: 20 },
      { file_name: 'b.png', text: 'a fox in the rain', category: 'animals' },
    ],
    'a.png': 'png',
    'b.png': 'png',
  });
  assert.deepEqual(
    Object.entries(notes.readAs).map(([words, count]) => `${count} × ${words.split(/[:,]/)[0]}`),
    ['1 × picture that came without all of seed', '1 × category by the words of the project’s grammar'],
  );
});

test('names are found in another spelling where that is one file’s alone', async (t) => {
  const files = { 'images/é.PNG': 'png', 'IMG_1.JPG': 'png', 'T/x.png': 'png', 'T/X.TXT': 'a tall wall' };
  const rows = [
    { file_name: 'images\\e\u0301.png', text: 'a red wall' },
    { file_name: './img_1.jpg', text: 'a blue wall' },
  ];
  const { stored, notes } = await take(t, { ...files, 'metadata.jsonl': rows });
  assert.deepEqual(stored, ['a blue wall (seen)', 'a red wall (seen)', 'a tall wall (seen)']);
  assert.deepEqual(Object.values(notes.readAs), [2]);
  const twice = { 'a.png': 'png', 'A.PNG': 'png', 'metadata.csv': 'file_name,text\nA.png,a wall\n' };
  await assert.rejects(take(t, twice), /line 2: file_name: no .* called A\.png; it could be A\.PNG or a\.png/);
});

test('columns of other data sets are passed over and counted, and none of them is taken for ours', async (t) => {
  const row = {
    file_name: 'a.png',
    text: 'a red wall',
    image_id: 139,
    category: 3,
    seed: -1,
    model_hash: 'abcdef0123',
    ratings: [4, 5],
    width: 640,
    negative_prompt: 'ugly',
    best: 3,
    good: 'yes, very',
    caption: 'another',
    license: 'CC0',
    empty: '',
  };
  const { stored, notes } = await take(t, { 'a.png': 'png', 'metadata.jsonl': row });
  assert.deepEqual(stored, ['a red wall (seen)']);
  assert.deepEqual(notes.passedOver, {
    ratings: 1,
    image_id: 1,
    category: 1,
    seed: 1,
    model_hash: 1,
    width: 1,
    negative_prompt: 1,
    best: 1,
    good: 1,
    caption: 1,
    license: 1,
  });
});

test('labels become answers where all of a column are labels, and class folders do', async (t) => {
  const csv = (values: readonly string[]) =>
    `file_name,text,label\n${values.map((value, i) => `${i}.png,text ${i},${value}\n`).join('')}`;
  const pictures = { '0.png': 'png', '1.png': 'png', '2.png': 'png', '3.png': 'png' };
  const floats = await take(t, { ...pictures, 'metadata.csv': csv(['1', '0.2', '0.5', '']) });
  assert.deepEqual(floats.stored, [
    'text 0 (seen, good by labels)',
    'text 1 (seen, bad by labels)',
    'text 2 (seen)',
    'text 3 (seen)',
  ]);
  assert.deepEqual(Object.values(floats.notes.readAs), [2, 1]);
  const words = await take(t, { ...pictures, 'metadata.csv': csv(['Good', 'bad', 'skip', 'yes']) });
  assert.deepEqual(
    words.stored.map((text) => text.split(' ')[3]),
    ['good', 'bad', 'skip', 'good'],
  );
  const classes = await take(t, { ...pictures, 'metadata.csv': csv(['0', '1', '2', '3']) });
  assert.deepEqual(classes.stored[0], 'text 0 (seen)');
  assert.deepEqual(classes.notes.passedOver, { label: 4 });
  const rows = [
    { file_name: '0.png', text: 'text 0', good: 2, bad: 1 },
    { file_name: '1.png', text: 'text 1', good: 0, bad: 0 },
    { file_name: '2.png', text: 'text 2', good: 1, bad: 1 },
  ];
  const counts = await take(t, { ...pictures, 'metadata.jsonl': rows });
  assert.deepEqual(counts.stored, ['text 0 (seen, good by labels)', 'text 1 (seen)', 'text 2 (seen)']);
  // What is beside the labels is told of; raters may be numbers, and not what no database keeps.
  const beside = rows.map((row, i) => ({ ...row, good: i, label: 'dog', rater: i + 1 }));
  const named = await take(t, { ...pictures, 'metadata.jsonl': beside });
  assert.deepEqual(named.stored, ['text 0 (seen, bad by 1)', 'text 1 (seen, good by 2)', 'text 2 (seen, good by 3)']);
  assert.deepEqual(named.notes.passedOver, { label: 3 });
  const broken = take(t, { ...pictures, 'metadata.jsonl': { ...rows[0], rater: 'a\0b' } });
  await assert.rejects(broken, /line 1 \(0\.png\): rater: .*U\+0000/);
  const folders = await take(t, {
    'good/a.png': 'png',
    'good/a.txt': 'a red wall',
    'train/Bad/b.png': 'png',
    'train/Bad/b.txt': 'a blue wall',
    'goods/c.png': 'png',
    'goods/c.txt': 'a green wall',
  });
  assert.deepEqual(folders.stored, [
    'a blue wall (seen, bad by labels)',
    'a green wall (seen)',
    'a red wall (seen, good by labels)',
  ]);
});

test('what is wrong is told of all at once, or left out and listed', async (t) => {
  const files = {
    'a.png': 'png',
    'b.png': 'no picture',
    'metadata.csv': 'file_name,text\na.png,a red wall\nb.png,broken\ngone.png,a wall\na.png\na.png,nul \0 inside\n',
  };
  await assert.rejects(take(t, files), (error: Error & { hint: string }) => {
    assert.match(error.message, /line 5: expected 2 cells, got 1\nand 3 more like it:\n/);
    for (const part of [
      /line 3 \(b\.png\): the file is/,
      /line 4: file_name: no .* gone\.png/,
      /line 6 \(a\.png\): text: the text has the control character U\+0000/,
    ])
      assert.match(error.message, part);
    assert.match(error.hint, /leave out what is wrong \(--skip-bad\)/);
    return true;
  });
  const { stored, notes } = await take(t, files, true);
  assert.deepEqual(stored, ['a red wall (seen)']);
  assert.equal(notes.bad.length, 4);
  await assert.rejects(take(t, { 'a.png': 'png' }), /nothing to import: .*picture without a caption/);
});

test('metadata.parquet is read, and an archive as a folder', async (t) => {
  const project = await makeEmptyProject(t);
  const zip = join(makeTemporaryDir(t), 'x.zip');
  const files: [string, Uint8Array][] = [
    ['set/metadata.csv', Buffer.from('file_name,text\na.png,a red wall\n')],
    ['set/a.png', await png()],
    ['__MACOSX/set/._a.png', Buffer.from('apple')],
  ];
  writeFileSync(zip, Buffer.concat([...packFiles(files)]));
  const { notes } = await importFile(project, { format: 'imagefolder', path: zip });
  assert.deepEqual(
    notes.leftOut.map(({ examples }) => examples),
    [['__MACOSX/set/._a.png']],
  );
  const fixture = fileURLToPath(new URL('../../../test/fixtures/metadata-parquet', import.meta.url));
  const { images } = await importFile(project, { format: 'imagefolder', path: fixture });
  assert.equal(images, 2);
  assert.deepEqual(await describe(project), [
    'a green lawn (unseen)',
    'a red wall (seen)',
    'a red wall (seen, good by labels)',
  ]);
});

test('the words for parts that nothing may learn from', () => {
  const words = ['Test', 'eval', 'holdout', 'held-out', 'held_out', 'val', 'train', 'fold 1'];
  const parts = ['unseen', 'unseen', 'unseen', 'unseen', 'unseen', 'development', 'seen', undefined];
  assert.deepEqual(words.map(toSplit), parts);
});
