// What one run of tuning learns by: parameters, loss, optimiser, batch. Nothing is compiled here, so that it can be looked
// at before it is run.

import { join } from 'node:path';
import { initParams, type ParamSpec, packParams } from '../../engine/nn/params.ts';
import { ADAMW_DEFAULTS } from '../../engine/optim/adamw.ts';
import type { LossFunction } from '../../engine/training/step.ts';
import { declareComponents } from '../../models/declare.ts';
import { storedParams } from '../../models/inference/stored-params.ts';
import type { Pipeline } from '../../models/pipeline.ts';
import { random } from '../../util/random.ts';
import type { TuneData } from './batches.ts';
import { adaptedParams, loraSpecs, usesLora } from './lora.ts';
import { tuningBatch, tuningLoss } from './loss.ts';
import { planMixture, type TuneSettings } from './mixture.ts';
import { type PolicyStepOptions, policyBatch, policyStep } from './policy/step.ts';

export type TuneShapes = Pick<TuneData, 'latentShape' | 'contextShape'>;

/** A trainer's options for a pipeline's U-Net by the tuning loss, or for a LoRA beside it. */
export function defineTuning(pipeline: Pipeline, shapes: TuneShapes, settings: TuneSettings, seed = 0) {
  const learned = usesLora(settings) ? defineLora(pipeline, settings, seed) : defineWhole(pipeline, settings);
  return { ...stepOptions(shapes, settings), ...learned };
}

/** Everything of a trainer that does not depend on what learns. */
function stepOptions({ latentShape, contextShape }: TuneShapes, settings: TuneSettings) {
  const mixture = planMixture(settings);
  const { gradientCheckpointing, learningRate, warmupSteps, maxTrainSteps, emaDecay } = settings;
  return {
    batch:
      settings.method === 'ddpo'
        ? policyBatch(policyOptions(settings), latentShape, contextShape)
        : tuningBatch(mixture, latentShape, contextShape, settings.method === 'dpo'),
    optimizer: { ...ADAMW_DEFAULTS, weightDecay: settings.weightDecay },
    schedule: { learningRate, warmupSteps, decay: settings.lrScheduler, totalSteps: maxTrainSteps },
    maxGradNorm: settings.maxGradNorm,
    ema: emaDecay > 0,
    emaDecay,
    recompute: gradientCheckpointing,
    accumulation: mixture.passes,
  };
}

interface Learned {
  readonly specs: readonly ParamSpec[];
  /** Read or drawn when asked for. */
  readonly initial: () => Float32Array;
  readonly loss: LossFunction;
}

function policyOptions(settings: TuneSettings): PolicyStepOptions {
  const { beta, gradientCheckpointing, clipRange, klWeight, policyGuidance: guidance } = settings;
  return { ...planMixture(settings), beta, gradientCheckpointing, clipRange, klWeight, guidance };
}

function lossOf(pipeline: Pipeline, settings: TuneSettings): LossFunction {
  if (settings.method === 'ddpo') return policyStep(pipeline.unet, policyOptions(settings));
  const { beta, gradientCheckpointing, dpoBeta } = settings;
  return tuningLoss(pipeline.unet, { ...planMixture(settings), beta, gradientCheckpointing, dpoBeta });
}

function defineWhole(pipeline: Pipeline, settings: TuneSettings): Learned {
  const specs = declareComponents(pipeline).unet;
  const initial = () => packParams(specs, pipeline.parameters('unet'), join(pipeline.folder, 'unet'));
  return { specs, initial, loss: lossOf(pipeline, settings) };
}

function defineLora(pipeline: Pipeline, settings: TuneSettings, seed: number): Learned {
  const unet = declareComponents(pipeline).unet;
  const specs = loraSpecs(unet, settings);
  const source = pipeline.open('unet');
  try {
    const base = storedParams(unet, source, join(pipeline.folder, 'unet'));
    // Asked for here, in one order, while the file is open.
    for (const { name, shape, init } of unet) base.get(name, shape, init);
    const whole = lossOf(pipeline, settings);
    return {
      specs,
      initial: () => initParams(specs, (name) => random(seed, 'tune', 'lora', name)),
      loss: (p, batch) => whole(adaptedParams(base, p, specs, settings), batch),
    };
  } finally {
    source.close();
  }
}
