// An experiment whose cells workers make: the figures of one process, each cell once.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findExperiment } from '../judging/experiments/catalogue.ts';
import { runExperiment } from '../judging/experiments/run.ts';
import type { ExperimentSettings } from '../judging/experiments/types.ts';
import { quietProgress } from '../method/feedback/testing.ts';
import { makeTemporaryDir, skipPostgres } from '../project/testing.ts';
import { embedded } from '../world/worlds/embedded.ts';
import { makeSharedProject, startTestWorker } from './testing.ts';

const SMALL = {
  threads: 1,
  prompts: { count: 2, color: 1, background: 1, combination: 1, unseenPerCategory: 1 },
  generate: { imagesPerPrompt: 3, steps: 4, batchSize: 15 },
  reward: { maxSteps: 4, hiddenWidth: 8, negatives: 1, batchSize: 4, validationEvery: 2 },
  tune: {
    maxTrainSteps: 1,
    batchSize: 2,
    pretrainPairs: 4,
    samplesEvery: 0,
    checkpointingSteps: 0,
    weighting: 'threshold',
    weightThreshold: -10,
  },
  evaluate: { promptsPerCategory: 1, imagesPerPrompt: 1, bestOf: 0, bootstrapSamples: 100 },
} as const;

test('two workers make the cells of an experiment: each once, with the figures of one process', {
  skip: skipPostgres,
}, async (t) => {
  const settings: ExperimentSettings = {
    config: SMALL,
    budgets: [4],
    round: { labels: 3, count: 1 },
    unlabelled: 0,
    bestOf: 2,
  };
  const experiment = findExperiment('rejection-sampling');
  const [alone, shared] = [makeTemporaryDir(t), makeTemporaryDir(t)];
  const options = (dir: string) => ({ seeds: [1], work: join(dir, 'work'), out: join(dir, 'out'), settings });
  const { crew, ...session } = { ...(await makeSharedProject(t)).session, world: embedded, progress: quietProgress() };
  await runExperiment(session, experiment, options(alone));

  const { project } = session;
  const workers = [await startTestWorker(t, project), await startTestWorker(t, project)];
  const cellCrew = { crew: crew!, objects: project.objects! };
  await runExperiment(session, experiment, { ...options(shared), cellCrew });
  const done = (await Promise.all(workers.map((worker) => worker.stop()))).map((summary) => summary.done);
  assert.equal(done[0]! + done[1]!, 2, 'two variants of one seed');

  const read = (dir: string, ...path: string[]) => readFileSync(join(dir, ...path), 'utf8');
  assert.equal(
    read(shared, 'out', 'rejection-sampling', 'results.json'),
    read(alone, 'out', 'rejection-sampling', 'results.json'),
  );
  assert.deepEqual(readdirSync(join(shared, 'work')), ['cells'], 'no stage ran here');
  for await (const { name } of project.objects!.list('cells/')) assert.fail(`${name} was left`);
});
