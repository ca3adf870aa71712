// What one run of tuning learns by: parameters, loss, optimiser, batch. Nothing is compiled here, so that it can be looked
// at before it is run.

import { join } from 'node:path';
import type { HalfType } from '../../engine/graph/half.ts';
import { bindParams, initParams, type ParamSpec, type Params, packParams } from '../../engine/nn/params.ts';
import { ADAMW_DEFAULTS } from '../../engine/optim/adamw.ts';
import type { Provider } from '../../engine/runtime/providers.ts';
import type { HalfPrecision, LossFunction } from '../../engine/training/step.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { storedParams } from '../../models/inference/stored-params.ts';
import { random } from '../../util/random.ts';
import type { TuneData } from './batches.ts';
import { adaptedParams, inNetwork, loraSpecs, partParams, usesLora } from './lora.ts';
import type { MethodStep, TuningMethod } from './methods/method.ts';
import { methodOf, mixtureOf } from './methods/methods.ts';
import type { TuneSettings } from './mixture.ts';
import type { PictureJudge } from './policy/judge.ts';
import { cpuPrecision } from './precision.ts';
import { adaptedEncoders } from './text-encoders.ts';

export type TuneShapes = Pick<TuneData, 'latentShape' | 'conditionShapes'>;

export interface DefinitionOptions {
  readonly seed?: number;
  readonly method?: TuningMethod | undefined;
  readonly judge?: PictureJudge | undefined;
  /** Default that of the settings on the CPU. */
  readonly half?: HalfPrecision | undefined;
  readonly provider?: Provider;
}

/** A trainer's options for a model's denoiser by a method's loss, or for a LoRA beside it. */
export function defineTuning(
  pipeline: DiffusionModel,
  shapes: TuneShapes,
  settings: TuneSettings,
  {
    seed = 0,
    method = methodOf(settings),
    judge,
    half = cpuPrecision(settings),
    provider = 'cpu',
  }: DefinitionOptions = {},
) {
  const mixture = mixtureOf(settings, method);
  const { batch, loss } = method.step({ pipeline, mixture, ...shapes, settings, judge });
  const networks = method.networks?.(settings).length ?? 1;
  // Elsewhere than on the CPU ONNX Runtime narrows them, as it opens the graph.
  const held = provider === 'cpu' ? half?.type : undefined;
  const learned = usesLora(settings)
    ? defineLora(pipeline, settings, loss, { seed, networks, held })
    : defineWhole(pipeline, (p, rows) => loss(p, rows, []), held);
  return {
    ...stepOptions(settings),
    ...(half && { half: { ...half, alike: method.compares } }),
    batch,
    accumulation: mixture.passes,
    ...learned,
  };
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

/** All weights of the denoiser, but for those that are stored and never learned. */
function defineWhole(model: DiffusionModel, loss: LossFunction, type: HalfType | undefined): Learned {
  const { denoiser, fixed } = model;
  const all = model.declare[denoiser]!();
  const specs = all.filter(({ name }) => !fixed.has(name));
  const initial = () => packParams(specs, model.parameters(denoiser), join(model.folder, denoiser));
  if (specs.length === all.length) return { specs, initial, loss };
  const held = readFrozen(
    model,
    all.filter(({ name }) => fixed.has(name)),
    type,
  );
  return { specs, initial, loss: (p, batch) => loss(withHeld(p, held, fixed), batch) };
}

/** Parameters of which those that are fixed come from the file. */
function withHeld(p: Params, held: Params, fixed: ReadonlySet<string>): Params {
  return bindParams(({ name, shape, init }) => (fixed.has(name) ? held : p).get(name, shape, init));
}

function defineLora(
  model: DiffusionModel,
  settings: TuneSettings,
  whole: MethodStep['loss'],
  how: { readonly seed: number; readonly networks: number; readonly held: HalfType | undefined },
): Learned {
  const { seed, networks, held } = how;
  const all = model.declare[model.denoiser]!();
  const own = loraSpecs(all, settings, settings.textEncoderLora ? adaptedEncoders(model) : undefined);
  const sets = Array.from({ length: networks }, (_, network) => own.map((spec) => inNetwork(spec, network)));
  const base = readFrozen(model, all, held);
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
}

/** Weights of the denoiser that stay as they are: in their file, or in 16 bits where it holds them otherwise. */
function readFrozen(model: DiffusionModel, specs: readonly ParamSpec[], half: HalfType | undefined): Params {
  const source = model.open(model.denoiser);
  try {
    const base = storedParams(specs, source, join(model.folder, model.denoiser), half);
    // Asked for here, in one order, while the file is open.
    for (const { name, shape, init } of specs) base.get(name, shape, init);
    return base;
  } finally {
    source.close();
  }
}
