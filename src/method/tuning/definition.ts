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
import { adaptedParams, inNetwork, loraSpecs, partParams, usesLora } from './lora.ts';
import type { MethodStep, TuningMethod } from './methods/method.ts';
import { methodOf, mixtureOf } from './methods/methods.ts';
import type { TuneSettings } from './mixture.ts';

export type TuneShapes = Pick<TuneData, 'latentShape' | 'contextShape'>;

/** A trainer's options for a pipeline's U-Net by a method's loss, or for a LoRA beside it. */
export function defineTuning(
  pipeline: Pipeline,
  shapes: TuneShapes,
  settings: TuneSettings,
  { seed = 0, method = methodOf(settings) }: { seed?: number; method?: TuningMethod | undefined } = {},
) {
  const mixture = mixtureOf(settings, method);
  const { batch, loss } = method.step({ pipeline, mixture, ...shapes, settings });
  const networks = method.networks?.(settings).length ?? 1;
  const learned = usesLora(settings)
    ? defineLora(pipeline, settings, loss, { seed, networks })
    : defineWhole(pipeline, (p, rows) => loss(p, rows, []));
  return { ...stepOptions(settings), batch, accumulation: mixture.passes, ...learned };
}

/** Everything of a trainer that depends neither on what learns nor on how. */
function stepOptions(settings: TuneSettings) {
  const { gradientCheckpointing, learningRate, warmupSteps, maxTrainSteps, emaDecay } = settings;
  return {
    optimizer: { ...ADAMW_DEFAULTS, weightDecay: settings.weightDecay },
    schedule: { learningRate, warmupSteps, decay: settings.lrScheduler, totalSteps: maxTrainSteps },
    maxGradNorm: settings.maxGradNorm,
    ema: emaDecay > 0,
    emaDecay,
    recompute: gradientCheckpointing,
  };
}

interface Learned {
  readonly specs: readonly ParamSpec[];
  /** Read or drawn when asked for. */
  readonly initial: () => Float32Array;
  readonly loss: LossFunction;
}

function defineWhole(pipeline: Pipeline, loss: LossFunction): Learned {
  const specs = declareComponents(pipeline).unet;
  const initial = () => packParams(specs, pipeline.parameters('unet'), join(pipeline.folder, 'unet'));
  return { specs, initial, loss };
}

function defineLora(
  pipeline: Pipeline,
  settings: TuneSettings,
  whole: MethodStep['loss'],
  { seed, networks }: { readonly seed: number; readonly networks: number },
): Learned {
  const unet = declareComponents(pipeline).unet;
  const own = loraSpecs(unet, settings);
  const sets = Array.from({ length: networks }, (_, network) => own.map((spec) => inNetwork(spec, network)));
  const source = pipeline.open('unet');
  try {
    const base = storedParams(unet, source, join(pipeline.folder, 'unet'));
    // Asked for here, in one order, while the file is open.
    for (const { name, shape, init } of unet) base.get(name, shape, init);
    return {
      specs: sets.flat(),
      initial: () => initParams(sets.flat(), (name) => random(seed, 'tune', 'lora', name)),
      loss: (p, batch) => {
        const [first, ...others] = sets.map((set, network) =>
          adaptedParams(base, partParams(p, set, network), own, settings),
        );
        return whole(first!, batch, others);
      },
    };
  } finally {
    source.close();
  }
}
