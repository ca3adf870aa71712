import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { hashPicture } from '../../pictures/identity.ts';
import { encodePng } from '../../pictures/image.ts';
import { addPngText, readPngText } from '../../pictures/png-text.ts';
import { readConfigFile } from '../../project/config/config-file.ts';
import { finishRun, startRun } from '../../project/learning/runs.ts';
import { findLatestRatingTime } from '../../project/rating/rating-counts.ts';
import { insertRatings } from '../../project/rating/ratings.ts';
import { testProjects } from '../../project/testing.ts';
import type { Input } from '../contract/client.ts';
import { openTestStudio, refused, STUDIO_PROMPTS } from './testing.ts';

testProjects('the gallery goes page by page through all images, by what is asked for', async (t, patch) => {
  const { owner, project } = await openTestStudio(t, { patch, images: 12 });
  const pages: string[][] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await owner.call('listImages', { query: { limit: 5, ...(cursor && { cursor }) } });
    pages.push(page.images.map(({ id }) => id));
    if (page.next === null) break;
    cursor = page.next;
  }
  assert.deepEqual(
    pages.map(({ length }) => length),
    [5, 5, 2],
  );
  assert.equal(new Set(pages.flat()).size, 12);

  const of = async (query: NonNullable<Input<'listImages'>['query']>) =>
    (await owner.call('listImages', { query })).images;
  assert.deepEqual(new Set((await of({ color: 'red' })).map(({ prompt }) => prompt)), new Set(['a red cat']));
  assert.equal((await of({ count: 2, subject: 'dog' })).length, 4);
  assert.equal((await of({ search: 'FISH' })).length, 4);
  assert.equal((await of({ search: '%' })).length, 0);
  assert.equal((await of({ label: 'unrated' })).length, 12);
  const [first, second] = pages.flat();
  const rating = { raterId: owner.id, ratedAt: new Date().toISOString(), milliseconds: 900, guidelineVersion: 1 };
  await insertRatings(project.db, [
    { ...rating, imageId: first!, answer: 'good' },
    { ...rating, imageId: second!, answer: 'bad' },
  ]);
  assert.deepEqual(
    (await of({ label: 'good' })).map(({ id, good, bad }) => [id, good, bad]),
    [[first, 1, 0]],
  );
  assert.deepEqual(
    (await of({ label: 'bad' })).map(({ id }) => id),
    [second],
  );
  assert.equal((await of({ label: 'unrated' })).length, 10);

  const { total, models, slots } = await owner.call('getImageFilters');
  assert.equal(total, 12);
  assert.deepEqual(
    models.map(({ name, images }) => [name, images]),
    [['base', 12]],
  );
  assert.deepEqual(slots.color, ['green', 'red']);
  const lineage = await owner.call('getImage', { params: { id: first! } });
  assert.ok(STUDIO_PROMPTS.includes(lineage.prompt.text));
  assert.equal(lineage.ratings[0]?.rater.name, 'Olga');

  const { answers, goodShare, next } = await owner.call('getOverview');
  assert.deepEqual(answers, { good: 1, bad: 1, skip: 0 });
  assert.equal(goodShare.find(({ category }) => category === 'all')?.share.estimate, 0.5);
  assert.equal(next[0]?.action, 'rate');
});

