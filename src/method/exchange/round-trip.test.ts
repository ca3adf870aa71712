import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parquetMetadata } from 'hyparquet';
import { setRaterExcluded } from '../../project/rating/raters.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { parseCsv } from '../../util/csv.ts';
import { exportProject, importFile } from './formats.ts';
import { describeProject, EXCHANGE_PROMPTS, makeEmptyProject, makeFilledProject, NOTHING } from './testing.ts';

const COMPLETE = [
  ['imagefolder', 'folder'],
  ['imagefolder', 'folder.zip'],
  ['parquet', 'folder'],
  ['label-studio', 'tasks.json'],
] as const;

for (const [format, name] of COMPLETE) {
  test(`${format} as ${name}: images, prompts and answers come back the same in another project, and add nothing to their own`, async (t) => {
    const project = await makeFilledProject(t);
    const out = join(makeTemporaryDir(t), name);
    const { images, ratings } = await exportProject(project, { format, out });
    assert.deepEqual([images, ratings], [9, 15]);
    const fresh = await makeEmptyProject(t);
    const summary = await importFile(fresh, { format, path: out });
    assert.deepEqual(summary, { ...NOTHING, images: 9, prompts: 3, ratings: 15 });
    // The grammar names categories of prompts that it can make; others keep theirs.
    assert.deepEqual(await describeProject(fresh), await describeProject(project));
    const again = await importFile(project, { format, path: out });
    assert.deepEqual(again, { ...NOTHING, knownImages: 9, knownRatings: 15 });
    assert.equal((await describeProject(project)).length, 9);
    await assert.rejects(exportProject(project, { format, out }), /there is something at/);
  });
}

