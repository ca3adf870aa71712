import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeTemporaryDir } from '../../project/testing.ts';
import { createProgress } from '../../util/progress.ts';
import { openWorld } from '../../world/worlds/worlds.ts';
import { openSeed, reproduceSeed, type SeedResult } from './reproduce.ts';

const TINY = {
  threads: 1,
  prompts: { count: 2, color: 2, background: 1, combination: 2, unseenPerCategory: 1 },
  generate: { imagesPerPrompt: 4, steps: 4, batchSize: 28 },
  reward: { maxSteps: 60, hiddenWidth: 8, negatives: 1, batchSize: 4, validationEvery: 20 },
  tune: {
    maxTrainSteps: 2,
    batchSize: 8,
    pretrainPairs: 4,
    samplesEvery: 0,
    weighting: 'exponential',
    sampling: 'uniform',
  },
  evaluate: { promptsPerCategory: 1, imagesPerPrompt: 1, bestOf: 2, bootstrapSamples: 100 },
} as const;

test('a seed goes on where it was stopped, keeps its figures, and holds them against what they should reach', async (t) => {
  const dir = makeTemporaryDir(t);
  const options = { seed: 3, work: join(dir, 'work'), out: join(dir, 'out'), patch: TINY };
  const run = async (signal: AbortSignal, note: (text: string) => void) => {
    const project = await openSeed(options);
    const progress = { ...createProgress({ stream: process.stderr, silent: true }), note };
    return reproduceSeed({ project, world: openWorld(project.config), progress, signal }, options).finally(() =>
      project.close(),
    );
  };
  const stopper = new AbortController();
  const stopAtTuning = (text: string) => text.startsWith('Tuning: linear') && stopper.abort();
  await assert.rejects(run(stopper.signal, stopAtTuning), { code: 'INTERRUPTED' });
  assert.ok(!existsSync(join(dir, 'out')), 'no figures of half a seed');

  const tuned: string[] = [];
  const result = await run(new AbortController().signal, (text) => tuned.push(text));
  const kept: SeedResult = JSON.parse(readFileSync(join(dir, 'out', 'seed-3.json'), 'utf8'));
  assert.deepEqual(kept, JSON.parse(JSON.stringify(result)));
  const names = ['base', 'tuned', 'linear-weights', 'beta-0', 'no-prompt-classification', 'best-of-2'];
  assert.deepEqual(
    kept.evaluation.contestants.map(({ name }) => name),
    names,
  );
  const weights = kept.evaluation.contestants.slice(1, 5).map(({ modelHash }) => modelHash);
  assert.equal(new Set(weights).size, 4, 'each variant is a model of its own');
  const frechet = kept.targets.find(({ name }) => name === 'growth of the Fréchet distance')!;
  const [base, after] = kept.evaluation.contestants.map((contestant) => contestant.frechet.all.value);
  assert.ok(Math.abs(frechet.value! - (after! / base! - 1)) < 1e-9);
  assert.equal(frechet.reached, frechet.value! <= 0.2);
  assert.equal(kept.targets.length, 4);
});

test('a seed without ablations has the method alone, and keeps to the steps that it was made for', async (t) => {
  const dir = makeTemporaryDir(t);
  const options = { seed: 3, work: join(dir, 'work'), out: join(dir, 'out'), patch: TINY, ablations: false };
  const project = await openSeed(options);
  const progress = createProgress({ stream: process.stderr, silent: true });
  const signal = new AbortController().signal;
  const result = await reproduceSeed({ project, world: openWorld(project.config), progress, signal }, options).finally(
    () => project.close(),
  );
  assert.deepEqual(
    result.evaluation.contestants.map(({ name }) => name),
    ['base', 'tuned', 'best-of-2'],
  );
  assert.equal(result.config.tune.maxTrainSteps, 2);
  const longer = { ...options, patch: { tune: { maxTrainSteps: 3 } } };
  await assert.rejects(openSeed(longer), { code: 'USAGE', message: /made for 2 steps of tuning, not for 3/ });
});
