// The loop of fine-tuning: steps, metrics, checkpoints; goes on where a run stopped. It knows folders, not the store.

import { join } from 'node:path';
import type { DiffusionModel } from '../../models/families/model.ts';
import type { EngineOptions } from '../../models/inference/device.ts';
import { checkCheckpoint } from '../../util/folder-hashes.ts';
import { interruptedError } from '../../util/interrupt.ts';
import type { PartCrew } from './averaging/part.ts';
import { openRounds } from './averaging/rounds.ts';
import type { TuneData } from './batches.ts';
import {
  checkpointPath,
  discardCheckpointsAfter,
  findResumePoint,
  pruneCheckpoints,
  writeCheckpoint,
} from './checkpoint.ts';
import type { MethodRun, TuningMethod } from './methods/method.ts';
import { methodOf } from './methods/methods.ts';
import { appendMetrics, type StepMetrics, truncateMetrics } from './metrics.ts';
import type { TuneSettings } from './mixture.ts';
import { openStraight } from './straight.ts';

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
  readonly judge?: MethodRun['judge'];
  /** Told what runs otherwise than was asked for, operation by operation. */
  readonly detail?: ((line: string) => void) | undefined;
  /** Who makes the parts of rounds beside this process. */
  readonly crew?: PartCrew | undefined;
  /** After the start, with the step that the run goes on from. */
  readonly onStart?: (step: number) => void;
  readonly onStep?: (metrics: StepMetrics) => void;
  /** Within a round, whose steps are told of at its end: how far its parts are, in steps. */
  readonly onProgress?: (step: number) => void;
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

/**
 * Trains to `maxTrainSteps`, or until `onCheckpoint` ends it, and returns the folder of the last checkpoint.
 *
 * @throws CollimateError INTERRUPTED after saving where the signal asked to stop; NON_FINITE or DISK_FULL with the last
 * checkpoint intact.
 */
export async function trainUnet(options: TrainOptions): Promise<string> {
  const { pipeline, settings, runDir, signal } = options;
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

  const course = settings.workers > 0 ? await openRounds(options, method) : await openStraight(options, method);
  try {
    if (from) await course.restore(from.path);
    let saved = course.step;
    while (course.step < maxTrainSteps) {
      for (const metrics of await course.advance(signal)) {
        appendMetrics(metricsPath, metrics);
        options.onStep?.(metrics);
      }
      await breathe();
      const stop = signal.aborted;
      if ((stop || course.savesEach || isKept(course.step)) && course.step !== saved) {
        const path = await writeCheckpoint(runDir, course.step, async (folder) => {
          await course.saveWeights(join(folder, pipeline.denoiser));
          await course.save(folder);
        });
        saved = course.step;
        pruneCheckpoints(runDir, course.step, isKept, settings.checkpointsTotalLimit, options.spared?.());
        if (isKept(course.step) && !stop && (await options.onCheckpoint?.(course.step, path))) return path;
      }
      if (stop) throw interruptedError();
    }
  } finally {
    await course.dispose();
  }
  return checkpointPath(runDir, maxTrainSteps);
}

/** Lets Ctrl+C and timers through, also where a step blocks the event loop (onnxruntime-node). */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
