import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listImages } from '../../project/images/images.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { createProgress } from '../../util/progress.ts';
import { openWorld } from '../../world/worlds/worlds.ts';
import type { SeedDetails } from './details.ts';
import { findGroup } from './recipes/groups.ts';
import { paper } from './recipes/paper.ts';
import { findRecipe, findRows, RECIPES } from './recipes/recipes.ts';
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

const silent = createProgress({ stream: process.stderr, silent: true });

test('a seed goes on where it was stopped, keeps its figures and settings, and holds them against what they should reach', async (t) => {
  const dir = makeTemporaryDir(t);
  const options = { seed: 3, work: join(dir, 'work'), out: join(dir, 'out'), patch: TINY };
  const run = async (signal: AbortSignal, note: (text: string) => void) => {
    const project = await openSeed(options);
    const progress = { ...silent, note };
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

  const alone = { ...options, rows: [] };
  const project = await openSeed(alone);
  const session = { project, world: openWorld(project.config), progress: silent, signal: new AbortController().signal };
  const { evaluation, config } = await reproduceSeed(session, alone).finally(() => project.close());
  assert.deepEqual(
    evaluation.contestants.map(({ name }) => name),
    ['base', 'tuned', 'best-of-2'],
    'without ablations there is the method alone',
  );
  assert.equal(config.tune.maxTrainSteps, 2);
  const longer = { ...options, patch: { tune: { maxTrainSteps: 3 } } };
  await assert.rejects(openSeed(longer), { code: 'USAGE', message: /tune\.maxTrainSteps \(2, now 3\)/ });
  const other = { ...options, recipe: paper };
  await assert.rejects(openSeed(other), { code: 'USAGE', message: /recipe "paper" has now: .*timestepRange/ });
});

test('the paper’s recipe: its settings, placebos beside it, its figures beside what came, and every prompt for pooling', async (t) => {
  const dir = makeTemporaryDir(t);
  const { weighting: _w, sampling: _s, ...tune } = TINY.tune;
  const patch = {
    ...TINY,
    tune,
    generate: { ...TINY.generate, batchSize: 16 },
    evaluate: { ...TINY.evaluate, bestOf: 4 },
  };
  const recipe = { ...paper, unlabelled: 1, sets: { pictures: 2, outOf: 4, raters: 9 } };
  const rows = ['labelled-alone', 'pairs-alone', 'shuffled-rewards', 'weights-1'];
  const options = { seed: 3, work: join(dir, 'work'), out: join(dir, 'out'), patch, recipe, rows };
  const project = await openSeed(options);
  const notes: string[] = [];
  const progress = { ...silent, note: (text: string) => void notes.push(text) };
  const signal = new AbortController().signal;
  const run = () => reproduceSeed({ project, world: openWorld(project.config), progress, signal }, options);
  const result = await run();
  const { tune: asTuned, reward } = result.config;
  assert.deepEqual(
    [asTuned.weighting, asTuned.sampling, asTuned.timestepRange, asTuned.emaDecay, asTuned.beta, asTuned.lrScheduler],
    ['linear', 'uniform', [0, 1], 0, 1, 'constant'],
  );
  assert.deepEqual([reward.features, reward.lambda, reward.temperature], ['concat', 0.5, 2]);
  assert.equal(notes.filter((note) => note.includes('a placebo')).length, 3);
  assert.ok(
    notes.some((note) => /mean weight 0$|mean weight 0\b/.test(note)),
    'pairs alone weigh no image',
  );
  const hashes = result.evaluation.contestants
    .filter(({ kind }) => kind !== 'best-of')
    .map(({ modelHash }) => modelHash);
  assert.equal(new Set(hashes).size, 6, 'the base, the method and four rows are models of their own');

  const figures = result.paper!;
  const skipped = figures.find(({ name }) => name === 'answers skipped')!;
  assert.deepEqual(skipped.paper, [0.05]);
  const rated = await project.db
    .selectFrom('ratings')
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  const drawn = await listImages(project.db, { purpose: 'feedback' });
  assert.equal(drawn.length, (Number(rated.n) / 4) * 5, 'a fifth was drawn after the answers');

  const details: SeedDetails = JSON.parse(readFileSync(join(dir, 'out', 'details-3.json'), 'utf8'));
  const unseen = findGroup(result.evaluation.contestants[1]!.groups, 'unseen')!;
  const rowsOf = details.prompts.filter(({ split }) => split === 'unseen');
  const good = rowsOf.reduce((sum, { models }) => sum + models.tuned!.good, 0);
  assert.equal(good / rowsOf.length, unseen.good.estimate);
  assert.equal(details.sets.length, 2);
  for (const { verdicts } of details.sets)
    for (const { votes, result: verdict } of verdicts) {
      assert.equal(votes[0] + votes[1] + votes[2], 9);
      assert.equal(verdict, votes[0] >= 6 ? 1 : votes[1] >= 6 ? -1 : 0);
    }
  const again = await run().finally(() => project.close());
  assert.deepEqual(again.paper, result.paper, 'run again it makes nothing anew');
});

test('a seed’s project is taken up again by the recipe that made it, and by no other', async (t) => {
  const dir = makeTemporaryDir(t);
  for (const recipe of RECIPES) {
    const options = { seed: 3, work: join(dir, recipe.name), out: join(dir, 'out'), recipe };
    for (const time of ['made', 'taken up']) {
      const project = await openSeed(options);
      const { world, tune, prompts } = project.config;
      await project.close();
      assert.equal(tune.method, recipe.config.tune?.method ?? 'reward-weighted', time);
      assert.equal(prompts.grammar, world, 'words of the world that it is in');
    }
    const other = RECIPES.find(({ name }) => name !== recipe.name)!;
    await assert.rejects(openSeed({ ...options, recipe: other }), { code: 'USAGE', message: /other settings/ });
  }
});

test('a row that a recipe does not have is told with those that it has', () => {
  assert.throws(() => findRows(paper, ['tuned', 'beta-9']), { code: 'USAGE', message: /no row called tuned/ });
  assert.throws(() => findRecipe('mine'), { code: 'USAGE', message: /no recipe called mine/ });
});
