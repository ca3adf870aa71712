import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { createProject, type Project } from '../../project/project.ts';
import { makeTemporaryDir, testProjects } from '../../project/testing.ts';
import { random } from '../../util/random.ts';
import { importFile } from './formats.ts';
import { writeParquet } from './parquet-file.ts';
import { makeEmptyProject } from './testing.ts';

const PNG = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#a33' } })
  .png()
  .toBuffer();
const RECIPE = { seed: 2 ** 53 - 1, sampler: 'ddim', steps: 3, guidance_scale: 2, model_hash: 'c'.repeat(64) };
/** Letters that no database packs into less. */
const noise = (length: number) =>
  Array.from(random(length, 'letters').uniforms(length, 0, 20_000), (code) =>
    String.fromCodePoint(0x4e00 + Math.floor(code)),
  ).join('');

testProjects('what is longest or largest is taken or passed over, on each database alike', async (t, patch) => {
  const dir = makeTemporaryDir(t);
  const project = await createProject(join(dir, 'project'), patch);
  t.after(() => project.close());
  const take = async (name: string, row: object) => {
    mkdirSync(join(dir, name));
    writeFileSync(join(dir, name, 'a.png'), PNG);
    writeFileSync(join(dir, name, 'metadata.jsonl'), JSON.stringify({ file_name: 'a.png', text: name, ...row }));
    return importFile(project, { format: 'imagefolder', path: join(dir, name) });
  };
  const long = noise(10_000);
  await take('long', { text: long });
  const large = await take('large', { ...RECIPE, width: 2 ** 31, height: 8, category: 'x'.repeat(101) });
  assert.deepEqual(large.notes.passedOver, { width: 1, category: 1 });
  const half = await take('half', { ...RECIPE, steps: 2 ** 31 });
  assert.deepEqual(half.notes.passedOver, { steps: 1 });
  await assert.rejects(
    take('late', { ratings: [{ rater: 'r', answer: 'good', milliseconds: 2 ** 31 }] }),
    /rating 1: milliseconds/,
  );
  const annotation = { lead_time: 3e6, result: [{ type: 'choices', value: { choices: ['Good'] } }] };
  const data = { image: `data:image/png;base64,${PNG.toString('base64')}`, Prompt: 'left open' };
  writeFileSync(join(dir, 'tasks.json'), JSON.stringify([{ data, annotations: [annotation] }]));
  const open = await importFile(project, { format: 'label-studio', path: join(dir, 'tasks.json') });
  assert.deepEqual(Object.values(open.notes.readAs), [1]);
  const path = `${noise(5000)}/${noise(200)}.png`;
  const named = join(dir, 'named.parquet');
  writeParquet(named, [
    { name: 'Image', kind: 'image', values: [{ bytes: PNG, path }] },
    { name: 'TEXT', kind: 'string', values: ['named'] },
  ]);
  const { notes } = await importFile(project, { format: 'parquet', path: named });
  assert.deepEqual([notes.passedOver, Object.values(notes.readAs)], [{}, [1]]);
  writeFileSync(join(dir, 'labels.csv'), `file_name,label\n${path},1\n`);
  assert.equal((await importFile(project, { format: 'csv', path: join(dir, 'labels.csv') })).ratings, 1);
  assert.deepEqual(await describe(project), [
    ['half', 'free', 0, 0],
    ['large', 'free', 3, RECIPE.seed],
    ['left open', 'free', 0, 0],
    ['named', 'free', 0, 0],
    [long, 'free', 0, 0],
  ]);
});

/** Prompts with the steps of their pictures, and seeds of those that have any. */
async function describe({ db }: Project) {
  const rows = await db
    .selectFrom('images')
    .innerJoin('prompts', 'prompts.id', 'images.promptId')
    .select(['text', 'category', 'steps', 'seed'])
    .execute();
  return rows
    .map(({ text, category, steps, seed }) => [text, category, steps, steps > 0 ? seed : 0])
    .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1));
}

test('columns are known in capitals too, where no two of them are one', async (t) => {
  const project = await makeEmptyProject(t);
  const path = join(makeTemporaryDir(t), 'a.parquet');
  const text = (name: string, value: string) => ({ name, kind: 'string' as const, values: [value] });
  const image = { name: ' IMAGE', kind: 'image' as const, values: [{ bytes: PNG, path: 'a.png' }] };
  writeParquet(path, [image, text('Text', 'a fox'), text('TEXT', 'a dog')]);
  await assert.rejects(importFile(project, { format: 'parquet', path }), /text is missing among image, Text, TEXT/);
  const other = `${path}2.parquet`;
  writeParquet(other, [image, text('text', 'a fox'), { name: 'Label', kind: 'float64', values: [1] }]);
  const { ratings, notes } = await importFile(project, { format: 'parquet', path: other });
  assert.deepEqual([ratings, notes.passedOver], [1, {}]);
});
