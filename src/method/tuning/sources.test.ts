import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { encodePng } from '../../pictures/image.ts';
import type { ConfigPatch } from '../../project/config/config.ts';
import type { Answer } from '../../project/database/schema.ts';
import { listImages } from '../../project/images/images.ts';
import { readImageLineage, readModelLineage } from '../../project/learning/lineage.ts';
import type { Project } from '../../project/project.ts';
import { addGuideline } from '../../project/rating/guidelines.ts';
import { insertPreferences, PAIR_RATER } from '../../project/rating/preferences.ts';
import { putRater } from '../../project/rating/raters.ts';
import { insertRatings } from '../../project/rating/ratings.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { createProgress } from '../../util/progress.ts';
import { random } from '../../util/random.ts';
import { openWorld } from '../../world/worlds/worlds.ts';
import { addOwnImages } from '../feedback/own-images.ts';
import { prepareRun } from './prepare.ts';
import { describeKept, listCandidates } from './sources.ts';
import { makeTuningProject } from './testing.ts';
import { tuneModel } from './tune.ts';

const PROMPT = 'a photo of an astronaut riding a horse';
const SIZES = [
  [64, 64],
  [48, 32],
  [32, 32],
  [32, 80],
] as const;
const QUICK = { maxTrainSteps: 2, checkpointingSteps: 0, samplesEvery: 0, pretrainData: 'none' } as const;

/** A project with six images that its model drew, and four that came from outside in other sizes; the first two are good. */
async function open(t: TestContext, tune: ConfigPatch['tune'] = {}): Promise<{ project: Project; ids: string[] }> {
  const project = await makeTuningProject(makeTemporaryDir(t), { tune: { ...QUICK, ...tune } });
  t.after(() => project.close());
  const pngs = SIZES.map(([width, height], i) =>
    encodePng(Uint8Array.from(random(i, 'outside').uniforms(3 * width * height, 0, 256)), width, height),
  );
  const { images } = await addOwnImages(project, PROMPT, await Promise.all(pngs));
  return { project, ids: images.map(({ id }) => id) };
}

async function answer({ db }: Project, ids: readonly string[], answers: readonly Answer[], name = 'Ann') {
  const version = await addGuideline(db, `Guidelines of ${name}.`);
  await putRater(db, { id: name, name, kind: 'human', settings: { imported: true } });
  const common = { raterId: name, ratedAt: '2026-01-01T00:00:00.000Z', milliseconds: 1, guidelineVersion: version };
  await insertRatings(
    db,
    ids.map((imageId, i) => ({ ...common, imageId, answer: answers[i]! })),
  );
}

const ANSWERS = ['good', 'good', 'bad', 'bad'] as const;

test('pictures of prompts that are kept from what is learned are counted when others’ pictures are asked for', async (t) => {
  const { project } = await open(t);
  const { db } = project;
  const modelHash = (await listImages(db, { purpose: 'feedback' })).find(
    ({ sampler }) => sampler !== 'none',
  )!.modelHash;
  assert.equal(await describeKept(db, modelHash, 'imported'), undefined);
  const png = await encodePng(Uint8Array.from(random(9, 'kept').uniforms(3 * 32 * 32, 0, 256)), 32, 32);
  await addOwnImages(project, 'a prompt that stays unseen', [png]);
  await db.updateTable('prompts').set({ split: 'unseen' }).where('text', '=', 'a prompt that stays unseen').execute();
  assert.match((await describeKept(db, modelHash, 'imported'))!, /^Pictures left out: 1 of unseen prompts, which/);
  assert.match((await describeKept(db, modelHash, 'all'))!, /1 of unseen/);
  assert.equal(await describeKept(db, modelHash, 'own'), undefined);
  const { lines, ...session } = sessionOf(project);
  await answer(
    project,
    (await listCandidates(db, modelHash, 'imported')).map(({ id }) => id),
    ANSWERS,
  );
  await prepareRun(session, { settings: { ...project.config.tune, images: 'imported', weights: 'label' } }).catch(
    () => {},
  );
  assert.match(lines.join(''), /Pictures left out: 1 of unseen/);
});

function sessionOf(project: Project) {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text) } as unknown as NodeJS.WritableStream;
  const { signal } = new AbortController();
  return { project, world: openWorld(project.config), progress: createProgress({ stream }), signal, lines };
}

