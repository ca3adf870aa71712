// The training loop's state: parameters, moments, average and step, advanced by compiled programs, saved and resumed.

import { CollimateError } from '../../util/errors.ts';
import { input } from '../graph/tensor.ts';
import { countParams, flatParams } from '../nn/params.ts';
import { describeBroken, firstBroken, probeLayers } from '../nn/probe.ts';
import { adamwCorrections } from '../optim/adamw.ts';
import { emaDecayAt } from '../optim/ema.ts';
import { FIRST_LOSS_SCALE, type LossScale, lowerLossScale, raiseLossScale } from '../optim/loss-scale.ts';
import { type LearningRateSchedule, learningRateAt } from '../optim/schedule.ts';
import { compile } from '../runtime/program.ts';
import type { Provider } from '../runtime/providers.ts';
import type { MakerName } from '../runtime/runtime.ts';
import { openDeviceState } from './device-state.ts';
import { openHostState } from './host-state.ts';
import { loadState, saveState } from './state.ts';
import { batchInputs, isScaled, type StepDefinition } from './step.ts';
import type { Feeds, StateName, StepResults, TrainingState } from './training-state.ts';

export interface TrainerOptions extends StepDefinition {
  readonly schedule: LearningRateSchedule;
  /** Decay of the average towards 1; used where `ema`. */
  readonly emaDecay: number;
  /** Batches whose gradients make one step. */
  readonly accumulation: number;
  readonly provider?: Provider;
  readonly threads?: number;
  /** The maker of ONNX Runtime's sessions; default the one that the environment and this machine choose. */
  readonly runtime?: MakerName;
  /** Write profiles of the programs, as they are disposed of, to files with this prefix. */
  readonly profile?: string;
}

export interface StepReport {
  /** Steps done, this one included. */
  readonly step: number;
  /** The mean loss of the step's batches. */
  readonly loss: number;
  /** The gradient's norm before clipping. */
  readonly gradNorm: number;
  readonly learningRate: number;
  /** The loss function's further scalars, means over the step's batches. */
  readonly metrics: Readonly<Record<string, number>>;
  /** With float16: what the loss was multiplied by for its gradient. It is halved, and the step computed again, where one overflows. */
  readonly lossScale?: number;
}

export type { Feeds } from './training-state.ts';

export interface Trainer {
  readonly step: number;
  /**
   * One step over `accumulation` batches.
   *
   * @throws CollimateError NON_FINITE where the loss or the gradient is not a number, INTERRUPTED where the signal ended it:
   * the state is the one before the step.
   */
  advance(batches: readonly Feeds[], signal?: AbortSignal): Promise<StepReport>;
  /** A copy of the parameters [P], of their average, or of a moment. */
  read(which: StateName): Promise<Float32Array>;
  /** Goes on from vectors [P] after `step` steps, by the first scale of the loss; they are the trainer's from then on. */
  load(vectors: Readonly<Record<string, Float32Array>>, step: number): void;
  /** Everything that `restore` needs, in one file written at once. */
  save(path: string): Promise<void>;
  /** Goes on from a saved file. @throws CollimateError MISMATCH where it belongs to another model. */
  restore(path: string): void;
  dispose(): Promise<void>;
}

/**
 * Starts from `initial` parameters [P], with zero moments. The array is the trainer's from then on.
 */
export async function createTrainer(options: TrainerOptions, initial: Float32Array): Promise<Trainer> {
  const names: StateName[] = options.ema ? ['params', 'm', 'v', 'ema'] : ['params', 'm', 'v'];
  const state = await openState(options, names, initial);
  let step = 0;
  let lossScale = isScaled(options) ? FIRST_LOSS_SCALE : undefined;
  /** Set where a step was left half-way: nothing of the state can be used. */
  let isTorn = false;

  async function advance(batches: readonly Feeds[], signal?: AbortSignal): Promise<StepReport> {
    if (batches.length !== options.accumulation)
      throw new CollimateError(
        'SHAPE',
        `trainer: expected ${options.accumulation} batches a step, got ${batches.length}`,
      );
    const t = step + 1;
    const learningRate = learningRateAt(options.schedule, t);
    const results = await computeFinite(batches, scalarsOf(options, t, learningRate), signal);
    const { loss, ...metrics } = results.figures;
    if (!isFiniteStep(results))
      throw nonFinite(
        t,
        results,
        learningRate,
        await findBroken(options, results, await state.read('params'), batches),
      );
    isTorn = true;
    await results.commit();
    isTorn = false;
    step = t;
    const scaled = lossScale && { lossScale: lossScale.scale };
    lossScale &&= raiseLossScale(lossScale);
    return { step, loss: loss!, gradNorm: results.gradNorm, learningRate, metrics, ...scaled };
  }

  /** A step's loss and gradient, by a smaller scale of the loss as long as the gradient overflows and the loss does not. */
  async function computeFinite(batches: readonly Feeds[], scalars: Feeds, signal?: AbortSignal): Promise<StepResults> {
    for (;;) {
      const results = await state.compute(batches, { ...scalars, ...scaleFeeds(lossScale) }, signal);
      const lower = lossScale && Number.isFinite(results.figures.loss) && lowerLossScale(lossScale);
      if (isFiniteStep(results) || !lower) return results;
      lossScale = lower;
    }
  }

  function load(vectors: Readonly<Record<string, Float32Array>>, done: number, scale?: typeof lossScale): void {
    state.load(vectors);
    step = done;
    lossScale &&= scale ?? FIRST_LOSS_SCALE;
    isTorn = false;
  }

  return {
    get step() {
      return step;
    },
    advance,
    read: async (which) => (await state.read(which)).slice(),
    async save(path) {
      if (isTorn)
        throw new CollimateError(
          'STORAGE',
          `${path}: a step failed half-way, its state cannot be saved`,
          'Resume from the last checkpoint.',
        );
      const vectors = new Map<string, Float32Array>();
      for (const name of names) vectors.set(name, await state.read(name));
      saveState(path, options.specs, vectors, step, lossScale);
    },
    load: (vectors, done) => load(vectors, done),
    restore(path) {
      const saved = loadState(path, options.specs, names);
      load(saved.vectors, saved.step, saved.lossScale);
    },
    dispose: () => state.dispose(),
  };
}

