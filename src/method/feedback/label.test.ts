import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodePng } from '../../pictures/image.ts';
import { insertImages, listImages } from '../../project/images/images.ts';
import { importPrompts, listPrompts, promptId } from '../../project/images/prompts.ts';
import { findLatestGuideline } from '../../project/rating/guidelines.ts';
import { listRaters } from '../../project/rating/raters.ts';
import { listRatings, replaceRatings } from '../../project/rating/ratings.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { answerFor, openJudge } from '../../world/judge/judge.ts';
import { embedded } from '../../world/worlds/embedded.ts';
import { generateImages } from './generate.ts';
import { assignRaters, canSimulate, simulateLabels } from './label.ts';
import { makeTinyProject, quietProgress } from './testing.ts';

const signal = new AbortController().signal;

test('simulated raters answer as the judge sees it, and no answer is given twice', async (t) => {
  const { project, models } = await makeTinyProject(makeTemporaryDir(t), {
    label: { raters: 3, ratersPerImage: 2, errorRate: [0, 0], skipRate: [0, 0] },
  });
  t.after(() => project.close());
  const { db } = project;
  const session = { project, world: embedded, progress: quietProgress(), signal };
  await assert.rejects(simulateLabels(session, models), {
    code: 'MISSING_STAGE',
    message: /no feedback images to rate/,
  });
  await generateImages(session);
  const summary = await simulateLabels(session, models);
  assert.deepEqual([summary.images, summary.ratings, summary.added], [24, 48, 48]);

  const images = new Map((await listImages(db)).map((image) => [image.id, image]));
  const slots = new Map((await listPrompts(db)).map((prompt) => [prompt.id, prompt.slots]));
  const judge = await openJudge(models.judge);
  const ratings = await listRatings(db);
  for (const { imageId, answer, milliseconds, guidelineVersion } of ratings) {
    const { hash, promptId } = images.get(imageId)!;
    const [verdict] = await judge.judge([(await decodePng(await project.images.getBlob(hash))).rgb]);
    const truth = answerFor(slots.get(promptId)!, verdict!);
    assert.ok(truth === 'unclear' ? answer !== 'good' : answer === truth, `${answer} where the judge says ${truth}`);
    assert.ok(milliseconds >= 400 && guidelineVersion === 1);
  }
  await judge.dispose();
  assert.match((await findLatestGuideline(db))!.text, /^Look at the prompt/);
  const { settings, kind } = (await listRaters(db))[0]!;
  assert.deepEqual([kind, settings], ['simulated', { errorRate: 0, skipRate: 0, seed: 3, judge: judge.hash }]);

  const mine = { ...ratings[0]!, answer: ratings[0]!.answer === 'good' ? ('bad' as const) : ('good' as const) };
  await replaceRatings(db, [mine]);
  assert.equal((await simulateLabels(session, models)).added, 0);
  assert.equal(
    (await listRatings(db)).find(({ imageId, raterId }) => imageId === mine.imageId && raterId === mine.raterId)!
      .answer,
    mine.answer,
  );
  assert.equal(summary.all.good + summary.all.bad + summary.all.skip, 48);
  assert.equal(
    summary.categories.reduce((total, { bad }) => total + bad, 0),
    summary.all.bad,
  );
});

test('images of an evaluation are rated and counted by themselves', async (t) => {
  const { project, models } = await makeTinyProject(makeTemporaryDir(t), { label: { raters: 3, ratersPerImage: 2 } });
  t.after(() => project.close());
  const session = { project, world: embedded, progress: quietProgress(), signal };
  await generateImages(session);
  const feedback = await simulateLabels(session, models);
  const [drawn] = await listImages(project.db, { purpose: 'feedback' });
  await insertImages(project.db, [{ ...drawn!, seed: drawn!.seed + 1, purpose: 'evaluation' }]);
  const count = async (purpose: 'feedback' | 'evaluation') => {
    const { images, ratings, added } = await simulateLabels(session, { ...models, purpose });
    return { images, ratings, added };
  };
  assert.deepEqual(await count('evaluation'), { images: 1, ratings: 2, added: 2 });
  assert.deepEqual(await count('evaluation'), { images: 1, ratings: 2, added: 0 });
  assert.deepEqual(await count('feedback'), { images: feedback.images, ratings: feedback.ratings, added: 0 });
});