test('imported pictures of any size are learned from by their answers, and it is told which from where', async (t) => {
  const { project, ids } = await open(t);
  await answer(project, ids, ANSWERS);
  const session = sessionOf(project);
  const settings = { images: 'imported', weights: 'label' } as const;
  const { plan, runId, modelHash, model } = await tuneModel(session, { settings });
  assert.deepEqual([plan.images, plan.meanWeight], [4, 0.5]);
  assert.deepEqual(plan.origins, { own: 0, imported: 4, other: 0 });
  const said = session.lines.join('');
  assert.match(said, /images: 4 that were imported\n/);
  assert.match(said, /3 pictures of 3 sizes were resized to 32×32, 2 of them cropped to their middle/);
  const card = readFileSync(join(model, 'README.md'), 'utf8');
  assert.match(
    card,
    /- 4 images \(4 that were imported\), of mean weight 0\.5\.\n- 3 pictures of 3 sizes were resized/,
  );

  const [first] = (await listImages(project.db)).filter(({ id }) => id === ids[0]);
  const { learned } = await readImageLineage(project.db, first!);
  assert.deepEqual(learned, [{ runId, weight: 1, tuned: [{ step: 2, modelHash }] }]);
  const [checkpoint] = (await readModelLineage(project.db, modelHash))!.checkpoints;
  assert.deepEqual(checkpoint!.config.origins, plan.origins);

  const best = await prepareRun(session, { settings: { ...settings, method: 'sft', sft: { bestOf: 4 } } });
  assert.deepEqual(
    best.images.map(({ score, weight }) => [score, weight]),
    [[1, 1]],
  );
});

test('own pictures alone are what it was; all are own and imported, and what does not suit is refused by name', async (t) => {
  const { project, ids } = await open(t);
  const session = sessionOf(project);
  const own = await prepareRun(session, {});
  assert.deepEqual([own.images.length, new Set(own.images.map(({ origin }) => origin))], [6, new Set(['own'])]);
  const refuse = async (settings: ConfigPatch['tune'], message: RegExp) =>
    assert.rejects(prepareRun(session, { settings: settings as object }), { message });
  await refuse(
    { images: 'imported', method: 'ddpo' },
    /^tune\.images: ddpo draws pictures of its own .* got imported$/,
  );
  await refuse({ images: 'all', method: 'ddpo' }, /got all$/);
  await refuse({ images: 'imported', weights: 'label' }, /none of the 4 images has answers/);
  await refuse({ images: 'imported', method: 'dpo' }, /none of the 4 images has answers/);
  await answer(project, ids, ['good', 'good', 'good', 'skip']);
  await refuse({ images: 'imported', method: 'dpo' }, /no prompt has an image answered good and one answered bad/);
  const all = await prepareRun(session, { settings: { images: 'all', weights: 'label' } });
  assert.deepEqual([all.images.length, all.unscored], [3, 7]);
});

test('a model that drew nothing says that there are pictures which it did not draw', async (t) => {
  const { project } = await open(t);
  await project.db.deleteFrom('rewards').execute();
  await project.db.deleteFrom('queueItems').execute();
  await project.db.deleteFrom('images').where('sampler', '!=', 'none').execute();
  const run = prepareRun(sessionOf(project), { settings: { weights: 'label' } });
  await assert.rejects(run, {
    code: 'MISSING_STAGE',
    hint: /the 4 images that it did not draw, with --images imported/,
  });
});

test('dpo learns from pairs as they came, ties left out, and makes no further ones of the answers that stand for them', async (t) => {
  const { project, ids } = await open(t, { method: 'dpo', images: 'imported' });
  const [a, b, c, d] = ids as [string, string, string, string];
  const pair = (id: string, firstImage: string, secondImage: string, share: number) => {
    return { id, firstImage, secondImage, share, details: {} };
  };
  await insertPreferences(project.db, [pair('1', a, b, 0), pair('2', c, d, 0.5), pair('3', c, a, 1)]);
  await answer(project, ids, ['bad', 'good', 'good', 'bad'], PAIR_RATER);
  const prepared = await prepareRun(sessionOf(project), {});
  const { preferences = [], remarks } = prepared;
  const idOf = (row: number) => prepared.images[row]!.id;
  assert.deepEqual(
    preferences.map(([winner, loser]) => [idOf(winner), idOf(loser)]),
    [
      [b, a],
      [c, a],
    ],
  );
  assert.deepEqual(remarks, ['pairs of images: 2 that came as pairs (1 tie is left out), 0 of answers']);
  const session = sessionOf(project);
  const { plan } = await tuneModel(session);
  assert.deepEqual(plan.remarks, remarks);
  assert.match(session.lines.join(''), /pairs of images: 2 that came as pairs \(1 tie is left out\), 0 of answers/);

  await answer(project, [d, b], ['good', 'bad'], 'Bob');
  const more = await prepareRun(sessionOf(project), {});
  assert.match(more.remarks[0]!, /2 that came as pairs .*, 1 of answers/, 'people’s answers make a pair more');
  assert.notEqual(more.dataHash, prepared.dataHash);
});
