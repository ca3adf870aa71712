// The demo's stages, small, through two workers: pictures, scores, weights and verdicts of one process.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runMethod } from '../judging/experiments/method.ts';
import { collectEvaluation } from '../judging/report/collect/evaluation.ts';
import { quietProgress } from '../method/feedback/testing.ts';
import { createProject, type Project } from '../project/project.ts';
import { makeTemporaryDir, skipPostgres } from '../project/testing.ts';
import { openWorld } from '../world/worlds/worlds.ts';
import { makeSharedProject, startTestWorker } from './testing.ts';

const SMALL = {
  seed: 3,
  threads: 1,
  prompts: { count: 2, color: 2, background: 1, combination: 1, unseenPerCategory: 1 },
  generate: { imagesPerPrompt: 3, steps: 3, batchSize: 6 },
  reward: { maxSteps: 20, hiddenWidth: 8, negatives: 1, batchSize: 4, validationEvery: 10 },
  tune: {
    maxTrainSteps: 2,
    batchSize: 2,
    pretrainPairs: 4,
    samplesEvery: 0,
    checkpointingSteps: 0,
    loraRank: 2,
    workers: 2,
    localSteps: 1,
    gradientAccumulationSteps: 2,
  },
  evaluate: { promptsPerCategory: 1, imagesPerPrompt: 1, bestOf: 2, bootstrapSamples: 100 },
} as const;

/** All that stages made: pictures with their bytes' names, scores, models, verdicts. */
async function readResults(project: Project) {
  const { db } = project;
  const images = await db.selectFrom('images').select(['id', 'hash', 'modelHash']).orderBy('id').execute();
  const rewards = await db
    .selectFrom('rewards')
    .select(['imageId', 'score'])
    .orderBy('imageId')
    .orderBy('score')
    .execute();
  const models = await db.selectFrom('models').select(['hash', 'kind']).orderBy('hash').execute();
  const contestants = (await collectEvaluation(project))!.contestants.map(({ name, groups }) => ({ name, groups }));
  return { images, rewards, models, contestants };
}

test('two workers bring the demo’s stages to the bytes of one process', { skip: skipPostgres }, async (t) => {
  const alone = await createProject(makeTemporaryDir(t), SMALL);
  t.after(() => alone.close());
  const world = openWorld(alone.config);
  const signal = new AbortController().signal;
  await runMethod({ project: alone, world, progress: quietProgress(), signal });

  const make = (dir: string, patch: object) => createProject(dir, { ...SMALL, ...patch });
  const { project, session } = await makeSharedProject(t, { make, world });
  const workers = [
    await startTestWorker(t, project, { batchSize: 6 }),
    await startTestWorker(t, project, { batchSize: 6 }),
  ];
  await runMethod(session);
  const [expected, found] = [await readResults(alone), await readResults(project)];
  assert.ok(expected.images.length > 18 && expected.rewards.length >= 18);
  assert.deepEqual(found, expected);
  const done = (await Promise.all(workers.map((worker) => worker.stop()))).map((summary) => summary.done);
  // Each picture and its embedding, the latents of the images, and two parts of two rounds.
  assert.ok(done[0]! + done[1]! > 2 * 18 + 4 && Math.min(...done) > 0, done.join());
});
