import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkMethod, METHODS } from '../../method/tuning/methods/methods.ts';
import { patchSettings } from '../../method/tuning/mixture.ts';
import { hashModel } from '../../models/inference/painter.ts';
import { makeTinyPipeline } from '../../models/inference/testing.ts';
import { configSchema } from '../../project/config/config.ts';
import { makeTemporaryDir } from '../../project/testing.ts';
import { createProgress } from '../../util/progress.ts';
import { embedded } from '../../world/worlds/embedded.ts';
import { EXPERIMENTS, findExperiment, settingsFor } from './catalogue.ts';
import { nameHeldOut } from './held-out.ts';
import { compareMethods } from './method-experiment.ts';
import { type ExperimentOptions, runExperiment } from './run.ts';
import { judgeClaims, overSeeds } from './summary.ts';
import type { Experiment, ExperimentSettings } from './types.ts';

const silent = () => createProgress({ stream: process.stderr, silent: true });

function makeOptions(dir: string, models: ReturnType<typeof makeTinyPipeline>, work = 'work'): ExperimentOptions {
  const settings: ExperimentSettings = {
    config: {
      model: models.sd,
      clip: models.clip,
      threads: 1,
      prompts: { count: 2, color: 2, background: 1, combination: 1, unseenPerCategory: 1, developmentPerCategory: 1 },
      generate: { imagesPerPrompt: 2, steps: 1, guidanceScale: 1, batchSize: 8 },
      reward: { maxSteps: 4, hiddenWidth: 8, negatives: 1, batchSize: 4, validationEvery: 2 },
      tune: {
        weighting: 'threshold',
        maxTrainSteps: 2,
        batchSize: 4,
        pretrainPairs: 4,
        samplesEvery: 0,
        checkpointingSteps: 1,
        clipRewards: true,
        weightThreshold: -10,
        ddpo: { prompts: 1, images: 2, steps: 1, denoisingSteps: 2 },
      },
      evaluate: { promptsPerCategory: 1, imagesPerPrompt: 1, bestOf: 0, bootstrapSamples: 100 },
    },
    budgets: [4, 8],
    round: { labels: 3, count: 2 },
    unlabelled: 1,
    bestOf: 2,
  };
  return { seeds: [1], work: join(dir, work), out: join(dir, `${work}-out`), settings, judgeDir: models.judge };
}

const pagesOf = ({ out }: ExperimentOptions, name: string) =>
  ['results.json', 'index.html'].map((file) => readFileSync(join(out, name, file), 'utf8'));

for (const name of ['active-labelling', 'rejection-sampling'])
  test(`${name} interrupted in and between cells and resumed gives the same page as a straight run`, async (t) => {
    const dir = makeTemporaryDir(t);
    const models = makeTinyPipeline(join(dir, 'models'));
    const experiment = findExperiment(name);
    const straight = makeOptions(dir, models, 'straight');
    const result = await runExperiment(
      { world: embedded, progress: silent(), signal: new AbortController().signal },
      experiment,
      straight,
    );
    assert.equal(result.cells.length, 1);
    assert.ok(result.rows.every(({ figures }) => Number.isFinite(figures[experiment.chart.figure]!.estimate)));

    const options = makeOptions(dir, models, 'stopped');
    let stops = 0;
    for (;;) {
      const controller = new AbortController();
      // The first run stops before its first cell, the next ones inside their second.
      let begun = 0;
      const progress = {
        ...silent(),
        note(text: string) {
          if (!text.startsWith(name)) return;
          if (stops === 0) controller.abort();
          else if (++begun === 2) setImmediate(() => controller.abort());
        },
      };
      const found = await runExperiment(
        { world: embedded, progress, signal: controller.signal },
        experiment,
        options,
      ).catch((error: { code: string }) => {
        assert.equal(error.code, 'INTERRUPTED');
        assert.ok(!existsSync(join(options.out, name)), 'no page of half an experiment');
      });
      if (found) break;
      assert.ok(++stops < 10);
    }
    assert.ok(stops >= 2, `${stops} interruptions`);
    assert.deepEqual(pagesOf(options, name), pagesOf(straight, name));
    const cells = readdirSync(join(options.work, 'cells', name)).filter((file) => file.endsWith('.json'));
    assert.equal(cells.length, 2, 'two variants of one seed');
  });

