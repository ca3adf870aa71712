// The loop of fine-tuning: steps, metrics, checkpoints; goes on where a run stopped. It knows folders, not the store.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ParamSpec, unpackParams } from '../../engine/nn/params.ts';
import { describeLacking } from '../../engine/runtime/half-kernels.ts';
import { tryAdvance } from '../../engine/training/loop.ts';
import { lackingOf } from '../../engine/training/step.ts';
import { createTrainer, type StepReport, type Trainer } from '../../engine/training/trainer.ts';
import type { Float32Tensor } from '../../engine/weights/tensor.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import type { EngineOptions } from '../../models/inference/device.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { checkCheckpoint } from '../../util/folder-hashes.ts';
import { interruptedError } from '../../util/interrupt.ts';
import type { TuneData } from './batches.ts';
import {
  checkpointPath,
  discardCheckpointsAfter,
  findResumePoint,
  pruneCheckpoints,
  statePath,
  writeCheckpoint,
} from './checkpoint.ts';
import { defineTuning, type TuneShapes } from './definition.ts';
import { saveLora, usesLora } from './lora.ts';
import type { Learner, MethodRun, TuningMethod } from './methods/method.ts';
import { methodOf, mixtureOf } from './methods/methods.ts';
import { appendMetrics, type StepMetrics, truncateMetrics } from './metrics.ts';
import type { TuneSettings } from './mixture.ts';
import { findPrecision } from './precision.ts';

export interface TrainOptions extends EngineOptions {
  readonly pipeline: DiffusionModel;
  readonly data: TuneData;
  readonly settings: TuneSettings;
  readonly seed: number;
  readonly runDir: string;
  readonly signal: AbortSignal;
  /** Default the one that the settings name. */
  readonly method?: TuningMethod;
  /** Where it learns from pairs: rows of the images; default those that their weights make. */
  readonly preferences?: MethodRun['preferences'];
  /** `latest`, `checkpoint-<step>` or `none`. */
  readonly resumeFrom?: string | undefined;
  /** What pictures are worth, where it draws its own. */
  readonly score?: MethodRun['score'];
  /** Told what runs otherwise than was asked for, operation by operation. */
  readonly detail?: ((line: string) => void) | undefined;
  /** After the start, with the step that the run goes on from. */
  readonly onStart?: (step: number) => void;
  readonly onStep?: (metrics: StepMetrics) => void;
  /**
   * After each scheduled checkpoint, and again for the one that the run goes on from: must be repeatable. Where it returns
   * true, training ends there.
   */
  readonly onCheckpoint?: (step: number, folder: string) => Promise<boolean | undefined>;
  /** The step whose checkpoint is kept whatever `checkpointsTotalLimit` says. */
  readonly spared?: () => number | undefined;
}

/** Whether step `step` leaves a checkpoint that is kept: at `checkpointingSteps`, where samples are drawn, and at the end. */
function isScheduled(settings: TuneSettings, step: number): boolean {
  const { maxTrainSteps, checkpointingSteps, samplesEvery, samplePrompts } = settings;
  const every = (n: number) => n > 0 && step % n === 0;
  return step === maxTrainSteps || every(checkpointingSteps) || (samplePrompts > 0 && every(samplesEvery));
}

/** The next step after `step` that leaves a checkpoint; undefined at the end. */
export function nextCheckpoint(settings: TuneSettings, step: number): number | undefined {
  for (let next = step + 1; next <= settings.maxTrainSteps; next++) if (isScheduled(settings, next)) return next;
  return undefined;
}

/** The steps whose checkpoints have samples. */
export function hasSamples({ maxTrainSteps, samplesEvery, samplePrompts }: TuneSettings, step: number): boolean {
  return samplePrompts > 0 && samplesEvery > 0 && (step % samplesEvery === 0 || step === maxTrainSteps);
}

/** What a trainer learns, and how it is written. */
export interface TuningTrainer {
  readonly trainer: Trainer;
  /** Of the flat vector. */
  readonly specs: readonly ParamSpec[];
  /** Writes the learned weights or their average, by default what the settings keep, to the denoiser's folder of a checkpoint. */
  saveWeights(folder: string, which?: 'params' | 'ema'): Promise<void>;
}

