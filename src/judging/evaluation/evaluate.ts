// The stage: draws, judges and scores the images of each model on the same prompts and seeds, and writes what it found.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { BASE, type EvaluatedModel, findModels } from '../../method/models.ts';
import { readRewardReport } from '../../method/reward/report.ts';
import type { Session } from '../../method/session.ts';
import { requireWorld } from '../../method/session.ts';
import { chooseEngine, type EngineOptions } from '../../models/inference/device.ts';
import { drawSettings } from '../../models/inference/painter.ts';
import type { PromptSplit } from '../../project/database/schema.ts';
import { listPools } from '../../project/images/pools.ts';
import { listPrompts, type Prompt } from '../../project/images/prompts.ts';
import { putEvaluation } from '../../project/learning/evaluations.ts';
import { findLatestRewardModel } from '../../project/learning/rewards.ts';
import { type Run, withRun } from '../../project/learning/runs.ts';
import { recordOpening } from '../../project/learning/test-openings.ts';
import type { Project } from '../../project/project.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import type { World, WorldJudge } from '../../world/world.ts';
import { agreementOf, type Opinions } from './agreement.ts';
import { drawCurve } from './best-of-curve.ts';
import { bestOfContestant, type Contestant, groupByPrompt, type ScoredImage, takeFirst } from './contestants.ts';
import { compareDistances, featuresOf, summarizeRenders } from './distances.ts';
import { type DrawSession, drawEvaluationImages } from './draw.ts';
import { knownPrompts } from './known-prompts.ts';
import { type DrawnImage, judgeImages } from './measure.ts';
import { noteDifference } from './note-difference.ts';
import { listSamples, summarizeSteps } from './over-steps.ts';
import { planPrompts } from './plan.ts';
import { measurePrediction } from './prediction.ts';
import { renderFeatures } from './renders.ts';
import type { EvaluationReport, EvaluationSettings } from './report.ts';
import { readEvaluationFile } from './report-schema.ts';
import { openScores, type ScoreImages } from './score.ts';
import { summarize } from './summarize.ts';

export interface EvaluateOptions {
  /** What to compare with the base; see `findModels`. */
  readonly models?: readonly string[];
  /** The judge's folder, by default the one that ships with the package. */
  readonly judgeDir?: string;
  /** Which prompts; see `choosePrompts`. */
  readonly splits?: readonly PromptSplit[] | undefined;
}

export interface EvaluateResult {
  readonly report: EvaluationReport;
  /** Where it was written. */
  readonly path: string;
  /** Whether it had been done before with the same models, reward and settings. */
  readonly alreadyDone: boolean;
}

/** Renders in the reference for each image of a model, so that the estimate's bias comes from the models' images; at most and at least. */
const REFERENCE_RATIO = 5;
const [MOST_RENDERS, LEAST_RENDERS] = [2048, 256];
const FLOOR_DRAWS = 4;

/**
 * Compares models with the base on the same prompts and seeds: share judged good, reward, Fréchet distance to renders,
 * diversity; and the best of N images of the base by reward (Lee et al., 2023, rejection sampling). Images that are
 * stored are not drawn again, and the same evaluation is not made twice.
 *
 * @throws CollimateError MISSING_STAGE, USAGE, INTERRUPTED
 */
