// Stage 3 (Lee et al., 2023): fine-tuning the U-Net on the images that the model drew, weighted by their reward, and on
// pre-training pairs. From the project's store to a tuned model beside it; the loop itself is in train.ts.

import { join } from 'node:path';
import type { DiffusionModel } from '../../models/families/model.ts';
import { chooseEngine } from '../../models/inference/device.ts';
import { drawSettings } from '../../models/inference/painter.ts';
import { putModel } from '../../project/images/models.ts';
import { explainRestart, findLatestRun, type Run, updateRunProgress, withRun } from '../../project/learning/runs.ts';
import { insertTuneExamples } from '../../project/learning/tune-examples.ts';
import type { Project } from '../../project/project.ts';
import { hashJson } from '../../util/hash.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import type { Session } from '../session.ts';
import { openPartCrew } from './averaging/work.ts';
import { checkpointPath } from './checkpoint.ts';
import { loadTuneData } from './dataset.ts';
import { openEncodeCrew } from './encode-work.ts';
import { checkMemory, describeMemory, type MemoryPlan } from './memory-plan.ts';
import { drawsPictures, methodOf } from './methods/methods.ts';
import { readMetrics, type StepMetrics } from './metrics.ts';
import { formerSettings, recordedSettings, type TuneSettings } from './mixture.ts';
import { adoptRun, type Continued, checkSame, describeContinuing, findFinished } from './more-steps.ts';
import { addOwnNoise } from './own-noise.ts';
import { createEstimate, describePlan, planRun, type TunePlan } from './plan.ts';
import { openPictureJudge, type PictureJudge } from './policy/judge.ts';
import { describePrecision } from './precision.ts';
import { type Prepared, prepareRun, type TuneOptions } from './prepare.ts';
import { isPublished, publishCard } from './publish.ts';
import { registerCheckpoint, toLineage } from './register.ts';
import { checkReplacing } from './replacing.ts';
import { chooseSamplePrompts, drawSamples, type SampleModel } from './samples.ts';
import { learningModel, learningShapes } from './text-encoders.ts';
import { hasSamples, trainUnet } from './train.ts';
import { drawsSamples, openWatch } from './watch.ts';
import { describeAlarm } from './watch-describe.ts';
import type { WatchVerdict } from './watch-rule.ts';

export interface TuneSummary {
  readonly runId: string;
  readonly name: string;
  /** Folder of the tuned model. */
  readonly model: string;
  readonly modelHash: string;
  readonly baseHash: string;
  readonly rewardHash: string | null;
  readonly dataHash: string;
  readonly plan: TunePlan;
  /** Means over the last tenth of the steps. */
  readonly losses: { readonly train_loss: number; readonly reward_loss: number; readonly pretrain_loss: number | null };
  /** Of methods that draw in rounds: the mean reward of the pictures that the first and the last step learned from; otherwise null. */
  readonly drawn: { readonly first: number; readonly last: number } | null;
  /** The step whose weights the tuned model has. */
  readonly step: number;
  /** The run that this one went on with. */
  readonly continues?: Continued;
  /** What the held-out reward made of it; null where nobody is held out. */
  readonly watch: Omit<WatchVerdict, 'looks'> | null;
  /** Whether there was nothing left to do. */
  readonly alreadyDone: boolean;
}

/**
 * Tunes the project's model and returns where the result is. The same settings and data again change nothing; what was
 * interrupted goes on from its last checkpoint.
 *
 * @throws CollimateError MISSING_STAGE where images or scores are missing, USAGE where a finished model would be replaced
 * and was not asked to be, CONFIG, NON_FINITE, DISK_FULL, INTERRUPTED.
 */
export async function tuneModel(session: Session, options: TuneOptions = {}): Promise<TuneSummary> {
  if (options.moreSteps !== undefined) return goOn(session, options);
  return tunePrepared(session, await prepareRun(session, options), options);
}

/** More steps of a finished run. */
async function goOn(session: Session, options: TuneOptions): Promise<TuneSummary> {
  const { project, progress } = session;
  const finished = await findFinished(project, options);
  const { runId, step } = finished;
  const prepared = { ...(await prepareRun(session, finished.options)), continues: { runId, step } };
  checkSame(finished, prepared);
  progress.note(describeContinuing(finished, prepared.settings));
  return tunePrepared(session, prepared, finished.options);
}

