import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import sharp from 'sharp';
import { readImageLineage } from '../../project/learning/lineage.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { measureQuality } from '../feedback/rater-quality.ts';
import { importFile } from './formats.ts';
import { makeEmptyProject } from './testing.ts';
import { packFiles } from './zip.ts';

/** A project of imported pictures, with what reads tables of labels about them. */
async function makeImported(t: TestContext, names: readonly string[]) {
  const project = await makeEmptyProject(t);
  const dir = makeTemporaryDir(t);
  for (const [i, name] of names.entries()) {
    mkdirSync(join(dir, name, '..'), { recursive: true });
    const background = { r: 40 * i, g: 9, b: 9 };
    writeFileSync(
      join(dir, name),
      await sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .png()
        .toBuffer(),
    );
    writeFileSync(join(dir, name.replace('.png', '.txt')), `wall ${i}`);
  }
  await importFile(project, { format: 'imagefolder', path: dir });
  const label = (csv: string, skipBad = false) => {
    const path = join(makeTemporaryDir(t), 'labels.csv');
    writeFileSync(path, csv);
    return importFile(project, { format: 'csv', path, skipBad });
  };
  const answers = async () => {
    const rows = await project.db
      .selectFrom('ratings')
      .innerJoin('images', 'images.id', 'imageId')
      .innerJoin('prompts', 'prompts.id', 'promptId')
      .innerJoin('raters', 'raters.id', 'raterId')
      .select(['text', 'answer', 'name'])
      .orderBy('text')
      .orderBy('name')
      .execute();
    return rows.map(({ text, answer, name }) => `${text}: ${answer} by ${name}`);
  };
  return { project, label, answers };
}

test('a table of labels finds imported pictures by the names that their files had', async (t) => {
  const { project, label, answers } = await makeImported(t, ['a.png', 'sub/B.png', 'sub/c.png']);
  const summary = await label('File_Name;caption;label;rater\na.png;wall 0;1;\nsub\\b.PNG;;0.2;ann\nc.png;;;\n');
  assert.deepEqual([summary.ratings, summary.images], [2, 0]);
  assert.deepEqual(await answers(), ['wall 0: good by labels', 'wall 1: bad by ann']);
  assert.deepEqual(
    summary.notes.leftOut.map(({ reason, count }) => [reason, count]),
    [['row without an answer', 1]],
  );
  // The same again changes nothing; words, and a name without its folder, do as well.
  const again = await label('file_name,answer\na.png,yes\nC.png,skip\n');
  assert.deepEqual([again.ratings, again.knownRatings], [1, 1]);
  assert.deepEqual(again.notes.readAs, { 'answer without a rater, which counts as one of labels': 2 });
  // None came with its time, which is no time of 0 seconds.
  const { raters, medianSeconds } = await measureQuality(project.db);
  assert.deepEqual([medianSeconds, ...raters.map((rater) => rater.medianSeconds)], [null, null, null]);
  const [image] = await project.db
    .selectFrom('images')
    .selectAll()
    .innerJoin('imageNames', 'imageId', 'images.id')
    .where('name', '=', 'sub/B.png')
    .execute();
  assert.deepEqual((await readImageLineage(project.db, image!)).names, ['sub/B.png']);
});

test('names that are several pictures’, or nobody’s, are refused with their line', async (t) => {
  const { label, answers } = await makeImported(t, ['x/a.png', 'y/a.png']);
  await assert.rejects(
    label('file_name,label\na.png,1\n'),
    /labels\.csv line 2: file_name: 2 pictures .* came in as x\/a\.png and y\/a\.png/,
  );
  await assert.rejects(
    label('file_name,label\nz.png,1\n'),
    /line 2: the project has no picture that came in as z\.png/,
  );
  await assert.rejects(label('file_name,answer\nx/a.png,great\n'), /line 2: answer: /);
  await assert.rejects(
    label('image_id,answer\npicture 7,good\n'),
    /line 2: image_id: expected 32 hexadecimal digits, got picture 7$/,
  );
  // It would count as the latest answer for good.
  await assert.rejects(
    label('file_name,answer,rated_at\nx/a.png,good,2999-01-01T00:00:00Z\n'),
    /line 2: rated_at: expected a time that has been, got 2999-01-01T00:00:00Z/,
  );
  await assert.rejects(
    label('file_name,label\nx/a.png,1\ny/a.png,7\n'),
    /labels\.csv: label: expected good, bad or skip, or numbers from 0 to 1 alone, got "7"/,
  );
  const { ratings, notes } = await label('file_name,text,label\na.png,wall 1,0\nx/a.png,wall 0,1\na.png,,1\n', true);
  assert.deepEqual([ratings, notes.bad.length], [2, 1]);
  assert.deepEqual(await answers(), ['wall 0: good by labels', 'wall 1: bad by labels']);
});

test('a caption of the very name comes before one in other capitals; names of an archive may begin with ./', async (t) => {
  const project = await makeEmptyProject(t);
  const picture = (red: number) =>
    sharp({ create: { width: 8, height: 8, channels: 3, background: { r: red, g: 9, b: 9 } } })
      .png()
      .toBuffer();
  const path = join(makeTemporaryDir(t), 'walls.zip');
  const files = [
    ['./a.png', await picture(1)],
    ['./A.PNG', await picture(2)],
    ['./a.txt', Buffer.from('small')],
    ['./A.TXT', Buffer.from('tall')],
    ['B.png', await picture(3)],
    ['b.TXT', Buffer.from('found')],
    ['c.png', await picture(4)],
    ['c.txt', Buffer.from('taken')],
    ['C.txt', Buffer.from('left out')],
  ] as const;
  writeFileSync(path, Buffer.concat([...packFiles(files)]));
  const { notes } = await importFile(project, { format: 'imagefolder', path });
  const rows = await project.db
    .selectFrom('imageNames')
    .innerJoin('images', 'images.id', 'imageId')
    .innerJoin('prompts', 'prompts.id', 'promptId')
    .select(['name', 'text'])
    .execute();
  assert.deepEqual(rows.map(({ name, text }) => `${name}: ${text}`).sort(), [
    'A.PNG: tall',
    'B.png: found',
    'a.png: small',
    'c.png: taken',
  ]);
  assert.deepEqual(
    notes.leftOut.map(({ reason, examples }) => [reason, examples]),
    [['caption beside another of the same picture', ['C.txt']]],
  );
});