export async function evaluate(
  session: Session,
  { models: names = ['tuned'], judgeDir, splits }: EvaluateOptions = {},
): Promise<EvaluateResult> {
  const { project, progress } = session;
  const { config, db } = project;
  const world = requireWorld(session, 'evaluate');
  const models = await findModels(project, names);
  const all = knownPrompts(world, await listPrompts(db));
  const prompts = planPrompts(all, { perCategory: config.evaluate.promptsPerCategory, seed: config.seed, splits });
  const rewardHash = (await findLatestRewardModel(db))?.hash ?? null;
  const engine = await chooseEngine(config, progress.note);
  // Where the world has an evaluator, the judge of the raters is only compared with it.
  const judges = await openJudges(world, engine, judgeDir);
  const { judge } = judges;
  const settings = readSettings(project, models[0]!);
  noteDifference(progress, await listPools(db, 'feedback', models[0]!.hash), settings);
  const identity = {
    settings,
    models: models.map(({ name, hash }) => ({ name, hash })),
    prompts: prompts.map(({ id }) => id),
    judgeHash: judge.hash,
    rewardHash,
  };
  try {
    const pathOf = ({ id }: Run) => join(project.runsDir, id, 'evaluation.json');
    const recall = (run: Run) =>
      existsSync(pathOf(run))
        ? { report: readEvaluationFile(pathOf(run)), path: pathOf(run), alreadyDone: true }
        : undefined;
    const judgeAll = async (run: Run) => {
      const path = pathOf(run);
      const scores = rewardHash === null ? undefined : await openScores(session, rewardHash);
      try {
        const scoreImages = scores?.scoreImages;
        const work = {
          ...session,
          world,
          judgedBy: world,
          engine,
          models,
          prompts,
          all,
          ...judges,
          opinions: [],
          rewardHash,
          scoreImages,
          settings,
        };
        const report = await makeReport(run, work);
        writeFileAtomic(path, `${JSON.stringify(report)}\n`);
        await storeEvaluations(project, run, report);
        if (prompts.some(({ split }) => split === 'unseen')) await recordOpening(db, run.id, 'evaluate');
        return { report, path, alreadyDone: false };
      } finally {
        await scores?.dispose();
      }
    };
    return await withRun(project, 'evaluate', identity, judgeAll, recall);
  } finally {
    await Promise.all([judge.dispose(), judges.second?.dispose()]);
  }
}

async function openJudges(world: World, engine: EngineOptions, dir: string | undefined): Promise<Judges> {
  if (dir !== undefined || !world.openEvaluator) return { judge: await world.openJudge(engine, dir), second: null };
  return { judge: await world.openEvaluator(engine), second: await world.openJudge(engine) };
}

interface Judges {
  readonly judge: WorldJudge;
  /** The judge that raters see with, where another evaluates. */
  readonly second: WorldJudge | null;
}

interface Work extends DrawSession, Judges {
  readonly world: World;
  readonly models: readonly EvaluatedModel[];
  readonly prompts: readonly Prompt[];
  readonly all: readonly Prompt[];
  /** What both judges say of each image. */
  readonly opinions: Opinions[];
  readonly rewardHash: string | null;
  /** Undefined without a reward. */
  readonly scoreImages: ScoreImages | undefined;
  readonly settings: EvaluationSettings;
}

function readSettings({ config }: Project, { pipeline }: EvaluatedModel): EvaluationSettings {
  return { seed: config.seed, ...drawSettings(config.generate, pipeline), ...config.evaluate };
}

async function makeReport(run: Run, work: Work): Promise<EvaluationReport> {
  const began = Date.now();
  const { settings, prompts, models, rewardHash, judge, progress } = work;
  const { imagesPerPrompt, bestOf } = settings;
  if (rewardHash === null && bestOf > 0)
    progress.note('There is no reward function yet: best-of-N and rewards are left out.');
  const pooled = rewardHash !== null && bestOf > 0;
  const drawn: Contestant[] = [];
  for (const model of models) {
    const perPrompt = model.name === BASE && pooled ? Math.max(bestOf, imagesPerPrompt) : imagesPerPrompt;
    const images = await drawEvaluationImages({ model, prompts, perPrompt }, work);
    const scored = groupByPrompt(await judgeAndScore(images, prompts, work, model.name), prompts.length);
    drawn.push({
      name: model.name,
      kind: model.name === BASE ? 'base' : 'tuned',
      modelHash: model.hash,
      images: scored,
    });
  }
  const pool = drawn[0]!;
  const contestants = drawn.map((contestant) => takeFirst(contestant, imagesPerPrompt));
  if (pooled) contestants.push(bestOfContestant(pool, bestOf));

  const samples = await listSamples(work.project, pool.modelHash, work.all);
  const measuredSamples = await judgeAndScore(samples, work.all, work, 'samples');
  progress.stage('evaluate: figures', 0);
  const groups = summarize(prompts, contestants, settings);
  const { renders, frechet } = await measureFrechet(contestants, work);
  throwIfInterrupted(work.signal);
  const report: EvaluationReport = {
    version: 1,
    runId: run.id,
    createdAt: new Date().toISOString(),
    settings,
    judgeHash: judge.hash,
    rewardHash,
    ...(work.second && { agreement: agreementOf(work.opinions, work.second.hash) }),
    images: drawn.reduce((sum, { images }) => sum + images.flat().length, 0),
    contestants: contestants.map(({ name, kind, modelHash, images }, i) => ({
      name,
      kind,
      modelHash,
      imagesPerPrompt: images[0]!.length,
      groups: groups[i]!,
      frechet: frechet[i]!,
    })),
    renders,
    bestOfCurve: pooled ? drawCurve(prompts, pool, bestOf) : [],
    prediction: await predict(pool, work),
    overSteps: summarizeSteps(measuredSamples.map((image, i) => ({ ...image, step: samples[i]!.step }))),
    items: listItems(prompts, contestants),
    seconds: (Date.now() - began) / 1000,
  };
  progress.done();
  return report;
}