/** A trainer of a model's denoiser by a method's loss, at its published weights, or of a LoRA beside them. */
export async function createTuningTrainer(
  pipeline: DiffusionModel,
  data: TuneShapes,
  settings: TuneSettings,
  engine: EngineOptions = {},
  how: {
    readonly seed?: number;
    readonly method?: TuningMethod | undefined;
    readonly detail?: ((line: string) => void) | undefined;
  } = {},
): Promise<TuningTrainer> {
  const half = await findPrecision(settings, engine.provider);
  const { provider } = engine;
  const { initial, ...definition } = defineTuning(pipeline, data, settings, {
    ...how,
    half,
    ...(provider && { provider }),
  });
  if (half && how.detail) how.detail(describeLacking(lackingOf(definition), half.type, provider ?? 'cpu'));
  const { specs } = definition;
  const trainer = await createTrainer(
    {
      ...definition,
      ...(engine.provider && { provider: engine.provider }),
      ...(engine.threads && { threads: engine.threads }),
    },
    initial(),
  );
  return {
    trainer,
    specs,
    async saveWeights(folder, which = settings.emaDecay > 0 ? 'ema' : 'params') {
      const flat = await trainer.read(which);
      mkdirSync(folder, { recursive: true });
      writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify(pipeline.raw[pipeline.denoiser], null, 2)}\n`);
      if (usesLora(settings)) {
        const factors = (how.method ?? methodOf(settings)).networks?.(settings);
        return saveLora(folder, pipeline, specs, flat, settings, factors);
      }
      const { savePrecision: dtype } = settings;
      const { denoiser, family } = pipeline;
      const file = join(folder, family.parts[denoiser]!.weightFile);
      const weights = new Map([...unpackParams(specs, flat), ...readFixed(pipeline)]);
      writeSafetensors(file, weights, { dtype, metadata: { format: 'pt' } });
    },
  };
}

/** What is stored with the learned weights and stays as it was. */
function readFixed({ denoiser, fixed, parameters }: DiffusionModel): [string, Float32Tensor][] {
  return fixed.size === 0 ? [] : [...parameters(denoiser)].filter(([name]) => fixed.has(name));
}

/**
 * Trains to `maxTrainSteps`, or until `onCheckpoint` ends it, and returns the folder of the last checkpoint.
 *
 * @throws CollimateError INTERRUPTED after saving where the signal asked to stop; NON_FINITE or DISK_FULL with the last
 * checkpoint intact.
 */
export async function trainUnet(options: TrainOptions): Promise<string> {
  const { pipeline, data, settings, seed, runDir, signal } = options;
  const { maxTrainSteps } = settings;
  const { method = methodOf(settings) } = options;
  const isKept = (step: number) => isScheduled(settings, step);
  const metricsPath = join(runDir, 'metrics.jsonl');
  const from = findResumePoint(runDir, options.resumeFrom);
  if (from) checkCheckpoint(from.path);
  discardCheckpointsAfter(runDir, from?.step ?? 0);
  truncateMetrics(metricsPath, from?.step ?? 0);
  options.onStart?.(from?.step ?? 0);
  const ended = from && isKept(from.step) && (await options.onCheckpoint?.(from.step, from.path));
  if (ended || from?.step === maxTrainSteps) return from.path;

  const { trainer, saveWeights } = await createTuningTrainer(pipeline, data, settings, options, {
    seed,
    method,
    detail: options.detail,
  });
  const learner = await openLearner(options, method);
  try {
    if (from) trainer.restore(statePath(from.path));
    let saved = trainer.step;
    while (trainer.step < maxTrainSteps) {
      const began = performance.now();
      await learner.prepare?.(trainer.step + 1, (folder) => saveWeights(folder, 'params'));
      const report = await tryAdvance(trainer, await learner.batches(trainer.step + 1), signal);
      if (report) {
        const metrics = { ...toMetrics(report, (performance.now() - began) / 1000), ...learner.figures?.() };
        appendMetrics(metricsPath, metrics);
        learner.observe?.(metrics);
        options.onStep?.(metrics);
      }
      await breathe();
      const stop = signal.aborted;
      if ((stop || isKept(trainer.step)) && trainer.step !== saved) {
        const path = await writeCheckpoint(runDir, trainer.step, async (folder) => {
          await saveWeights(join(folder, pipeline.denoiser));
          await trainer.save(statePath(folder));
        });
        saved = trainer.step;
        pruneCheckpoints(runDir, trainer.step, isKept, settings.checkpointsTotalLimit, options.spared?.());
        if (isKept(trainer.step) && !stop && (await options.onCheckpoint?.(trainer.step, path))) return path;
      }
      if (stop) throw interruptedError();
    }
  } finally {
    await trainer.dispose();
    await learner.dispose?.();
  }
  return checkpointPath(runDir, maxTrainSteps);
}

function openLearner(options: TrainOptions, method: TuningMethod): Promise<Learner> {
  const { pipeline, data, settings, seed, runDir, score, preferences, provider, threads } = options;
  const process = pipeline.process();
  const engine = { ...(provider && { provider }), ...(threads && { threads }) };
  const mixture = mixtureOf(settings, method);
  return method.open({ pipeline, process, data, settings, mixture, seed, runDir, engine, score, preferences });
}

function toMetrics(report: StepReport, seconds: number): StepMetrics {
  const of = (name: string) => report.metrics[name];
  const pretrain = of('pretrain_loss');
  return {
    step: report.step,
    train_loss: report.loss,
    reward_loss: of('reward_loss')!,
    ...(pretrain !== undefined && { pretrain_loss: pretrain }),
    grad_norm: report.gradNorm,
    learning_rate: report.learningRate,
    ...(of('gain') !== undefined && { gain: of('gain')! }),
    ...(report.lossScale !== undefined && { loss_scale: report.lossScale }),
    seconds: Math.round(seconds * 1000) / 1000,
  };
}

/** Lets Ctrl+C and timers through, also where a step blocks the event loop (onnxruntime-node). */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
