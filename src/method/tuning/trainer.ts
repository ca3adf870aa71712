// The trainer of a run: a denoiser, or a LoRA beside it, by a method's loss.

import type { ParamSpec } from '../../engine/nn/params.ts';
import { describeLacking } from '../../engine/runtime/half-kernels.ts';
import { lackingOf } from '../../engine/training/step.ts';
import { createTrainer, type StepReport, type Trainer } from '../../engine/training/trainer.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import type { EngineOptions } from '../../models/inference/device.ts';
import { defineTuning, type TuneShapes } from './definition.ts';
import type { TuningMethod } from './methods/method.ts';
import type { StepMetrics } from './metrics.ts';
import type { TuneSettings } from './mixture.ts';
import type { PictureJudge } from './policy/judge.ts';
import { findPrecision } from './precision.ts';
import { keptVector, writeWeights } from './weights-file.ts';

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
    readonly judge?: PictureJudge | undefined;
    /** Passes of a step, where they are others than the settings'. */
    readonly passes?: number;
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
      ...(how.passes !== undefined && { accumulation: how.passes }),
      ...(engine.provider && { provider: engine.provider }),
      ...(engine.threads && { threads: engine.threads }),
    },
    initial(),
  );
  return {
    trainer,
    specs,
    async saveWeights(folder, which = keptVector(settings)) {
      writeWeights(folder, await trainer.read(which), { pipeline, specs, settings, method: how.method });
    },
  };
}

/** A step as a line of the run's metrics. */
export function toMetrics(report: StepReport, seconds: number): StepMetrics {
  const of = (name: string) => report.metrics[name];
  const pretrain = of('pretrain_loss');
  return {
    step: report.step,
    train_loss: report.loss,
    reward_loss: of('reward_loss')!,
    ...(pretrain !== undefined && { pretrain_loss: pretrain }),
    grad_norm: report.gradNorm,
    learning_rate: report.learningRate,
    ...(of('mean_reward') !== undefined && { mean_reward: of('mean_reward')! }),
    ...(of('gain') !== undefined && { gain: of('gain')! }),
    ...(report.lossScale !== undefined && { loss_scale: report.lossScale }),
    seconds: Math.round(seconds * 1000) / 1000,
  };
}