testProjects(
  'overview and rating page count the same answers and images, and never more than are wanted',
  async (t, patch) => {
    const { owner, invite, project } = await openTestStudio(t, {
      patch: { ...patch, studio: { ratersPerImage: 2 } },
      images: 6,
    });
    const raters = await Promise.all(['Ann', 'Bob', 'Cy'].map((name) => invite('rater', name)));
    const images = await project.db.selectFrom('images').select('id').orderBy('id').execute();
    const given = { ratedAt: new Date().toISOString(), milliseconds: 900, guidelineVersion: 1 };
    // Three raters answered the first image, of whom two are wanted; one answered the second.
    await insertRatings(project.db, [
      ...raters.map(({ id }) => ({ ...given, raterId: id, imageId: images[0]!.id, answer: 'good' as const })),
      { ...given, raterId: raters[0]!.id, imageId: images[1]!.id, answer: 'skip' as const },
    ]);
    const form = new FormData();
    form.set('prompt', 'a badger of my own');
    form.append('files', new File([await encodePng(new Uint8Array(8 * 8 * 3).fill(200), 8, 8)], 'own.png'));
    await owner.call('uploadImages', { body: form as never });

    const { stages, next } = await owner.call('getOverview');
    const { team } = await owner.call('getRatingProgress');
    const at = (name: string) => stages.find((stage) => stage.name === name)!;
    assert.deepEqual(team, { images: 7, answers: 3, wanted: 14 });
    assert.deepEqual([at('rate').done, at('rate').total], [team.answers, team.wanted]);
    assert.match(at('rate').detail, /^3 good, 0 bad, 1 skipped; 1 of them beyond what is wanted/);
    assert.match(next[0]!.why, /^3 of 14 answers so far/);
    assert.equal(at('generate').done, 6);
    assert.ok(at('generate').total! >= 6);
    assert.equal(at('generate').detail, '1 more from outside');

    // A run whose flags asked for more than the configuration, and which failed before its end.
    const { seed, prompts, generate } = project.config;
    const more = { ...generate, imagesPerPrompt: 3 * generate.imagesPerPrompt };
    const run = await startRun(project.db, 'generate', { seed, modelHash: 'x', prompts, generate: more });
    await finishRun(project.db, run.id, 'failed', '5 items failed for good');
    const after = await owner.call('getOverview');
    const drawing = after.stages.find(({ name }) => name === 'generate')!;
    assert.equal(drawing.total, 3 * at('generate').total!);
    assert.deepEqual([drawing.status, drawing.detail], ['started', '1 more from outside; latest run failed']);
    const flags = `--images-per-prompt=${more.imagesPerPrompt}`;
    assert.match(after.next[0]!.why, /^6 of [\d,]+ are drawn, and the latest run stopped/);
    assert.ok(after.next[0]!.why.includes(`\`collimate generate ${flags}\``), after.next[0]!.why);
    await finishRun(project.db, run.id, 'done');
    assert.deepEqual((await owner.call('getOverview')).stages, stages);

    // One whose prompts can no longer be made takes nothing from the rest.
    const gone = { ...prompts, grammar: 'of-no-release' };
    const lost = await startRun(project.db, 'generate', { seed, modelHash: 'x', prompts: gone, generate });
    await finishRun(project.db, lost.id, 'interrupted');
    const detail = (await owner.call('getOverview')).stages.find(({ name }) => name === 'generate')!.detail;
    assert.match(detail, /latest run interrupted; what it asked for is not counted/);
  },
);

test('nothing is drawn before there are prompts, where no grammar makes them', async (t) => {
  const prompts = { count: 0, color: 0, background: 0, combination: 0, unseenPerCategory: 0, perCategory: 0 };
  const { owner, project } = await openTestStudio(t, { patch: { prompts }, images: 0 });
  const actions = async () => (await owner.call('getOverview')).next.map(({ action }) => action);
  await project.db.deleteFrom('prompts').execute();
  assert.deepEqual(await actions(), ['prompts']);
  await owner.call('importPrompts', { body: { format: 'text', content: 'a fox' } });
  assert.deepEqual(await actions(), ['generate']);
});

testProjects('image files never change under one address, and come small where asked', async (t, patch) => {
  const { owner, project } = await openTestStudio(t, { patch });
  const { images } = await owner.call('listImages', { query: { limit: 1 } });
  const hash = images[0]!.hash;
  const whole = await owner.request(`/api/files/${hash}`);
  assert.match(whole.headers.get('cache-control')!, /immutable/);
  assert.deepEqual(Buffer.from(await whole.arrayBuffer()), await project.images.getBlob(hash));
  const etag = whole.headers.get('etag')!;
  assert.equal((await owner.request(`/api/files/${hash}`, { headers: { 'if-none-match': etag } })).status, 304);
  const large = await sharp({ create: { width: 600, height: 300, channels: 3, background: '#123' } })
    .png()
    .toBuffer();
  const small = await owner.request(`/api/files/${await project.images.putBlob(large)}?width=128`);
  const { width, height, format } = await sharp(Buffer.from(await small.arrayBuffer())).metadata();
  assert.deepEqual([width, height, format], [128, 64, 'webp']);
});

testProjects('image files do not say which model drew them, lineage does', async (t, patch) => {
  const { owner, project } = await openTestStudio(t, { patch });
  const { images } = await owner.call('listImages', { query: { limit: 1 } });
  const { id, hash } = images[0]!;
  const path = project.images.blobPath(hash);
  const text = 'a dog\nSteps: 20, Seed: 1, Model: tuned';
  writeFileSync(path, addPngText(readFileSync(path), 'parameters', text));
  const sent = Buffer.from(await (await owner.request(`/api/files/${hash}`)).arrayBuffer());
  assert.deepEqual([hashPicture(sent), readPngText(sent, 'parameters')], [hash, undefined]);
  assert.equal((await owner.call('getImage', { params: { id } })).image.parameters, text);
});

