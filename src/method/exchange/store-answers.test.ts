import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTemporaryDir } from '../../project/testing.ts';
import { fromRatingColumns } from './columns.ts';
import { describeImport } from './describe-import.ts';
import { importFile } from './formats.ts';
import { makeFilledProject, NOTHING } from './testing.ts';

async function makeImporter(t: Parameters<typeof makeTemporaryDir>[0]) {
  const project = await makeFilledProject(t);
  const [image] = await project.db.selectFrom('images').select('id').orderBy('id').execute();
  const dir = makeTemporaryDir(t);
  const read = async () =>
    project.db
      .selectFrom('ratings')
      .innerJoin('raters', 'raters.id', 'raterId')
      .select(['answer', 'ratedAt'])
      .where('raters.name', 'in', ['eve', 'label-studio-7'])
      .execute();
  return {
    read,
    async csv(...rows: [answer: string, time: string][]) {
      const path = join(dir, 'answers.csv');
      const lines = rows.map(([answer, time], i) => `${i % 2 === 0 ? 'eve' : ' eve '},${answer},${image!.id},${time}`);
      writeFileSync(path, ['rater,answer,image_id,rated_at', ...lines, ''].join('\n'));
      return importFile(project, { format: 'csv', path });
    },
    async labelStudio(annotations: readonly object[], rest: object = {}) {
      const path = join(dir, 'tasks.json');
      writeFileSync(path, JSON.stringify([{ data: { image_id: image!.id, prompt: 'x' }, annotations, ...rest }]));
      return importFile(project, { format: 'label-studio', path });
    },
  };
}

test('of several answers of one rater the latest by time counts, in one file and in files after each other', async (t) => {
  const { csv, read } = await makeImporter(t);
  const first = await csv(
    ['bad', '2026-03-02T00:00:00Z'],
    ['good', '2026-03-03T00:00:00Z'],
    ['skip', '2026-03-01T00:00:00Z'],
  );
  assert.deepEqual(first, { ...NOTHING, ratings: 1, olderRatings: 2 });
  assert.deepEqual(await read(), [{ answer: 'good', ratedAt: '2026-03-03T00:00:00.000Z' }]);
  assert.deepEqual(await csv(['good', '2026-03-09T00:00:00Z']), { ...NOTHING, knownRatings: 1 });
  assert.deepEqual(await csv(['bad', '2026-03-02T23:00:00Z']), { ...NOTHING, olderRatings: 1 });
  // 23:30 of the day before, in UTC, which is later than midnight.
  assert.deepEqual(await csv(['bad', '2026-03-05T05:00:00+05:30']), { ...NOTHING, changedRatings: 1 });
  assert.deepEqual(await read(), [{ answer: 'bad', ratedAt: '2026-03-04T23:30:00.000Z' }]);
});

test('times without an offset are taken for UTC, and that is said', async (t) => {
  const { csv, read } = await makeImporter(t);
  const summary = await csv(['good', '2026-03-05 05:00:00']);
  assert.equal(
    describeImport(summary),
    'Stored 0 images, 0 prompts and 1 answer.\n1 time of answers without an offset: taken for UTC.',
  );
  assert.equal((await read())[0]!.ratedAt, '2026-03-05T05:00:00.000Z');
  const dated = { rater: 'ann', answer: 'good', rated_at: new Date(0) };
  assert.equal(fromRatingColumns(dated, 'row 1').ratedAt, '1970-01-01T00:00:00.000Z');
  const broken = { rater: ' Ann\r\nDroste\n', answer: 'good' };
  assert.equal(fromRatingColumns(broken, 'row 1').rater, 'Ann Droste');
  assert.throws(() => fromRatingColumns({ ...broken, rater: 'Ann\x1b[31m' }, 'row 1'), /rater: .*U\+001B/);
  await assert.rejects(csv(['good', 'yesterday']), /rated_at: expected a date and time such as/);
});

test('Label Studio: a skip that was made good later is good, and whoever annotates twice means the last', async (t) => {
  const { labelStudio, read } = await makeImporter(t);
  const by = (day: number, choice?: string) => ({
    completed_by: 7,
    was_cancelled: choice === undefined,
    created_at: `2026-02-0${day}T10:00:00.123456Z`,
    result: choice ? [{ type: 'choices', value: { choices: [choice] } }] : [],
  });
  assert.deepEqual(await labelStudio([by(1), by(2, 'Good')]), { ...NOTHING, ratings: 1, olderRatings: 1 });
  assert.equal((await read())[0]!.answer, 'good');
  assert.deepEqual(await labelStudio([by(3, 'Bad'), by(2, 'Good')]), {
    ...NOTHING,
    changedRatings: 1,
    olderRatings: 1,
  });
  assert.deepEqual(await read(), [{ answer: 'bad', ratedAt: '2026-02-03T10:00:00.123Z' }]);
  // One that was changed later counts from then on.
  const changed = { ...by(1, 'Good'), updated_at: '2026-02-05T10:00:00Z' };
  assert.deepEqual(await labelStudio([changed, by(4, 'Bad')]), { ...NOTHING, changedRatings: 1, olderRatings: 1 });
  assert.deepEqual(await read(), [{ answer: 'good', ratedAt: '2026-02-05T10:00:00.000Z' }]);
});

test('drafts and predictions of a task are nobody’s answers, and are counted', async (t) => {
  const { labelStudio, read } = await makeImporter(t);
  const result = [{ type: 'choices', from_name: 'answer', value: { choices: ['Good'] } }];
  const annotation = { completed_by: 7, created_at: '2026-03-01T00:00:00Z', result };
  const { notes } = await labelStudio([annotation], { drafts: [{ result }], predictions: [{ result }, 5, { result }] });
  assert.deepEqual((await read()).length, 1);
  assert.deepEqual(
    notes.leftOut.map(({ reason, count }) => [reason.split(',')[0], count]),
    [
      ['draft of an annotation', 1],
      ['prediction of a model', 2],
    ],
  );
});