/** On the CPU the state is on the host; elsewhere it stays on the device. */
function openState(
  options: TrainerOptions,
  names: readonly StateName[],
  initial: Float32Array,
): Promise<TrainingState> {
  const { provider = 'cpu', threads, runtime, profile } = options;
  const size = countParams(options.specs);
  const open = provider === 'cpu' ? openHostState : openDeviceState;
  const vectors = {
    params: initial,
    m: new Float32Array(size),
    v: new Float32Array(size),
    ...(options.ema && { ema: initial.slice() }),
  };
  return open(options, options.accumulation, names, vectors, {
    keepStored: true, // frozen weights: the forward and the backward pass use them, each in its own form
    provider,
    ...(threads && { threads }),
    ...(runtime && { runtime }),
    ...(profile && { profile }),
  });
}

/** What the host computes of a step: graphs have no step counter. */
function scalarsOf({ optimizer, ema, emaDecay }: TrainerOptions, t: number, learningRate: number): Feeds {
  const { correction1, correction2 } = adamwCorrections(optimizer, t);
  const scalars = { learningRate, correction1, correction2, ...(ema && { emaDecay: emaDecayAt(emaDecay, t) }) };
  return Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, Float32Array.of(value)]));
}

function isFiniteStep({ figures, gradNorm }: StepResults): boolean {
  return Number.isFinite(figures.loss) && Number.isFinite(gradNorm);
}

function scaleFeeds(lossScale: LossScale | undefined): Feeds {
  if (!lossScale) return {};
  return { lossScale: Float32Array.of(lossScale.scale), unscale: Float32Array.of(1 / lossScale.scale) };
}

/** Runs the forward pass of the step's batches once more, to say where numbers stop being finite. */
async function findBroken(
  { specs, batch, loss, provider, half }: TrainerOptions,
  { figures }: StepResults,
  params: Float32Array,
  batches: readonly Feeds[],
): Promise<string> {
  for (const [name, data] of batches.flatMap((feeds) => Object.entries(feeds)))
    if (data instanceof Float32Array && !data.every(Number.isFinite)) return `; ${name} of the batch are not finite`;
  const flat = flatParams(specs, input('params', [countParams(specs)]));
  const { layers, ...probes } = probeLayers([loss(flat, batchInputs(batch)).loss]);
  const program = await compile({ ...probes }, { keepStored: true, ...(provider && { provider }) });
  try {
    for (const feeds of batches) {
      const used = Object.entries({ params, ...feeds }).filter(([name]) => program.inputs.has(name));
      const { outputs, weights } = await program.run(Object.fromEntries(used));
      const broken = firstBroken(layers, outputs!.data as Float32Array, weights!.data as Float32Array);
      if (broken) return describeBroken(broken, 'layer').where;
    }
  } finally {
    await program.dispose();
  }
  const result = Number.isFinite(figures.loss) ? 'the gradient' : 'the loss';
  if (half) return `; computed in float32 all layers are finite, so ${half.type} is too narrow for ${result} of them`;
  return `; all layers are finite, ${result} of them is not`;
}

function nonFinite(
  step: number,
  { figures, gradNorm }: StepResults,
  learningRate: number,
  where: string,
): CollimateError {
  return new CollimateError(
    'NON_FINITE',
    `step ${step}: the loss is ${figures.loss} and the gradient norm ${gradNorm}, at learning rate ${learningRate}${where}`,
    'The step was not taken and the last checkpoint is intact. Lower the learning rate, clip harder (max_grad_norm), look for broken images in the data, or, where weights are not finite, take float32 files of the base model.',
  );
}
