import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import sharp from 'sharp';
import { parse } from 'yaml';
import { hashModel } from '../../models/inference/painter.ts';
import { openPipeline } from '../../models/pipeline.ts';
import { insertImages, listImages } from '../../project/images/images.ts';
import { putModel } from '../../project/images/models.ts';
import { addGuideline } from '../../project/rating/guidelines.ts';
import { putRater } from '../../project/rating/raters.ts';
import { insertRatings } from '../../project/rating/ratings.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { type Lineage, renderCard } from './card.ts';
import { collectCardFacts, writeSampleGrid } from './card-facts.ts';
import { makeTuningProject, testTuneSettings } from './testing.ts';

test('the card keeps the licence and tells of prompts, answers, reward and samples', async (t) => {
  const project = await makeTuningProject(makeTemporaryDir(t));
  t.after(() => project.close());
  const { db, config, dir } = project;
  writeFileSync(join(config.model, 'README.md'), '---\nlicense: creativeml-openrail-m\ntags: [x]\n---\n\nA card.\n');
  await putRater(db, { id: 'ann', name: 'Ann', kind: 'human', settings: {} });
  const guidelineVersion = await addGuideline(db, 'Look closely.');
  const feedback = await listImages(db, { purpose: 'feedback' });
  const answers = ['good', 'good', 'bad', 'skip'] as const;
  await insertRatings(
    db,
    answers.map((answer, i) => ({
      imageId: feedback[i]!.id,
      raterId: 'ann',
      answer,
      ratedAt: '2026-01-01T00:00:00.000Z',
      milliseconds: 900,
      guidelineVersion,
    })),
  );
  const pipeline = openPipeline(config.model);
  const baseHash = hashModel(config.model);
  await putModel(db, { hash: 'tuned', kind: 'checkpoint', path: 'models/tuned' });
  const collected = await collectCardFacts({ project, pipeline, baseModel: 'owner/base', rewardHash: null });

  const [first] = feedback;
  const sample = (modelHash: string) => ({ ...first!, purpose: 'sample' as const, modelHash });
  assert.deepEqual(await writeSampleGrid(project, dir, { base: baseHash, tuned: 'tuned' }), []);
  await insertImages(db, [sample(baseHash), sample('tuned')]);
  const samples = await writeSampleGrid(project, dir, { base: baseHash, tuned: 'tuned' });
  const grid = await sharp(join(dir, 'samples.png')).metadata();
  assert.deepEqual([samples.length, grid.width, grid.height], [1, 396, 200]);

  const lineage: Lineage = {
    runId: 'run-1',
    name: 'tuned',
    step: 8,
    baseModel: 'owner/base',
    baseHash,
    rewardHash: undefined,
    dataHash: 'data',
    seed: 0,
    settings: testTuneSettings(),
    images: 6,
    meanWeight: 0.5,
    pairs: 'none',
    plan: { origins: { own: 2, imported: 4, other: 0 }, short: 3 },
  };
  const figures = { accuracy: 0.75, interval: [0.6, 0.9] as const };
  const row = {
    part: 'unseen' as const,
    category: 'all',
    images: 40,
    prompts: 4,
    goodShare: 0.5,
    reward: { ...figures, calibrationError: 0.1, bins: [] },
    clip: { ...figures, accuracy: 0.6 },
    gain: { gain: 0.15, interval: [0, 0.3] as const },
  };
  const card = renderCard(lineage, { ...collected, samples, reward: [row as never] });
  const front = parse(card.split('---')[1]!) as Record<string, unknown>;
  assert.deepEqual([front.license, front.base_model], ['creativeml-openrail-m', 'owner/base']);
  assert.deepEqual(front.tags, ['stable-diffusion', 'collimate']);
  for (const part of [
    `1. ${samples[0]}`,
    '](samples.png)',
    'from_pretrained("path/to/tuned", dtype=torch.float32)',
    `pipeline(${JSON.stringify(samples[0])})`,
    '| color | 1 | a red cat |',
    '4 answers of 1 person: 50.0 % good, 25.0 % bad, 25.0 % skipped.',
    '| unseen prompts | 40 | 50.0 % | 75.0 % | 60.0 % |',
  ])
    assert.ok(card.includes(part), `${part}\n${card}`);
});