test('every method makes a model of its own of the same images', async (t) => {
  const dir = makeTemporaryDir(t);
  const options = makeOptions(dir, makeTinyPipeline(join(dir, 'models')));
  const session = { world: embedded, progress: silent(), signal: new AbortController().signal };
  const { 'reward-weighted': weighted, dpo } = METHODS;
  const few = { 'reward-weighted': weighted, dpo: { trials: [dpo.trials[0]!, dpo.trials[2]!] } };
  const { rows } = await runExperiment(session, compareMethods(few), options);
  const measured = rows.filter(({ series }) => series === 'model');
  assert.deepEqual(
    measured.map(({ name }) => name),
    ['base', 'reward-weighted', 'dpo'],
  );
  assert.ok(measured.every(({ figures }) => Number.isFinite(figures.frechet!.estimate)));
  for (const { name, figures } of measured.slice(1)) {
    const tried = rows
      .filter((row) => row.name.startsWith(`${name}: `))
      .map((row) => row.figures.development!.estimate);
    assert.equal(tried.length, few[name as keyof typeof few].trials.length);
    assert.equal(tried.indexOf(Math.max(...tried)) + 1, figures.chosen!.estimate);
  }
  const project = readdirSync(options.work).find((name) => name.startsWith('seed-1'))!;
  const models = readdirSync(join(options.work, project, 'models'));
  const hashes = models.map((name) => hashModel(join(options.work, project, 'models', name)));
  assert.equal(new Set(hashes).size, 5, `${models}`);
});

test('every trial of every method is allowed at the sizes of the experiment, in both worlds and quickly', () => {
  const experiment = findExperiment('methods');
  for (const scale of [{}, { quick: true }, { world: 'embedded-2' }, { world: 'embedded-2', quick: true }] as const) {
    const { tune, prompts } = configSchema.parse(settingsFor(experiment, scale).config);
    assert.ok(prompts.developmentPerCategory > 0);
    for (const [method, { trials }] of Object.entries(METHODS))
      for (const { patch } of trials) checkMethod(patchSettings(tune, { method, ...patch }));
  }
});

test('titles and claims name the prompts that are judged: development ones where there are any', () => {
  const words = (experiment: Experiment, developmentPerCategory: number) => {
    const { columns, claims, question } = nameHeldOut(experiment, { config: { prompts: { developmentPerCategory } } });
    return [question, ...columns.map(({ title }) => title), ...claims.map(({ text }) => text)].join('\n');
  };
  for (const experiment of EXPERIMENTS) {
    assert.match(words(experiment, 0), /unseen prompts/);
    if (experiment.name === 'methods') assert.match(words(experiment, 1), /judged good on unseen prompts/);
    else assert.doesNotMatch(words(experiment, 1), /unseen/);
  }
  assert.match(words(findExperiment('beta'), 1), /Judged good, development prompts/);
});

test('every experiment has its claims among its variants, and a chart among its columns', () => {
  assert.deepEqual(EXPERIMENTS.map(({ name }) => name).toSorted(), [
    'active-labelling',
    'auxiliary-loss',
    'beta',
    'data-mixture',
    'label-budget',
    'methods',
    'rater-noise',
    'rejection-sampling',
    'rounds',
  ]);
  for (const { columns, chart, claims } of EXPERIMENTS) {
    const keys = columns.map(({ key }) => key);
    assert.ok(keys.includes(chart.figure) && claims.every(({ figure }) => keys.includes(figure)));
  }
  assert.throws(() => findExperiment('none'), /there is none called none/);
});

test('overSeeds is a t interval, and a claim holds where the paired difference is clear', () => {
  const { estimate, low, high } = overSeeds([1, 2, 3]);
  // 2 ± 4.3027 · 1/√3
  assert.ok(Math.abs(estimate - 2) < 1e-9 && Math.abs(high! - 4.4841) < 1e-3 && Math.abs(low! + 0.4841) < 1e-3);
  const seeds = [0, 0.1, -0.1].map((offset, seed) => ({
    seed,
    rows: [
      { series: 'reward', name: 'a', figures: { accuracy: 0.9 + offset } },
      { series: 'reward', name: 'b', figures: { accuracy: 0.8 + offset * 1.01 } },
    ],
  }));
  const claim = { text: '', figure: 'accuracy', above: ['reward', 'a'], below: ['reward', 'b'] } as const;
  const back = { ...claim, above: claim.below, below: claim.above };
  const missing = { ...claim, above: ['reward', 'c'] as const };
  assert.deepEqual(
    judgeClaims({ claims: [claim, back, missing] }, seeds).map(({ verdict }) => verdict),
    ['reproduced', 'opposite', 'open'],
  );
});
