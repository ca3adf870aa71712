import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { openPipeline } from '../../../models/pipeline.ts';
import { decodePng } from '../../../pictures/image.ts';
import type { Answer } from '../../../project/database/schema.ts';
import { listImages } from '../../../project/images/images.ts';
import type { Project } from '../../../project/project.ts';
import { addGuideline } from '../../../project/rating/guidelines.ts';
import { putRater } from '../../../project/rating/raters.ts';
import { insertRatings } from '../../../project/rating/ratings.ts';
import { makeTemporaryDir } from '../../../project/testing.ts';
import { createProgress } from '../../../util/progress.ts';
import { openWorld } from '../../../world/worlds/worlds.ts';
import { drawPrompt } from '../../draw.ts';
import { withStrength } from '../../lora-strength.ts';
import { readMetrics } from '../metrics.ts';
import { patchSettings } from '../mixture.ts';
import { makeTuningProject } from '../testing.ts';
import { tuneModel } from '../tune.ts';
import type { TunePatch } from './method.ts';

const STEPS = { maxTrainSteps: 2, checkpointingSteps: 0, samplesEvery: 0, samplePrompts: 0, batchSize: 4 };

/** Of each prompt one picture that two call good, one that they differ about, and one that both call bad. */
async function rate({ db }: Project): Promise<void> {
  await addGuideline(db, 'Good shows what the prompt says.');
  const answers: Answer[][] = [
    ['good', 'good'],
    ['good', 'bad'],
    ['bad', 'bad'],
  ];
  const common = { ratedAt: '2026-01-01T00:00:00.000Z', milliseconds: 1, guidelineVersion: 1 };
  for (const [r, raterId] of ['ann', 'bob'].entries()) {
    await putRater(db, { id: raterId, name: raterId, kind: 'human', settings: {} });
    const images = await listImages(db, { purpose: 'feedback' });
    await insertRatings(
      db,
      images.map(({ id, seed }) => ({ ...common, imageId: id, raterId, answer: answers[seed]![r]! })),
    );
  }
}

const CASES: readonly (readonly [name: string, patch: TunePatch, says: RegExp])[] = [
  ['kto', { method: 'kto' }, /Diffusion-KTO/],
  ['nft', { method: 'nft' }, /negative-aware fine-tuning/],
  ['dpo-switches', { method: 'dpo', dpo: { soft: true, capLoser: true } }, /Diffusion-DPO/],
  ['contrast', { method: 'contrast', loraRank: 2, learningRate: 0.05 }, /two LoRAs|difference of two LoRAs/],
];

test('each method tunes a project from its answers to a model with a card, and the difference of LoRAs is drawn at any strength', async (t) => {
  const project = await makeTuningProject(makeTemporaryDir(t));
  t.after(() => project.close());
  await rate(project);
  const progress = createProgress({ stream: process.stderr, silent: true });
  const { signal } = new AbortController();
  for (const [name, patch, says] of CASES) {
    const tune = patchSettings(project.config.tune, { ...STEPS, ...patch });
    const own = { ...project, config: { ...project.config, tune } };
    const summary = await tuneModel({ project: own, world: openWorld(own.config), progress, signal }, { name });
    assert.deepEqual([summary.step, summary.name], [2, name]);
    assert.notEqual(summary.modelHash, summary.baseHash);
    assert.match(readFileSync(join(summary.model, 'README.md'), 'utf8'), says);
    const metrics = readMetrics(join(project.runsDir, summary.runId, 'metrics.jsonl'));
    assert.equal(metrics.length, 2);
    assert.ok(metrics.every(({ train_loss, grad_norm }) => Number.isFinite(train_loss) && grad_norm > 0));
  }

  const dir = join(project.dir, 'models/contrast');
  const draw = async (folder: string, strength?: number) => {
    const model = { pipeline: openPipeline(folder) };
    const job = {
      prompt: 'a red cat',
      seed: 1,
      count: 1,
      config: project.config,
      model: withStrength(model, strength),
    };
    for await (const { png } of drawPrompt(job, { progress, signal })) return (await decodePng(png)).rgb;
    return new Uint8Array();
  };
  const far = (a: Uint8Array, b: Uint8Array) =>
    a.reduce((sum, value, i) => sum + Math.abs(value - b[i]!), 0) / a.length;
  const base = await draw(project.config.model);
  const saved = await draw(dir);
  assert.ok(far(await draw(dir, 0), base) < 0.5, 'none of it is the base');
  assert.ok(far(await draw(dir, 1), saved) < 0.5, 'all of it is the model');
  assert.ok(far(saved, base) > 1 && far(await draw(dir, 3), base) > far(saved, base));
  assert.throws(() => withStrength({ pipeline: openPipeline(project.config.model) }, 2), {
    code: 'USAGE',
    message: /tuned by a LoRA/,
  });
});
