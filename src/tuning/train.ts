// The loop of fine-tuning: steps, metrics, checkpoints; goes on where a run stopped. It knows folders, not the store.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSchedule } from '../diffusion/schedule.ts';
import type { EngineOptions } from '../drawing/device.ts';
import { input } from '../graph/tensor.ts';
import type { Pipeline } from '../models/pipeline.ts';
import { unet } from '../models/unet/unet.ts';
import { declareParams, type ParamSpec, packParams, unpackParams } from '../nn/params.ts';
import { ADAMW_DEFAULTS } from '../optim/adamw.ts';
import { createTrainer, type StepReport, type Trainer } from '../training/trainer.ts';
import { writeFileAtomic } from '../util/files.ts';
import { interruptedError } from '../util/interrupt.ts';
import { writeSafetensors } from '../weights/write-safetensors.ts';
import { makeBatches, type TuneData } from './batches.ts';
import {
  checkpointPath,
  discardCheckpointsAfter,
  findResumePoint,
  pruneCheckpoints,
  statePath,
  writeCheckpoint,
} from './checkpoint.ts';
import { tuningBatch, tuningLoss } from './loss.ts';
import { appendMetrics, type StepMetrics, truncateMetrics } from './metrics.ts';
import { planMixture, type TuneSettings } from './mixture.ts';

export interface TrainOptions extends EngineOptions {
  readonly pipeline: Pipeline;
  readonly data: TuneData;
  readonly settings: TuneSettings;
  readonly seed: number;
  readonly runDir: string;
  readonly signal: AbortSignal;
  /** `latest`, `checkpoint-<step>` or `none`. */
  readonly resumeFrom?: string | undefined;
  /** After the start, with the step that the run goes on from. */
  readonly onStart?: (step: number) => void;
  readonly onStep?: (metrics: StepMetrics) => void;
  /** After each scheduled checkpoint, and again for the one that the run goes on from: must be repeatable. */
  readonly onCheckpoint?: (step: number, folder: string) => Promise<void>;
}

/** Whether step `step` leaves a checkpoint that is kept: at `checkpointingSteps`, where samples are drawn, and at the end. */
function isScheduled(settings: TuneSettings, step: number): boolean {
  const { maxTrainSteps, checkpointingSteps, samplesEvery, samplePrompts } = settings;
  const every = (n: number) => n > 0 && step % n === 0;
  return step === maxTrainSteps || every(checkpointingSteps) || (samplePrompts > 0 && every(samplesEvery));
}

/** The steps whose checkpoints have samples. */
export function hasSamples({ maxTrainSteps, samplesEvery, samplePrompts }: TuneSettings, step: number): boolean {
  return samplePrompts > 0 && samplesEvery > 0 && (step % samplesEvery === 0 || step === maxTrainSteps);
}

/** A trainer of a pipeline's U-Net by the tuning loss, at its published weights. */
export async function createTuningTrainer(
  pipeline: Pipeline,
  data: Pick<TuneData, 'latentShape' | 'contextShape'>,
  settings: TuneSettings,
  engine: EngineOptions = {},
): Promise<{ trainer: Trainer; specs: ParamSpec[] }> {
  const mixture = planMixture(settings);
  const batch = tuningBatch(mixture, data.latentShape, data.contextShape);
  const [latents, context] = [input('latents', batch.latents!.shape), input('context', batch.context!.shape)];
  const specs = declareParams((p) => unet(p, pipeline.unet, latents, input('timesteps', [latents.shape[0]!]), context));
  const { beta, gradientCheckpointing, learningRate, warmupSteps, maxTrainSteps, emaDecay } = settings;
  const trainer = await createTrainer(
    {
      specs,
      batch,
      loss: tuningLoss(pipeline.unet, { ...mixture, beta, gradientCheckpointing }),
      optimizer: { ...ADAMW_DEFAULTS, weightDecay: settings.weightDecay },
      schedule: { learningRate, warmupSteps, decay: settings.lrScheduler, totalSteps: maxTrainSteps },
      maxGradNorm: settings.maxGradNorm,
      ema: emaDecay > 0,
      emaDecay,
      recompute: gradientCheckpointing,
      accumulation: mixture.passes,
      ...(engine.provider && { provider: engine.provider }),
      ...(engine.threads && { threads: engine.threads }),
    },
    packParams(specs, pipeline.parameters('unet'), join(pipeline.folder, 'unet')),
  );
  return { trainer, specs };
}

/**
 * Trains to `maxTrainSteps` and returns the folder of the last checkpoint.
 *
 * @throws CollimateError INTERRUPTED after saving where the signal asked to stop; NON_FINITE or DISK_FULL with the last
 * checkpoint intact.
 */
export async function trainUnet(options: TrainOptions): Promise<string> {
  const { pipeline, data, settings, seed, runDir, signal } = options;
  const { maxTrainSteps, captionDropout } = settings;
  const isKept = (step: number) => isScheduled(settings, step);
  const metricsPath = join(runDir, 'metrics.jsonl');
  const from = findResumePoint(runDir, options.resumeFrom);
  discardCheckpointsAfter(runDir, from?.step ?? 0);
  truncateMetrics(metricsPath, from?.step ?? 0);
  options.onStart?.(from?.step ?? 0);
  if (from && isKept(from.step)) await options.onCheckpoint?.(from.step, from.path);
  if (from?.step === maxTrainSteps) return from.path;

  const { trainer, specs } = await createTuningTrainer(pipeline, data, settings, options);
  const schedule = createSchedule(pipeline.scheduler, join(pipeline.folder, 'scheduler'));
  const mixture = planMixture(settings);
  const batches = makeBatches(data, { seed, schedule, mixture, captionDropout, sampling: settings.sampling });
  try {
    if (from) trainer.restore(statePath(from.path));
    while (trainer.step < maxTrainSteps) {
      const began = performance.now();
      const report = await trainer.advance(batches(trainer.step + 1));
      const metrics = toMetrics(report, (performance.now() - began) / 1000);
      appendMetrics(metricsPath, metrics);
      options.onStep?.(metrics);
      await breathe();
      const stop = signal.aborted;
      if (stop || isKept(trainer.step)) {
        const path = await writeCheckpoint(runDir, trainer.step, (folder) =>
          saveParts(folder, options, trainer, specs),
        );
        pruneCheckpoints(runDir, trainer.step, isKept);
        if (isKept(trainer.step) && !stop) await options.onCheckpoint?.(trainer.step, path);
      }
      if (stop) throw interruptedError();
    }
  } finally {
    await trainer.dispose();
  }
  return checkpointPath(runDir, maxTrainSteps);
}

/** The U-Net in the diffusers layout, as it would be used (averaged, where an average is kept), and the trainer's state. */
async function saveParts(
  folder: string,
  { pipeline, settings }: TrainOptions,
  trainer: Trainer,
  specs: readonly ParamSpec[],
): Promise<void> {
  const parameters = unpackParams(specs, await trainer.read(settings.emaDecay > 0 ? 'ema' : 'params'));
  mkdirSync(join(folder, 'unet'), { recursive: true });
  writeFileAtomic(join(folder, 'unet', 'config.json'), `${JSON.stringify(pipeline.raw.unet, null, 2)}\n`);
  writeSafetensors(join(folder, 'unet', 'diffusion_pytorch_model.safetensors'), parameters, {
    metadata: { format: 'pt' },
  });
  await trainer.save(statePath(folder));
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
    seconds: Math.round(seconds * 1000) / 1000,
  };
}

/** Lets Ctrl+C and timers through: a compiled step blocks the event loop. */
function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