test('labels are the same straight through and taken up again, and other rates are refused', async (t) => {
  const { project, models } = await makeTinyProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const { db, config } = project;
  const session = { project, world: embedded, progress: quietProgress(), signal };
  await generateImages(session);
  await simulateLabels(session, models);
  const answers = async () =>
    (await listRatings(db)).map(({ imageId, raterId, answer, milliseconds }) => [
      imageId,
      raterId,
      answer,
      milliseconds,
    ]);
  const straight = await answers();
  await db
    .deleteFrom('ratings')
    .where('imageId', 'in', [...new Set(straight.map(([id]) => String(id)))].slice(5, 12))
    .execute();
  assert.equal((await simulateLabels(session, models)).added, 14);
  assert.deepEqual(await answers(), straight);

  const more = { ...project, config: { ...config, label: { ...config.label, ratersPerImage: 3 } } };
  assert.equal((await simulateLabels({ ...session, project: more }, models)).added, 24);
  const careless = {
    ...project,
    config: { ...config, label: { ...config.label, errorRate: [0.4, 0.5] as [number, number] } },
  };
  await assert.rejects(simulateLabels({ ...session, project: careless }, models), {
    code: 'CONFIG',
    message: /Simulated rater 1 has answered with error rate/,
  });
});

test('images whose prompts the world does not know are left out and counted, never called good', async (t) => {
  const { project, models } = await makeTinyProject(makeTemporaryDir(t), { generate: { imagesPerPrompt: 2 } });
  t.after(() => project.close());
  const session = { project, world: embedded, progress: quietProgress(), signal };
  const text = 'a photo of an astronaut riding a horse';
  const prompt = { id: promptId(text), text, category: 'free', slots: {}, split: 'seen' as const };
  await importPrompts(project.db, [prompt]);
  assert.equal(await canSimulate(session), false);
  await generateImages(session);
  assert.deepEqual([await canSimulate(session), await canSimulate({ ...session, world: null })], [true, false]);
  const summary = await simulateLabels(session, models);
  assert.deepEqual([summary.images, summary.unknown], [12, 2]);
  const own = new Set(
    (await listImages(project.db)).filter(({ promptId: id }) => id === prompt.id).map(({ id }) => id),
  );
  assert.equal(own.size, 2);
  assert.ok((await listRatings(project.db)).every(({ imageId }) => !own.has(imageId)));
  await assert.rejects(simulateLabels({ ...session, world: null }, models), { code: 'USAGE', message: /world: none/ });
});

test('images are spread evenly over the raters', () => {
  const raters = Array.from({ length: 6 }, (_, i) => ({ id: `rater-${i}` }));
  const seen = new Map(raters.map(({ id }) => [id, 0]));
  const images = Array.from({ length: 4000 }, (_, i) => `image-${i}`);
  for (const image of images) {
    const assigned = assignRaters(raters, 2, 5, image);
    assert.equal(new Set(assigned).size, 2);
    for (const { id } of assigned) seen.set(id, seen.get(id)! + 1 / images.length);
  }
  for (const share of seen.values()) assert.ok(Math.abs(share - 1 / 3) < 0.03, String(share));
});

test('pictures of another size than the world’s are left out and counted; where there are no others, that is an error', async (t) => {
  const { project, models } = await makeTinyProject(makeTemporaryDir(t), {
    generate: { imagesPerPrompt: 1, width: 48 },
  });
  t.after(() => project.close());
  const notes: string[] = [];
  const progress = { ...quietProgress(), note: (text: string) => void notes.push(text) };
  const session = { project, world: embedded, progress, signal };
  await generateImages(session);
  assert.equal(await canSimulate(session), false);
  await assert.rejects(simulateLabels(session, models), { code: 'USAGE', message: /32×32 alone, and none of 6 is/ });
  const config = { ...project.config, generate: { ...project.config.generate, width: 0 } };
  await generateImages({ ...session, project: { ...project, config } }, { mix: true });
  const summary = await simulateLabels(session, models);
  assert.deepEqual([summary.images, summary.otherSize, summary.unknown], [6, 6, 0]);
  assert.ok(notes.some((note) => /^Left out 6 of 12 images: the judge .* sees pictures of 32×32 alone\.$/.test(note)));
});
