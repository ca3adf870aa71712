import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { makeTemporaryDir } from '../../project/testing.ts';
import { guardCell, unguardCell } from '../../util/csv.ts';
import { exportProject, importFile } from './formats.ts';
import { countRows, makeEmptyProject, makeFilledProject } from './testing.ts';
import { packFiles } from './zip.ts';

const png = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#888' } })
    .png()
    .toBuffer();

test('what does not fit is refused with its place, and nothing is stored', async (t) => {
  const project = await makeFilledProject(t);
  const dir = makeTemporaryDir(t);
  const write = (name: string, content: string | Uint8Array) => {
    const path = join(dir, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
    return path;
  };
  await exportProject(project, { format: 'parquet', out: join(dir, 'whole.parquet') });
  await exportProject(project, { format: 'preference', out: join(dir, 'preference.parquet') });
  const whole = readFileSync(join(dir, 'whole.parquet'));
  const middle = Buffer.from(whole);
  middle.fill(0x5a, 200, 4000);
  const small = await png(8, 8);
  const folder = (name: string, line: object | string, files: Record<string, Uint8Array> = { 'a.png': small }) => {
    for (const [file, bytes] of Object.entries(files)) write(`${name}/${file}`, bytes);
    write(
      `${name}/metadata.jsonl`,
      typeof line === 'string'
        ? line
        : `${JSON.stringify({ file_name: 'a.png', text: 'fine' })}\n${JSON.stringify(line)}\n`,
    );
    return join(dir, name);
  };
  write('outside.png', small);
  const task = (data: object, annotations: unknown = []) => JSON.stringify([{ data, annotations }]);
  const cases: [format: string, path: string, message: RegExp][] = [
    ['parquet', write('cut.parquet', whole.subarray(0, whole.length - 100)), /no whole Parquet file/],
    ['parquet', write('text.parquet', 'no parquet'), /no whole Parquet file/],
    ['parquet', write('middle.parquet', middle), /whole|picture|read/],
    ['parquet', join(dir, 'preference.parquet'), /expected the columns image, prompt; image is missing/],
    ['parquet', write('shards/data/train-00000-of-00002.parquet', whole), /expected 2 shards, got 1/],
    ['pick-a-pic', join(dir, 'whole.parquet'), /caption, jpg_0, jpg_1/],
    ['parquet', join(dir, 'nowhere'), /no such file/],
    [
      'imagefolder',
      folder('up', { file_name: '../outside.png', text: 'x' }),
      /line 2: file_name: no PNG, JPEG, WebP, GIF, AVIF or TIFF file/,
    ],
    [
      'imagefolder',
      folder('absolute', { file_name: join(dir, 'outside.png'), text: 'x' }),
      /no PNG, JPEG, WebP, GIF, AVIF or TIFF file/,
    ],
    [
      'imagefolder',
      folder('lying', { file_name: 'b.png', text: 'x' }, { 'a.png': small, 'b.png': Buffer.from('<svg/>') }),
      /line 2 \(b\.png\): the file is/,
    ],
    [
      'imagefolder',
      folder('huge', { file_name: 'b.png', text: 'x' }, { 'a.png': small, 'b.png': await png(8000, 6000) }),
      /pixel/i,
    ],
    [
      'imagefolder',
      folder(
        'half',
        { file_name: 'b.png', text: 'x' },
        { 'a.png': small, 'b.png': (await png(64, 64)).subarray(0, 90) },
      ),
      /no picture that can be read/,
    ],
    ['imagefolder', folder('empty', { file_name: 'a.png', text: ' ' }), /line 2 \(a\.png\): text: expected a text/],
    ['imagefolder', folder('broken', '{"file_name": "a.png"\n'), /line 1: no JSON/],
    [
      'imagefolder',
      folder('answer', { file_name: 'a.png', text: 'x', ratings: [{ rater: 'r', answer: 'great' }] }),
      /rating 1: answer/,
    ],
    ['csv', write('columns.csv', 'a,b\r\n1,2\r\n'), /expected the columns answer \(or label\) and image_id/],
    [
      'csv',
      write('short.csv', 'rater,answer,image_hash\r\nann,good\r\n'),
      /short\.csv line 2: expected 3 cells, got 2/,
    ],
    [
      'csv',
      write('quote.csv', `rater,answer,image_hash\r\n"${'a,'.repeat(200_000)}`),
      /quote\.csv: line 2: a quote is opened here and never closed/,
    ],
    ['csv', write('unknown.csv', `rater,answer,image_hash\r\nann,good,${'0'.repeat(64)}\r\n`), /has no picture 0000/],
    ['csv', write('bytes.csv', Buffer.from('rater,answer\r\n\xe9ve,good\r\n', 'latin1')), /no UTF-8 text \(line 2\)/],
    ['csv', write('wide.csv', Buffer.from([0xff, 0xfe, 0x00])), /marked as UTF-16 and is none/],
    ['label-studio', write('list.json', '{}'), /expected a list of tasks/],
    [
      'label-studio',
      write('path.json', task({ image: '/etc/passwd', prompt: 'x' })),
      /addresses and paths are not followed/,
    ],
    ['label-studio', write('uri.json', task({ image: 'data:text/html;base64,aa', prompt: 'x' })), /data URI/],
    [
      'label-studio',
      write(
        'choice.json',
        task({ image: `data:image/png;base64,${small.toString('base64')}`, prompt: 'x' }, [
          { result: [{ type: 'choices', value: { choices: ['Perhaps'] } }] },
        ]),
      ),
      /expected one choice/,
    ],
    ['nothing', dir, /there is no format nothing/],
  ];
  const zip = (name: string, files: Record<string, string | Uint8Array>) => {
    const entries = Object.entries(files).map(([file, content]) => [file, Buffer.from(content)] as const);
    return write(name, Buffer.concat([...packFiles(entries)]));
  };
  const line = JSON.stringify({ file_name: 'a.png', text: 'fine' });
  const raw = Buffer.from([0xff, 0x00]);
  const sound = readFileSync(zip('sound.zip', { 'metadata.jsonl': line, 'a.png': small }));
  cases.push(
    ['imagefolder', write('none.zip', 'no archive'), /no zip file/],
    ['imagefolder', write('cut.zip', sound.subarray(0, line.length + 80)), /cut\.zip/],
    [
      'imagefolder',
      zip('up.zip', { 'metadata.jsonl': line.replace('a.png', '../../outside.png'), '../../a.png': small }),
      /up\.zip: .*\.\.\/\.\.\/a\.png/,
    ],
    ['imagefolder', zip('broken.zip', { 'metadata.jsonl': line, 'a.png': 'no picture' }), /a\.png/],
    ['imagefolder', zip('bare.zip', { 'a.png': small }), /nothing to import: .*without a caption.*a\.png/],
    ['imagefolder', zip('bytes.zip', { 'a.png': small, 'a.txt': raw }), /bytes\.zip\/a\.txt: .*no UTF-8/],
    ['imagefolder', zip('rows.zip', { 'metadata.csv': raw, 'a.png': small }), /rows\.zip\/metadata\.csv: .*no UTF-8/],
  );
  const before = await countRows(project);
  const files = readdirSync(join(project.dir, 'images'), { recursive: true }).sort();
  for (const [format, path, message] of cases) {
    await assert.rejects(
      importFile(project, { format, path }),
      { name: 'CollimateError', message },
      `${format} ${path}`,
    );
    assert.deepEqual(await countRows(project), before, path);
    assert.deepEqual(readdirSync(join(project.dir, 'images'), { recursive: true }).sort(), files, path);
  }
});

test('captions come from metadata.csv or from text files, and pictures of any kind become PNG', async (t) => {
  const dir = makeTemporaryDir(t);
  writeFileSync(
    join(dir, 'a.jpg'),
    await sharp(await png(16, 12))
      .jpeg()
      .toBuffer(),
  );
  writeFileSync(join(dir, 'a.txt'), 'an oil painting of two red dogs\n');
  const project = await makeEmptyProject(t);
  await importFile(project, { format: 'imagefolder', path: dir });
  writeFileSync(join(dir, 'metadata.csv'), 'file_name,text\r\na.jpg,"two red dogs"\r\n');
  const summary = await importFile(project, { format: 'imagefolder', path: dir });
  assert.deepEqual([summary.images, summary.prompts], [1, 1]);
  const rows = await project.db
    .selectFrom('images')
    .innerJoin('prompts', 'prompts.id', 'promptId')
    .select(['hash', 'category', 'slots', 'sampler', 'steps'])
    .orderBy('category')
    .execute();
  assert.deepEqual(
    rows.map(({ category, sampler, steps }) => [category, sampler, steps]),
    [
      ['combination', 'none', 0],
      ['free', 'none', 0],
    ],
  );
  const { format, width } = await sharp(await project.images.getBlob(rows[0]!.hash)).metadata();
  assert.deepEqual([format, width], ['png', 16]);
});

test('cells guard against formulas, and come back as they were', () => {
  for (const text of ['=1+1', '+1', '-1', '@x', '\tx', "'=x", "''-x", 'plain', "'plain", '']) {
    assert.ok(!/^[=+\-@\t\r]/.test(guardCell(text)));
    assert.equal(unguardCell(guardCell(text)), text);
  }
});