async function tunePrepared(session: Session, prepared: Prepared, options: TuneOptions): Promise<TuneSummary> {
  const { project, progress } = session;
  const { name } = prepared;
  const config = await toRunConfig(project, prepared);
  await checkReplacing(session, prepared, config, options);
  const restart = await explainRestart(project.db, 'tune', config, (run) => run.config.name === name);
  if (restart) progress.note(restart);
  const again = options.resumeFrom !== undefined && options.resumeFrom !== 'latest';
  const recall = async ({ progress }: Run) => {
    const there = !again && isSummary(progress) && (await isPublished(prepared.folder, progress.modelHash));
    return there ? { ...progress, alreadyDone: true } : undefined;
  };
  return withRun(project, 'tune', config, (run) => runTuning(session, prepared, run, options.resumeFrom), recall);
}

/** Whether a run was so far that it told what came out. */
function isSummary(progress: object): progress is TuneSummary {
  const { modelHash, model, step, plan, losses } = progress as Partial<Record<keyof TuneSummary, unknown>>;
  return (
    [modelHash, model].every((text) => typeof text === 'string') &&
    Number.isInteger(step) &&
    [plan, losses].every((part) => typeof part === 'object' && part !== null)
  );
}

/** What a run is known by. */
export function toRunConfig(project: Project, prepared: Prepared): Promise<object> {
  const { name, settings, seed, generate, baseHash, rewardHash, heads, dataHash } = prepared;
  return asRecorded(project, settings, {
    name,
    seed,
    samples: drawSettings(generate, prepared.pipeline),
    baseHash,
    rewardHash,
    dataHash,
    ...(heads && { watch: [heads.proxyHash, heads.rewardHash] }),
    ...(prepared.continues && { continues: prepared.continues }),
  });
}

/** A run's config, as an earlier release wrote it where such a run is there and none of now: it is that run. */
async function asRecorded({ db }: Project, settings: TuneSettings, rest: object): Promise<object> {
  const forms = [recordedSettings(settings), ...formerSettings(settings)].map((tune) => ({ ...rest, tune }));
  for (const form of forms) if (await findLatestRun(db, 'tune', { configHash: hashJson(form) })) return form;
  return forms[0]!;
}

/** @throws CollimateError CONFIG where the run would take more memory than there is. */
function checkRunMemory(pipeline: DiffusionModel, settings: TuneSettings, judge?: PictureJudge): MemoryPlan {
  const { learning, shapes } = learningShapes(pipeline, settings);
  const limit = settings.memoryLimit > 0 ? settings.memoryLimit * 2 ** 30 : process.availableMemory();
  return checkMemory(learning, shapes, settings, limit, judge);
}

async function runTuning(
  session: Session,
  prepared: Prepared,
  run: Run,
  resumeFrom: string | undefined,
): Promise<TuneSummary> {
  const judge = drawsPictures(prepared.settings) ? await openPictureJudge(session, prepared) : undefined;
  return runJudged(session, prepared, run, { resumeFrom, judge }).finally(() => judge?.dispose());
}

