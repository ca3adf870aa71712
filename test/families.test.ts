// Whole projects with models of the newer families, in this process: drawn, answered, rewarded, tuned, drawn again from a
// checkpoint, told in the card, and measured.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { evaluateModels } from '../src/judging/measures/evaluate-models.ts';
import { drawPrompt } from '../src/method/draw.ts';
import { generateImages } from '../src/method/feedback/generate.ts';
import { quietProgress } from '../src/method/feedback/testing.ts';
import { findModels } from '../src/method/models.ts';
import { trainReward } from '../src/method/reward/train.ts';
import { tuneModel } from '../src/method/tuning/tune.ts';
import { chooseSampler } from '../src/models/inference/sampler-choice.ts';
import { makeFamilyModel, makeTinyPipeline } from '../src/models/inference/testing.ts';
import { openPipeline } from '../src/models/pipeline.ts';
import { listImages } from '../src/project/images/images.ts';
import { importPrompts, promptId } from '../src/project/images/prompts.ts';
import { createProject } from '../src/project/project.ts';
import { addGuideline } from '../src/project/rating/guidelines.ts';
import { putRater } from '../src/project/rating/raters.ts';
import { insertRatings } from '../src/project/rating/ratings.ts';
import { makeTemporaryDir } from '../src/project/testing.ts';

const PROMPTS = ['two green dogs', 'a red cat', 'two red cats', 'a green dog'];
const signal = new AbortController().signal;

for (const [name, denoiser] of [
  ['sdxl', 'unet'],
  ['sd35', 'transformer'],
] as const)
  test(`${name}: a project goes the whole way`, async (t) => {
    const dir = makeTemporaryDir(t);
    const model = makeFamilyModel(dir, name);
    const sampler = chooseSampler(model);
    assert.equal(sampler, 'euler');
    const project = await createProject(join(dir, 'project'), {
      model,
      clip: makeTinyPipeline(join(dir, 'tiny')).clip,
      threads: 1,
      world: 'none',
      prompts: { count: 0, color: 0, background: 0, combination: 0, unseenPerCategory: 0 },
      generate: { sampler, steps: 2, imagesPerPrompt: 2, batchSize: 4 },
      reward: { maxSteps: 2, hiddenWidth: 8, negatives: 1, batchSize: 4, validationEvery: 1 },
      tune: {
        pretrainData: 'none',
        maxTrainSteps: 2,
        batchSize: 2,
        checkpointingSteps: 1,
        loraRank: 2,
        samplesEvery: 2,
        samplePrompts: 1,
      },
      evaluate: { imagesPerPrompt: 1, bestOf: 1, bootstrapSamples: 200 },
    });
    t.after(() => project.close());
    const session = { project, world: null, progress: quietProgress(), signal };
    const free = (text: string, i: number) => {
      return {
        id: promptId(text),
        text,
        category: 'free',
        slots: {},
        split: i === 3 ? ('unseen' as const) : ('seen' as const),
      };
    };
    await importPrompts(project.db, PROMPTS.map(free));

    await generateImages(session);
    const drawn = await listImages(project.db, { purpose: 'feedback' });
    assert.deepEqual([drawn.length, new Set(drawn.map((image) => image.sampler))], [6, new Set(['euler'])]);
    const guidelineVersion = await addGuideline(project.db, 'Good shows what the prompt says.');
    await putRater(project.db, { id: 'ann', name: 'ann', kind: 'human', settings: {} });
    await insertRatings(
      project.db,
      drawn.map(({ id }, i) => {
        const answer = i % 2 === 0 ? ('good' as const) : ('bad' as const);
        const told = { ratedAt: '2026-01-01T00:00:00.000Z', milliseconds: 1000, guidelineVersion };
        return { imageId: id, raterId: 'ann', answer, ...told };
      }),
    );
    await trainReward(session);
    const tuned = await tuneModel(session);

    const opened = openPipeline(tuned.model);
    assert.deepEqual(opened.components, openPipeline(model).components);
    const card = readFileSync(join(tuned.model, 'README.md'), 'utf8');
    assert.ok(card.includes(`from diffusers import ${opened.family.className}\n`));
    const checkpoint = (await findModels(project, ['checkpoint-1'])).at(-1)!;
    assert.match(checkpoint.unet!, new RegExp(`checkpoint-1.${denoiser}$`));
    const job = { prompt: PROMPTS[3]!, seed: 1, count: 1, config: project.config };
    const pictures: Buffer[] = [];
    for (const from of [checkpoint, { pipeline: openPipeline(model) }])
      for await (const { png } of drawPrompt({ ...job, model: from }, { progress: quietProgress(), signal }))
        pictures.push(png);
    assert.ok(!pictures[0]!.equals(pictures[1]!));

    const { judged, measured } = await evaluateModels(session, { splits: ['unseen', 'seen'] });
    assert.equal(judged, null);
    assert.deepEqual(
      measured!.report.models.map((each) => each.name),
      ['base', 'tuned'],
    );
  });
