import assert from 'node:assert/strict';
import { insertRatings } from '../../project/rating/ratings.ts';
import { testProjects } from '../../project/testing.ts';
import { openTestStudio, refused } from './testing.ts';

testProjects('data goes out as a file and comes in again without doubling anything', async (t, patch) => {
  const { owner, project } = await openTestStudio(t, { patch, images: 3 });
  const images = await project.db.selectFrom('images').select('id').orderBy('id').execute();
  const given = { raterId: owner.id, ratedAt: new Date().toISOString(), milliseconds: 900, guidelineVersion: 1 };
  await insertRatings(
    project.db,
    images.map(({ id }, i) => ({ ...given, imageId: id, answer: i === 0 ? ('good' as const) : ('bad' as const) })),
  );
  const { formats } = await owner.call('listFormats');
  assert.deepEqual(formats.map(({ name }) => name).sort(), [
    'csv',
    'imagefolder',
    'label-studio',
    'parquet',
    'pick-a-pic',
    'preference',
  ]);
  for (const [format, known] of [
    ['imagefolder', 3],
    ['parquet', 3],
    ['csv', 0],
  ] as const) {
    const response = await owner.request(`/api/exchange/${format}`);
    assert.equal(response.status, 200);
    assert.match(response.headers.get('content-disposition')!, /^attachment; filename="collimate-/);
    const form = new FormData();
    form.set('file', new File([new Uint8Array(await response.arrayBuffer())], '../../lying.name'));
    const { summary, said } = await owner.call('importData', { params: { format }, body: form as never });
    const { images, knownImages, prompts, ratings, knownRatings } = summary;
    assert.deepEqual([images, knownImages, prompts, ratings, knownRatings], [0, known, 0, 0, 3]);
    assert.match(said, /^Stored 0 images.* and 0 answers \(3 the same as before\)\.$/);
  }
  const beside = await owner.request('/api/exchange/label-studio/beside');
  assert.equal(beside.headers.get('content-disposition'), 'attachment; filename="collimate-label-studio.config.xml"');
  assert.match(await beside.text(), /^<View>[\s\S]*<Choice value="Good"[\s\S]*<\/View>\n$/);
  assert.deepEqual(
    formats.filter(({ beside: second }) => second !== null).map(({ name }) => name),
    ['label-studio'],
  );
  assert.equal((await owner.request('/api/exchange/csv/beside')).status, 404);
  const form = new FormData();
  form.set('file', new File(['no parquet'], 'x.parquet'));
  const error = await refused(owner.call('importData', { params: { format: 'parquet' }, body: form as never }), 400);
  assert.match(error.message, /^upload\.parquet: the file is no whole Parquet file/);
  const table = new FormData();
  const csv = `rater,answer,image_hash\nann,good,${'0'.repeat(64)}\n`;
  table.set('file', new File([csv], 'x.csv'));
  const wrong = await refused(owner.call('importData', { params: { format: 'csv' }, body: table as never }), 400);
  assert.match(wrong.message, /^upload\.csv line 2: the project has no picture 000/);
  const { csv: own } = { csv: await (await owner.request('/api/exchange/csv')).text() };
  table.set(
    'file',
    new File(
      [
        `${own}${own
          .split('\r\n')[1]!
          .replace(/[0-9a-f]{32}/, '0'.repeat(32))
          .replace(/[0-9a-f]{64}/, '0'.repeat(64))}\r\n`,
      ],
      'x.csv',
    ),
  );
  table.set('skipBad', 'true');
  const { summary: some, said } = await owner.call('importData', { params: { format: 'csv' }, body: table as never });
  assert.deepEqual([some.knownRatings, (some.notes as { bad: string[] }).bad.length], [3, 1]);
  assert.match(said, /Left out as wrong 1:\n {2}upload\.csv line 5: the project has no picture/);
});