test('imagefolder and parquet have the published shape', async (t) => {
  const project = await makeFilledProject(t);
  const dir = makeTemporaryDir(t);
  await exportProject(project, { format: 'imagefolder', out: join(dir, 'folder') });
  const lines = readFileSync(join(dir, 'folder/train/metadata.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(lines.length, 9);
  for (const { file_name, text, seed, model_hash, ratings } of lines) {
    assert.ok(
      existsSync(join(dir, 'folder/train', file_name)) &&
        EXCHANGE_PROMPTS.includes(text) &&
        seed >= 0 &&
        model_hash.length === 64,
    );
    for (const { rating_id, rater, skipped, guideline_version } of ratings) {
      assert.match(rater, /^rater-[0-9a-f]{16}$/);
      assert.ok(rating_id.length === 20 && typeof skipped === 'boolean' && guideline_version === 1);
    }
  }
  await exportProject(project, { format: 'parquet', out: join(dir, 'shards') });
  const { buffer } = new Uint8Array(readFileSync(join(dir, 'shards/data/train-00000-of-00001.parquet')));
  const metadata = parquetMetadata(buffer);
  const { info } = JSON.parse(metadata.key_value_metadata!.find(({ key }) => key === 'huggingface')!.value!);
  assert.deepEqual(info.features.image, { _type: 'Image' });
  assert.deepEqual(info.features.seed, { dtype: 'int64', _type: 'Value' });
  assert.deepEqual(
    metadata.schema.slice(1, 4).map(({ name, type }) => `${name} ${type}`),
    ['image undefined', 'bytes BYTE_ARRAY', 'path BYTE_ARRAY'],
  );
});

test('label studio: a skip is a cancelled annotation, and its own exports are read', async (t) => {
  const project = await makeFilledProject(t);
  const out = join(makeTemporaryDir(t), 'tasks.json');
  await exportProject(project, { format: 'label-studio', out });
  const tasks = JSON.parse(readFileSync(out, 'utf8'));
  const annotations = tasks.flatMap((task: { annotations: unknown[] }) => task.annotations);
  assert.equal(
    annotations.filter(
      ({ was_cancelled, result }: { was_cancelled: boolean; result: [] }) => was_cancelled && result.length === 0,
    ).length,
    3,
  );
  assert.match(readFileSync(out.replace('.json', '.config.xml'), 'utf8'), /<Choices name="answer" toName="image"/);
  // As Label Studio writes it after people worked there: accounts by number, no columns of ours on annotations.
  const worked = tasks.map(({ data }: { data: object }, i: number) => ({
    id: i,
    data: { ...data, image: 'http://127.0.0.1/x.png' },
    annotations: [
      {
        id: i,
        completed_by: 7,
        was_cancelled: i === 0,
        lead_time: 2.5,
        created_at: '2026-02-01T10:00:00.123456Z',
        result:
          i === 0 ? [] : [{ type: 'choices', from_name: 'answer', to_name: 'image', value: { choices: ['Good'] } }],
      },
    ],
  }));
  const { writeFileSync } = await import('node:fs');
  writeFileSync(out, JSON.stringify(worked));
  const summary = await importFile(project, { format: 'label-studio', path: out });
  assert.deepEqual([summary.images, summary.ratings], [0, 9]);
  const rows = await project.db
    .selectFrom('ratings')
    .innerJoin('raters', 'raters.id', 'raterId')
    .select(['answer', 'milliseconds'])
    .where('name', '=', 'label-studio-7')
    .orderBy('answer', 'desc')
    .execute();
  assert.deepEqual(
    [rows[0], rows[8]],
    [
      { answer: 'skip', milliseconds: 2500 },
      { answer: 'good', milliseconds: 2500 },
    ],
  );
});

test('csv: raw answers without formulas, which go back to the images they are about', async (t) => {
  const project = await makeFilledProject(t);
  const dir = makeTemporaryDir(t);
  await exportProject(project, { format: 'csv', out: join(dir, 'ratings.csv') });
  const [header, ...rows] = parseCsv(readFileSync(join(dir, 'ratings.csv'), 'utf8')).map(({ cells }) => cells);
  assert.equal(rows.length, 15);
  const prompts = new Set(rows.map((row) => row[header!.indexOf('prompt')]!));
  assert.deepEqual(
    [...prompts].sort(),
    [`'${EXCHANGE_PROMPTS[1]}`, `'${EXCHANGE_PROMPTS[2]}`, EXCHANGE_PROMPTS[0]].sort(),
  );
  await exportProject(project, { format: 'imagefolder', out: join(dir, 'folder') });
  const fresh = await makeEmptyProject(t);
  await assert.rejects(
    importFile(fresh, { format: 'csv', path: join(dir, 'ratings.csv') }),
    /has no picture .*[\s\S]*/,
  );
  await importFile(fresh, { format: 'imagefolder', path: join(dir, 'folder') });
  await fresh.db.deleteFrom('ratings').execute();
  const summary = await importFile(fresh, { format: 'csv', path: join(dir, 'ratings.csv') });
  assert.equal(summary.ratings, 15);
  assert.deepEqual(await describeProject(fresh), await describeProject(project));
});

test('preference and pick-a-pic: pictures, prompts, and who was good or bad', async (t) => {
  const project = await makeFilledProject(t);
  const dir = makeTemporaryDir(t);
  await exportProject(project, { format: 'preference', out: join(dir, 'p.parquet') });
  const fresh = await makeEmptyProject(t);
  const unpaired = await importFile(fresh, { format: 'preference', path: join(dir, 'p.parquet') });
  assert.deepEqual([unpaired.images, unpaired.ratings], [6, 12]);
  const rated = (await describeProject(project)).filter(({ recipe }) => recipe.seed < 2);
  assert.deepEqual(await describeProject(fresh), rated);

  // By majority the first prompt has one good image and one bad; in the second, raters disagree about both.
  await exportProject(project, { format: 'pick-a-pic', out: join(dir, 'pairs.parquet') });
  const paired = await makeEmptyProject(t);
  await importFile(paired, { format: 'pick-a-pic', path: join(dir, 'pairs.parquet') });
  const answersOf = (list: Awaited<ReturnType<typeof describeProject>>) =>
    list.map(({ hash, prompt, ratings }) => `${prompt} ${hash} ${ratings[0]!.split(' ')[0]}`).sort();
  const clear = rated.filter(({ ratings }) => new Set(ratings.map((text) => text.split(' ')[0])).size === 1);
  assert.deepEqual(answersOf(await describeProject(paired)), answersOf(clear));
});

test('an excluded rater is left out', async (t) => {
  const project = await makeFilledProject(t);
  await setRaterExcluded(project.db, 'bob', true);
  const { ratings } = await exportProject(project, { format: 'csv', out: join(makeTemporaryDir(t), 'r.csv') });
  assert.equal(ratings, 9);
});