async function runJudged(
  session: Session,
  prepared: Prepared,
  run: Run,
  { resumeFrom, judge }: { readonly resumeFrom: string | undefined; readonly judge: PictureJudge | undefined },
): Promise<TuneSummary> {
  const { project, progress, signal } = session;
  const { settings, seed, pipeline, images, pairs, baseHash, baseModel } = prepared;
  if (prepared.continues) adoptRun(project, prepared.continues, run.id);
  const engine = await chooseEngine(project.config, (text) => progress.note(text));
  const plan = planRun(prepared);
  progress.note(describePlan(plan, settings));
  const precision = describePrecision(settings, judge !== undefined);
  if (precision) progress.note(precision);
  if (engine.provider === 'cpu') progress.note(describeMemory(checkRunMemory(pipeline, settings, judge)));
  if (prepared.unscored > 0)
    progress.note(
      `${prepared.unscored} more images have no answers that teach (skips and held-out raters do not) and are left out`,
    );
  await putModel(project.db, {
    hash: baseHash,
    kind: 'base',
    path: baseModel === 'embedded' ? baseModel : pipeline.folder,
  });
  await insertTuneExamples(project.db, run.id, drawsPictures(settings) ? [] : images);
  const cacheDir = join(project.dir, 'cache');
  const encoded = await loadTuneData(images, pairs, {
    engine,
    pipeline,
    promptsOnly: drawsPictures(settings),
    blobs: project.images,
    fit: settings.fit,
    encodersLearn: settings.textEncoderLora,
    cacheDir,
    progress,
    signal,
    encodeElsewhere: await openEncodeCrew(session, { pipeline, model: baseHash, fit: settings.fit }),
  });
  throwIfInterrupted(signal);
  const replays = methodOf(settings).replays?.(settings) ?? 0;
  const data =
    replays > 0 ? await addOwnNoise(session, prepared, encoded, replays, { engine, cacheDir, signal }) : encoded;

  const prompts = await chooseSamplePrompts(project.db, settings.samplePrompts, seed);
  const runDir = join(project.runsDir, run.id);
  const watch = await openWatch(session, prepared, runDir);
  const perPrompt = watch ? settings.watchImages : 1;
  const detail = (text: string) => progress.detail?.(text);
  const sampling = { ...engine, prompts, perPrompt, seed, generate: prepared.generate, batch: run.id, signal, detail };
  const look = async (step: number, model: SampleModel): Promise<WatchVerdict | undefined> => {
    if (!drawsSamples(settings) || prompts.length === 0) return undefined;
    const samples = await drawSamples(project, model, sampling);
    return watch?.look(step, samples);
  };
  await look(0, { pipeline, hash: baseHash });

  let modelHash = '';
  const publish = async (step: number, model: SampleModel) => {
    modelHash = model.hash;
    await publishCard(prepared.folder, { ...prepared, project }, toLineage(prepared, run, step, plan), model.hash);
  };
  const stopping = settings.stopBy === 'held-out';
  const estimate = createEstimate(settings.maxTrainSteps, (text) => progress.note(text));
  await trainUnet({
    ...engine,
    pipeline: learningModel(pipeline, settings),
    data,
    judge,
    preferences: prepared.preferences,
    settings,
    seed,
    crew: openPartCrew(session, { ...prepared, data }),
    runDir,
    signal,
    resumeFrom,
    detail,
    spared: () => (stopping ? (watch?.verdict().pick ?? undefined) : undefined),
    onStart(step) {
      watch?.truncate(step);
      progress.stage('tune', settings.maxTrainSteps, step);
    },
    onProgress: (step) => progress.tick(step),
    onStep(metrics) {
      progress.tick(metrics.step, toFigures(metrics));
      estimate(metrics.seconds, metrics.step);
    },
    async onCheckpoint(step, path) {
      const last = step === settings.maxTrainSteps && !stopping;
      const model = await registerCheckpoint(project, prepared, run, { step, path, published: last });
      const verdict = hasSamples(settings, step) ? await look(step, model) : undefined;
      const alarm = verdict?.looks.at(-1)?.alarm;
      if (alarm) progress.note(describeAlarm(step, alarm));
      if (last) await publish(step, model);
      return stopping && verdict?.stopAt === step;
    },
  });
  const verdict = watch?.verdict();
  const step = stopping ? verdict!.pick! : settings.maxTrainSteps;
  if (stopping) {
    const checkpoint = { step, path: checkpointPath(runDir, step), published: true };
    const model = await registerCheckpoint(project, prepared, run, checkpoint);
    await drawSamples(project, model, sampling);
    await publish(step, model);
  }
  const outcome = { step, modelHash, watch: verdict ? withoutLooks(verdict) : null };
  const summary = summarize(prepared, run, plan, readMetrics(join(runDir, 'metrics.jsonl')), outcome);
  progress.done({ train_loss: summary.losses.train_loss });
  await updateRunProgress(project.db, run.id, { ...summary });
  return summary;
}

function withoutLooks({ looks: _looks, ...verdict }: WatchVerdict): Omit<WatchVerdict, 'looks'> {
  return verdict;
}

function toFigures(metrics: StepMetrics): Record<string, number> {
  const { train_loss, reward_loss, pretrain_loss, mean_reward, grad_norm } = metrics;
  return {
    train_loss,
    reward_loss,
    ...(pretrain_loss !== undefined && { pretrain_loss }),
    ...(mean_reward !== undefined && { mean_reward }),
    grad_norm,
  };
}

function summarize(
  prepared: Prepared,
  run: Run,
  plan: TunePlan,
  metrics: readonly StepMetrics[],
  outcome: Pick<TuneSummary, 'step' | 'modelHash' | 'watch'>,
): TuneSummary {
  const { name, folder, baseHash, rewardHash, dataHash } = prepared;
  const last = metrics.slice(-Math.max(1, Math.floor(metrics.length / 10)));
  const meanOf = (of: (line: StepMetrics) => number) => last.reduce((sum, line) => sum + of(line), 0) / last.length;
  const losses = {
    train_loss: meanOf((line) => line.train_loss),
    reward_loss: meanOf((line) => line.reward_loss),
    pretrain_loss: plan.pairsPerStep > 0 ? meanOf((line) => line.pretrain_loss!) : null,
  };
  const first = metrics[0]?.mean_reward;
  return {
    runId: run.id,
    name,
    model: folder,
    baseHash,
    rewardHash,
    dataHash,
    plan,
    losses,
    drawn: first === undefined ? null : { first, last: metrics.at(-1)!.mean_reward! },
    ...outcome,
    ...(prepared.continues && { continues: prepared.continues }),
    alreadyDone: false,
  };
}