async function judgeAndScore(
  images: readonly DrawnImage[],
  prompts: readonly Prompt[],
  work: Work,
  name: string,
): Promise<ScoredImage[]> {
  if (images.length === 0) return [];
  const { project, world, judge, progress, signal, scoreImages } = work;
  progress.stage(`evaluate: judge ${name}`, images.length);
  const looking = { world, judge, blobs: project.images, progress, signal };
  const measured = await judgeImages(images, prompts, looking);
  if (work.second) {
    const others = await judgeImages(images, prompts, { ...looking, judge: work.second });
    measured.forEach(({ answer }, i) => void work.opinions.push([answer, others[i]!.answer]));
  }
  progress.done();
  const scores = await scoreImages?.(images, prompts);
  return measured.map((image, i) => ({
    ...image,
    reward: scores?.[i]?.reward ?? null,
    clip: scores?.[i]?.clip ?? null,
  }));
}

async function predict(pool: Contestant, { project, prompts, rewardHash, settings }: Work) {
  if (rewardHash === null) return [];
  const { clipThreshold = null } = (await readRewardReport(project, rewardHash)) ?? {};
  return measurePrediction(prompts, pool, clipThreshold, settings);
}

async function measureFrechet(contestants: readonly Contestant[], { prompts, world, judge, settings }: Work) {
  const { seed, imagesPerPrompt } = settings;
  const draw = (perPrompt: number, name: number | 'reference') =>
    renderFeatures(prompts, perPrompt, { world, judge, seed, draw: name });
  const wanted = Math.min(MOST_RENDERS, Math.max(LEAST_RENDERS, REFERENCE_RATIO * imagesPerPrompt * prompts.length));
  const reference = await draw(Math.max(2, Math.ceil(wanted / prompts.length)), 'reference');
  const draws = [];
  for (let i = 0; i < FLOOR_DRAWS; i++) draws.push(await draw(imagesPerPrompt, i));
  const measure = (which: 'all' | 'first') =>
    compareDistances(
      contestants.map((contestant) => featuresOf(contestant, which)),
      reference,
    );
  const [all, first] = [measure('all'), measure('first')];
  return {
    renders: summarizeRenders(prompts, reference, draws),
    frechet: contestants.map((_, i) => ({ all: all[i]!, first: first[i]! })),
  };
}

function listItems(prompts: readonly Prompt[], contestants: readonly Contestant[]): EvaluationReport['items'] {
  return prompts.map(({ text, category, split }, i) => ({
    prompt: text,
    category,
    split,
    images: Object.fromEntries(
      contestants.map(({ name, images }) => [
        name,
        images[i]!.map(({ hash, seed, answer, reward }) => ({ hash, seed, answer, reward })),
      ]),
    ),
  }));
}

/** One row a contestant, so that figures can be asked for without files. */
async function storeEvaluations({ db }: Project, run: Run, report: EvaluationReport): Promise<void> {
  const [base] = report.contestants;
  for (const { name, kind, modelHash, groups, frechet } of report.contestants) {
    await putEvaluation(db, {
      runId: run.id,
      name,
      modelHash,
      baselineHash: kind === 'base' ? null : base!.modelHash,
      rewardHash: report.rewardHash,
      config: run.config,
      metrics: { groups, frechet },
    });
  }
}