testProjects('prompts: a preview stores nothing, settings are written down, files are imported', async (t, patch) => {
  const { owner, project } = await openTestStudio(t, { patch });
  const settings = { count: 2, color: 1, background: 0, combination: 3, unseenPerCategory: 1 };
  const preview = await owner.call('previewPrompts', { body: settings });
  assert.equal(
    preview.groups.reduce((sum, { count }) => sum + count, 0),
    preview.total,
  );
  assert.equal(preview.images, 6 * project.config.generate.imagesPerPrompt);
  assert.equal((await owner.call('listPrompts', { query: {} })).total, 3);
  const { added } = await owner.call('putPromptSettings', { body: settings });
  assert.equal(added, preview.fresh);
  const file = readConfigFile(join(project.dir, 'collimate.yaml')) as { prompts: object };
  assert.deepEqual(file.prompts, settings);

  const content = 'prompt,category\n"a dog, painted ""wet""",art\na red cat,x\nthree green fish,\n';
  const dry = await owner.call('importPrompts', { body: { format: 'csv', content, dryRun: true } });
  assert.deepEqual(dry.examples, [
    { text: 'a dog, painted "wet"', category: 'art', split: 'seen' },
    { text: 'three green fish', category: 'combination', split: 'seen' },
  ]);
  assert.deepEqual([dry.added, dry.known], [2, 1]);
  await owner.call('importPrompts', { body: { format: 'csv', content } });
  const found = await owner.call('listPrompts', { query: { search: 'wet' } });
  assert.deepEqual(
    found.prompts.map(({ text, images }) => [text, images]),
    [['a dog, painted "wet"', 0]],
  );
  const lines = '{"text":"a blue box"}\n{"nothing":1}\n"<b>html</b>"\n';
  const jsonl = await owner.call('importPrompts', { body: { format: 'jsonl', content: lines } });
  assert.equal(jsonl.added, 2);
  assert.deepEqual(
    jsonl.problems.map(({ line }) => line),
    [2],
  );
});

test('the grammar is edited: a preview says what it would make or what is wrong, and its words are written down', async (t) => {
  const { owner, project } = await openTestStudio(t, { patch: {} });
  const amounts = { count: 1, color: 1, background: 1, combination: 1, unseenPerCategory: 1 };
  const before = await owner.call('getPromptSettings', {});
  assert.equal(before.settings.grammar, 'embedded');
  assert.ok(before.names.includes('embedded') && before.names.includes('embedded-2'));
  assert.deepEqual(before.categories, ['count', 'color', 'background', 'combination']);
  const grammar = {
    subjects: ['cup', { knife: 'knives' }],
    slots: { material: ['wooden', 'iron'] },
    templates: { count: '{count} {subject}', material: '{a} {material} {subject}' },
    heldOut: { subjects: 0, pairings: [], singles: [], share: 0.25 },
  };
  const body = { ...amounts, perCategory: 2, developmentPerCategory: 1, grammar };
  const preview = await owner.call('previewPrompts', { body });
  assert.deepEqual(
    preview.groups.map(({ category, split, count }) => [category, split, count]),
    [
      ['count', 'seen', 1],
      ['material', 'seen', 2],
      ['count', 'development', 1],
      ['material', 'development', 1],
      ['count', 'unseen', 1],
      ['material', 'unseen', 1],
    ],
  );
  const wrong = { ...body, grammar: { ...grammar, templates: { count: '{count} {size} {subject}' } } };
  for (const operation of ['previewPrompts', 'putPromptSettings'] as const)
    await assert.rejects(owner.call(operation, { body: wrong }), /prompts\.grammar: template count .* names \{size\}/);
  const path = join(project.dir, 'collimate.yaml');
  await owner.call('putPromptSettings', { body });
  const file = readConfigFile(path) as { prompts: { grammar: object } };
  assert.deepEqual(file.prompts.grammar, grammar);
  const after = await owner.call('getPromptSettings', {});
  assert.deepEqual([after.written, after.vocabulary.slots], [grammar, { material: ['wooden', 'iron'] }]);

  const content = 'a fox\na wolf\na bear\na lynx\n';
  const shares = { unseenShare: 0.5, developmentShare: 0.25 };
  await owner.call('importPrompts', { body: { format: 'text', content, ...shares } });
  const { prompts } = await owner.call('listPrompts', { query: { category: 'free' } });
  assert.deepEqual(prompts.map(({ split }) => split).sort(), ['development', 'seen', 'unseen', 'unseen']);
});

