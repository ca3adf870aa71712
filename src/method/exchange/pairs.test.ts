import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodePng } from '../../pictures/image.ts';
import { listImages } from '../../project/images/images.ts';
import { listPreferences } from '../../project/rating/preferences.ts';
import { listLabelledImages } from '../../project/rating/ratings.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { random } from '../../util/random.ts';
import { describeImport } from './describe-import.ts';
import { exportProject, importFile } from './formats.ts';
import { type ParquetColumn, writeParquet } from './parquet-file.ts';
import { readParquet } from './parquet-read.ts';
import { makeEmptyProject } from './testing.ts';

const CAPTION = 'a photo of an astronaut riding a horse';
const picture = (seed: number) => encodePng(Uint8Array.from(random(seed, 'pair').uniforms(12 * 8 * 3, 0, 256)), 12, 8);

/** Six rows about four pictures: the first choice was made twice, one is a tie, one was made both ways. */
async function writePairs(path: string): Promise<void> {
  const [a, b, c, d] = await Promise.all([1, 2, 3, 4].map(picture));
  const rows = [
    [a, b, 1, 'ann'],
    [a, b, 1, 'ann'],
    [c, d, 0.5, 'ann'],
    [c, a, 0, 'bob'],
    [d, b, 1, 'bob'],
    [d, b, 0, 'cyd'],
  ] as const;
  const column = (
    name: string,
    kind: ParquetColumn['kind'],
    value: (row: (typeof rows)[number], i: number) => unknown,
  ) => ({
    name,
    kind,
    values: rows.map(value),
  });
  writeParquet(path, [
    column('caption', 'string', () => CAPTION),
    column('jpg_0', 'binary', ([first]) => first),
    column('jpg_1', 'binary', ([, second]) => second),
    column('label_0', 'float64', ([, , share]) => share),
    column('label_1', 'float64', ([, , share]) => 1 - share),
    column('image_0_uid', 'string', (_, i) => `uid-${i}`),
    column('model_0', 'string', () => 'stabilityai/stable-diffusion-2-1'),
    column('rater', 'string', ([, , , rater]) => rater),
    column('rated_at', 'string', () => '2026-01-01T00:00:00.000Z'),
  ]);
}

async function readRows(path: string): Promise<object[]> {
  const rows = [];
  for await (const { row } of readParquet(path)) rows.push(row);
  return rows;
}

test('pairs are stored as pairs, in their order, and given back as they came', async (t) => {
  const dir = makeTemporaryDir(t);
  const [first, second] = [join(dir, 'first.parquet'), join(dir, 'second.parquet')];
  await writePairs(first);
  const project = await makeEmptyProject(t);
  const summary = await importFile(project, { format: 'pick-a-pic', path: first });
  assert.deepEqual([summary.images, summary.pairs, summary.knownPairs], [4, 6, 0]);
  assert.match(describeImport(summary), /6 pairs were stored as they came; the answers are made of them/);
  const stored = await listPreferences(project.db);
  assert.deepEqual(
    stored.map(({ share, details }) => [share, details.rater]),
    [
      [1, 'ann'],
      [1, 'ann'],
      [0.5, 'ann'],
      [0, 'bob'],
      [1, 'bob'],
      [0, 'cyd'],
    ],
  );
  const labelled = await listLabelledImages(project.db);
  assert.deepEqual(
    labelled.length,
    3,
    'for the reward function: a is good, b and c are bad, d was as often preferred as not',
  );

  await exportProject(project, { format: 'pick-a-pic', out: second });
  const [came, gone] = [await readRows(first), await readRows(second)] as Record<string, unknown>[][];
  assert.equal(gone!.length, came!.length, 'nothing is added for the answers that were made of them');
  for (const [i, row] of came!.entries())
    for (const [name, value] of Object.entries(row))
      assert.deepEqual(gone![i]![name], value, `${name} of row ${i + 1}`);

  // A folder of shards is read like one file.
  const folder = join(dir, 'shards');
  mkdirSync(folder);
  for (const i of [0, 1]) copyFileSync(first, join(folder, `train-0000${i}-of-00002.parquet`));
  const shards = await importFile(await makeEmptyProject(t), { format: 'pick-a-pic', path: folder });
  assert.deepEqual([shards.images, shards.pairs], [4, 12]);

  for (const path of [first, second]) {
    const again = await importFile(project, { format: 'pick-a-pic', path });
    assert.deepEqual([again.images, again.ratings, again.pairs, again.knownPairs], [0, 0, 0, 6]);
  }
  assert.equal((await listImages(project.db)).length, 4);
});
