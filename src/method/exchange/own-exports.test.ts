// A property of all formats: what a project wrote changes nothing where it came from, and, read by another project, nothing
// when it is read again.

import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodePng } from '../../pictures/image.ts';
import type { Answer } from '../../project/database/schema.ts';
import { imageId, insertImages, listImages } from '../../project/images/images.ts';
import { promptId } from '../../project/images/prompts.ts';
import type { Project } from '../../project/project.ts';
import { putDecision } from '../../project/rating/decisions.ts';
import { setRaterExcluded } from '../../project/rating/raters.ts';
import { insertRatings, listRatings, replaceRatings } from '../../project/rating/ratings.ts';
import { insertSheetChoice } from '../../project/rating/sheet-choices.ts';
import { createStudy } from '../../project/studies/studies.ts';
import { BASE_HASH, makeTemporaryDir } from '../../project/testing.ts';
import { random } from '../../util/random.ts';
import { addOwnImages } from '../feedback/own-images.ts';
import { exportProject, FORMATS, importFile } from './formats.ts';
import { EXCHANGE_PROMPTS, makeEmptyProject, makeFilledProject, NOTHING } from './testing.ts';

/** Everything that an import could touch, row by row. */
async function readRows({ db }: Project): Promise<object> {
  const tables = [
    'images',
    'prompts',
    'ratings',
    'raters',
    'guidelines',
    'models',
    'imageNames',
    'queueItems',
    'preferences',
    'decisions',
    'sheetChoices',
    'sheetImages',
  ] as const;
  const rows = await Promise.all(tables.map((name) => db.selectFrom(name).selectAll().execute()));
  return Object.fromEntries(tables.map((name, i) => [name, rows[i]!.map((row) => JSON.stringify(row)).sort()]));
}