testProjects(
  'own pictures are decoded, written anew and queued; what is no picture stores nothing',
  async (t, patch) => {
    const { owner, project } = await openTestStudio(t, { patch, images: 3 });
    const upload = async (...files: [Uint8Array, string][]) => {
      const body = new FormData();
      body.set('prompt', 'a dog of my own');
      for (const [bytes, name] of files) body.append('files', new Blob([new Uint8Array(bytes)]), name);
      return owner.request('/api/images', { method: 'POST', body });
    };
    const secret = 'where this was taken';
    const jpeg = await sharp({ create: { width: 20, height: 10, channels: 3, background: '#456' } })
      .withExif({ IFD0: { ImageDescription: secret } })
      .jpeg()
      .toBuffer();
    const stored = (await (await upload([jpeg, '../../../etc/passwd'])).json()) as {
      stored: number;
      images: { hash: string }[];
    };
    assert.equal(stored.stored, 1);
    const png = await project.images.getBlob(stored.images[0]!.hash);
    assert.deepEqual([...png.subarray(1, 4)], [...Buffer.from('PNG')]);
    assert.ok(!png.includes(secret), 'metadata is left behind');
    const again = (await (await upload([jpeg, 'x.jpg'])).json()) as { known: number };
    assert.equal(again.known, 1);

    const before = (await owner.call('listImages', { query: {} })).images.length;
    const svg = Buffer.from(
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>',
    );
    // A PNG that says it has 60,000 × 60,000 pixels.
    const bomb = Buffer.from(
      await sharp({ create: { width: 4, height: 4, channels: 3, background: '#000' } })
        .png()
        .toBuffer(),
    );
    bomb.writeUInt32BE(60_000, 16);
    bomb.writeUInt32BE(60_000, 20);
    for (const hostile of [svg, bomb, jpeg.subarray(0, 200), Buffer.from('MZ not a picture'), Buffer.alloc(0)]) {
      const response = await upload([jpeg, 'a.jpg'], [hostile, 'b.png']);
      assert.equal(response.status, 400, `${hostile.length} bytes: ${await response.text()}`);
    }
    const empty = new FormData();
    empty.set('prompt', 'nothing');
    assert.equal((await owner.request('/api/images', { method: 'POST', body: empty })).status, 400);
    assert.equal((await owner.call('listImages', { query: {} })).images.length, before);
    await refused(owner.call('getImageFile', { params: { hash: 'a'.repeat(64) }, query: {} }), 404);
  },
);

testProjects('settings are read with where they come from and written to the file', async (t, patch) => {
  const { owner } = await openTestStudio(t, { patch });
  const read = async (path: string) => (await owner.call('getSettings')).settings.find((key) => key.path === path)!;
  assert.equal((await read('tune.beta')).source, 'default');
  await owner.call('patchSettings', { body: { changes: { 'tune.beta': 0.5, 'tune.method': 'sft' } } });
  assert.equal((await read('tune.beta')).value, 0.5);
  assert.match((await read('tune.method')).source, /collimate\.yaml$/);
  assert.ok((await read('tune.method')).choices?.includes('sft'));
});

testProjects('an image and a prompt are removed, with answers only where that is asked for', async (t, patch) => {
  const { owner, project } = await openTestStudio(t, { patch, images: 4 });
  const { images } = await owner.call('listImages');
  const { id, prompt } = images[0]!;
  const rating = { raterId: owner.id, ratedAt: new Date().toISOString(), milliseconds: 900, guidelineVersion: 1 };
  await insertRatings(project.db, [{ ...rating, imageId: id, answer: 'good' }]);
  assert.equal(await findLatestRatingTime(project.db, 'feedback'), rating.ratedAt);
  assert.equal(
    await findLatestRatingTime(project.db, 'evaluation'),
    undefined,
    'no answer about images of another use',
  );
  const remove = (force: boolean) => owner.call('removeImage', { params: { id }, body: { force } });
  assert.match((await refused(remove(false), 400)).message, /on 1 picture rest 1 answer/);
  assert.deepEqual(await remove(true), { images: 1, answers: 1, prompts: 0 });
  await refused(remove(true), 404);
  const { prompts } = await owner.call('listPrompts', { query: { search: prompt } });
  const { prompts: gone } = await owner.call('removePrompt', { params: { id: prompts[0]!.id }, body: {} });
  assert.equal(gone, 1);
  assert.ok((await owner.call('listImages')).images.every((left) => left.prompt !== prompt && left.id !== id));
});