/** What raters who count said on scales, whoever they are. */
async function readScales({ db }: Project): Promise<string[]> {
  const rows = await db
    .selectFrom('ratings')
    .innerJoin('raters', 'raters.id', 'raterId')
    .innerJoin('images', 'images.id', 'imageId')
    .select(['hash', 'answer', 'scales'])
    .where('purpose', '=', 'feedback')
    .where('excluded', '=', 0)
    .execute();
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** A project with what formats may stumble over, different for each seed. */
async function makeVariedProject(t: TestContext, seed: number): Promise<Project> {
  const project = await makeFilledProject(t);
  const { db, images: blobs } = project;
  const rng = random(seed, 'own exports');
  const picture = (which: number) => {
    const [width, height] = which % 2 === 0 ? [8, 6] : [5, 9];
    const pixels = Uint8Array.from(random(which, 'own picture').uniforms(width! * height! * 3, 0, 256));
    return encodePng(pixels, width, height, which % 3 === 0 ? 'drawn by another program' : undefined);
  };
  for (let i = 0; i < 8; i++) {
    const recipe = {
      promptId: promptId(EXCHANGE_PROMPTS[rng.int(3)]!),
      seed: 100 + i,
      sampler: ['ddim', 'euler'][rng.int(2)]!,
      steps: 1 + rng.int(50),
      guidanceScale: rng.int(100) / 8,
      negativePrompt: ['', 'blurry', '=SUM(1)'][rng.int(3)]!,
      modelHash: BASE_HASH,
      purpose: (['feedback', 'feedback', 'evaluation'] as const)[rng.int(3)]!,
    };
    // Few pictures for many recipes: some are the same to the pixel, under one prompt too.
    await insertImages(db, [{ ...recipe, hash: await blobs.putBlob(await picture(rng.int(3))) }]);
    const answer = (['good', 'bad', 'skip'] as const)[rng.int(3)] as Answer;
    const ratedAt = new Date(1.7e12 + rng.int(1e9)).toISOString();
    const rating = { imageId: imageId(recipe), answer, ratedAt, milliseconds: rng.int(5000), guidelineVersion: 1 };
    const step = answer === 'good' ? 4 + rng.int(2) : answer === 'bad' ? 1 + rng.int(2) : 3;
    const scales = [{}, { alignment: step }, { alignment: step, fidelity: 1 + rng.int(5), artefacts: 5 }][rng.int(3)]!;
    await insertRatings(db, [{ ...rating, scales, raterId: ['ann', 'bob'][rng.int(2)]! }]);
  }
  for (const text of [EXCHANGE_PROMPTS[0]!, EXCHANGE_PROMPTS[1]!, 'a prompt of its own'])
    await addOwnImages(project, text, [await picture(10 + rng.int(3)), await picture(rng.int(3))]);
  const [a, b] = await listImages(db, { promptId: promptId(EXCHANGE_PROMPTS[0]!), purpose: 'feedback' });
  await putDecision(db, { imageId: a!.id, answer: (['good', 'skip'] as const)[seed % 2]!, note: '', decidedBy: 'eve' });
  await insertSheetChoice(db, {
    ...{ id: `choice-${seed}`, raterId: 'ann', promptId: a!.promptId, bestImage: b!.id, images: [a!.id, b!.id] },
    ...{ milliseconds: 5, guidelineVersion: 1, chosenAt: '2026-01-02T00:00:00.000Z' },
  });
  await createStudy(db, {
    name: 'study',
    contestants: [
      { name: 'base', kind: 'base', modelHash: BASE_HASH },
      { name: 'tuned', kind: 'tuned', modelHash: 'c'.repeat(64) },
    ],
    config: {},
    pairs: [{ promptId: a!.promptId, contestantA: 'base', contestantB: 'tuned', imageA: a!.id, imageB: b!.id }],
  });
  if (seed % 2 === 1) await setRaterExcluded(db, 'bob', true);
  return project;
}

for (const seed of [1, 2, 3])
  test(`what a project wrote changes nothing when it reads it again, in any format (${seed})`, async (t) => {
    const project = await makeVariedProject(t, seed);
    const dir = makeTemporaryDir(t);
    const before = await readRows(project);
    for (const [format, { extension }] of Object.entries(FORMATS)) {
      const path = join(dir, `${format}${extension}`);
      const { ratings } = await exportProject(project, { format, out: path });
      const { knownImages, knownRatings, derivedRatings, knownPairs, knownDecisions, ...rest } = await importFile(
        project,
        {
          format,
          path,
        },
      );
      assert.deepEqual({ ...NOTHING, ...rest }, NOTHING, format);
      assert.ok(format === 'csv' ? knownRatings === ratings : knownImages > 0, format);
      assert.equal(knownPairs > 0, format === 'pick-a-pic', format);
      assert.equal(knownDecisions > 0, !['pick-a-pic', 'preference'].includes(format), format);
      assert.deepEqual(await readRows(project), before, format);

      if (format === 'csv') continue; // It has no pictures.
      const other = await makeEmptyProject(t);
      const first = await importFile(other, { format, path });
      assert.ok(first.images > 0, format);
      const once = await readRows(other);
      if (!['pick-a-pic', 'preference'].includes(format)) {
        assert.equal(first.decisions, 1, format);
        assert.deepEqual(await readScales(other), await readScales(project), format);
      }
      const again = await importFile(other, { format, path });
      assert.deepEqual([again.images, again.prompts, again.ratings, again.changedRatings], [0, 0, 0, 0], format);
      assert.deepEqual([again.pairs, again.knownPairs], [0, first.pairs], format);
      assert.deepEqual(await readRows(other), once, format);
    }
  });

test('an answer that was changed after an export stays; one that the file has later is changed, and counted apart', async (t) => {
  for (const format of ['imagefolder', 'parquet', 'label-studio', 'csv'] as const) {
    const project = await makeFilledProject(t);
    const path = join(makeTemporaryDir(t), `out${FORMATS[format].extension}`);
    await exportProject(project, { format, out: path });
    const ratings = await listRatings(project.db);
    const [later, earlier] = ratings.filter(({ answer }) => answer === 'good');
    await replaceRatings(project.db, [
      { ...later!, answer: 'bad', ratedAt: '2027-01-01T00:00:00.000Z' },
      { ...earlier!, answer: 'bad', ratedAt: '2025-01-01T00:00:00.000Z' },
    ]);
    const summary = await importFile(project, { format, path });
    const { changedRatings, knownRatings, olderRatings } = summary;
    assert.deepEqual(
      [summary.ratings, changedRatings, knownRatings, olderRatings],
      [0, 1, ratings.length - 2, 1],
      format,
    );
    const now = await project.db.selectFrom('ratings').selectAll().execute();
    const find = ({ imageId: id, raterId }: { imageId: string; raterId: string }) =>
      now.find((rating) => rating.imageId === id && rating.raterId === raterId)!.answer;
    assert.deepEqual([find(later!), find(earlier!)], ['bad', 'good'], format);
  }
});

test('a picture of an export that was replaced since is told of: the answers were about another', async (t) => {
  const project = await makeFilledProject(t);
  const out = join(makeTemporaryDir(t), 'out');
  await exportProject(project, { format: 'imagefolder', out });
  const other = 'picture that is another one than its image_hash says, taken as it is now';
  const readAs = async () =>
    (await importFile(await makeEmptyProject(t), { format: 'imagefolder', path: out })).notes.readAs;
  assert.equal((await readAs())[other], undefined);
  const [picture] = readdirSync(join(out, 'train')).filter((name) => name.endsWith('.png'));
  writeFileSync(join(out, 'train', picture!), await encodePng(new Uint8Array(8 * 8 * 3).fill(77), 8, 8));
  assert.ok((await readAs())[other]! >= 1);
});
