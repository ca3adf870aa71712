// The training loop's state: parameters, moments, average and step, advanced by compiled programs, saved and resumed.

import { CollimateError } from '../../util/errors.ts';
import { input } from '../graph/tensor.ts';
import { countParams, flatParams } from '../nn/params.ts';
import { describeBroken, firstBroken, probeLayers } from '../nn/probe.ts';
import { adamwCorrections } from '../optim/adamw.ts';
import { emaDecayAt } from '../optim/ema.ts';
import { type LearningRateSchedule, learningRateAt } from '../optim/schedule.ts';
import { compile, type HostData, type Program, type Value } from '../runtime/program.ts';
import type { Provider } from '../runtime/providers.ts';
import { loadState, saveState } from './state.ts';
import { accumulateStep, applyStep, fullStep, next, type StepDefinition } from './step.ts';

export interface TrainerOptions extends StepDefinition {
  readonly schedule: LearningRateSchedule;
  /** Decay of the average towards 1; used where `ema`. */
  readonly emaDecay: number;
  /** Batches whose gradients make one step. */
  readonly accumulation: number;
  readonly provider?: Provider;
  readonly threads?: number;
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
}

export type Feeds = Readonly<Record<string, HostData>>;

type StateName = 'params' | 'm' | 'v' | 'ema';

export interface Trainer {
  readonly step: number;
  /**
   * One step over `accumulation` batches.
   *
   * @throws CollimateError NON_FINITE where the loss or the gradient is not a number; the state is the one before the step.
   */
  advance(batches: readonly Feeds[]): Promise<StepReport>;
  /** The parameters [P], or their average. */
  read(which: 'params' | 'ema'): Promise<Float32Array>;
  /** Everything that `restore` needs, in one file written at once. */
  save(path: string): Promise<void>;
  /** Goes on from a saved file. @throws CollimateError MISMATCH where it belongs to another model. */
  restore(path: string): void;
  dispose(): Promise<void>;
}

/** Starts from `initial` parameters [P], with zero moments. */
export async function createTrainer(options: TrainerOptions, initial: Float32Array): Promise<Trainer> {
  const names: StateName[] = options.ema ? ['params', 'm', 'v', 'ema'] : ['params', 'm', 'v'];
  const programs = await compilePrograms(options, names.map(next));
  const size = countParams(options.specs);
  let step = 0;
  let state: Record<string, HostData | Value> = {
    params: initial,
    m: new Float32Array(size),
    v: new Float32Array(size),
    ...(options.ema && { ema: initial }),
  };

  async function advance(batches: readonly Feeds[]): Promise<StepReport> {
    if (batches.length !== options.accumulation)
      throw new CollimateError(
        'SHAPE',
        `trainer: expected ${options.accumulation} batches a step, got ${batches.length}`,
      );
    const t = step + 1;
    const learningRate = learningRateAt(options.schedule, t);
    const { correction1, correction2 } = adamwCorrections(options.optimizer, t);
    const scalars: Record<string, number> = {
      learningRate,
      correction1,
      correction2,
      ...(options.ema && { emaDecay: emaDecayAt(options.emaDecay, t) }),
    };
    const results = await programs.run(
      state,
      batches,
      Object.fromEntries(Object.entries(scalars).map(([name, value]) => [name, Float32Array.of(value)])),
    );
    if (!Number.isFinite(results.figures.loss) || !Number.isFinite(results.gradNorm))
      throw nonFinite(t, results, learningRate, await findBroken(options, results, state.params!, batches));
    const old = state;
    state = Object.fromEntries(names.map((name) => [name, results.outputs[next(name)]!]));
    for (const value of Object.values(old)) if ('dispose' in value) value.dispose();
    step = t;
    const { loss, ...metrics } = results.figures;
    return { step, loss: loss!, gradNorm: results.gradNorm, learningRate, metrics };
  }

  async function readState(name: StateName): Promise<Float32Array> {
    const value = state[name]!;
    return ('type' in value ? await value.read() : value) as Float32Array;
  }

  return {
    get step() {
      return step;
    },
    advance,
    read: (which) => readState(which),
    async save(path) {
      const vectors = new Map<string, Float32Array>();
      for (const name of names) vectors.set(name, await readState(name));
      saveState(path, options.specs, vectors, step);
    },
    restore(path) {
      const saved = loadState(path, options.specs, names);
      state = saved.vectors;
      step = saved.step;
    },
    dispose: () => programs.dispose(),
  };
}

interface StepResults {
  /** The loss and the further scalars of the loss function, means over the batches. */
  readonly figures: Readonly<Record<string, number>>;
  readonly gradNorm: number;
  /** With the next state. */
  readonly outputs: Record<string, Value>;
}

interface StepPrograms {
  run(state: Record<string, HostData | Value>, batches: readonly Feeds[], scalars: Feeds): Promise<StepResults>;
  dispose(): Promise<void>;
}

async function compilePrograms(options: TrainerOptions, keep: readonly string[]): Promise<StepPrograms> {
  const compileOptions = {
    keepStored: true, // frozen weights: the forward and the backward pass use them, each in its own form
    ...(options.provider && { provider: options.provider }),
    ...(options.threads && { threads: options.threads }),
  };
  if (options.accumulation === 1) return fullProgram(await compile(fullStep(options), { ...compileOptions, keep }));
  const accumulate = await compile(accumulateStep(options, options.accumulation), {
    ...compileOptions,
    keep: [next('gradientSum')],
  });
  return accumulatingPrograms(
    accumulate,
    await compile(applyStep(options), { ...compileOptions, keep }),
    countParams(options.specs),
  );
}

function scalarOf(value: Value | undefined): number {
  return (value!.data as Float32Array)[0]!;
}

/** The mean of each scalar that is neither state nor gradient, over the outputs of the batches. */
function meansOf(passes: readonly Record<string, Value>[]): Record<string, number> {
  const names = Object.keys(passes[0]!).filter((name) => !name.startsWith(next('')) && name !== 'gradNorm');
  const meanOf = (name: string) => passes.reduce((sum, outputs) => sum + scalarOf(outputs[name]), 0) / passes.length;
  return Object.fromEntries(names.map((name) => [name, meanOf(name)]));
}

function fullProgram(program: Program): StepPrograms {
  return {
    async run(state, [batch], scalars) {
      const outputs = await program.run({ ...state, ...batch, ...scalars });
      return { figures: meansOf([outputs]), gradNorm: scalarOf(outputs.gradNorm), outputs };
    },
    dispose: () => program.dispose(),
  };
}

function accumulatingPrograms(accumulate: Program, apply: Program, size: number): StepPrograms {
  return {
    async run(state, batches, scalars) {
      let gradientSum: HostData | Value = new Float32Array(size);
      const passes: Record<string, Value>[] = [];
      for (const batch of batches) {
        const outputs = await accumulate.run({ params: state.params!, gradientSum, ...batch });
        if ('dispose' in gradientSum) gradientSum.dispose();
        gradientSum = outputs[next('gradientSum')]!;
        passes.push(outputs);
      }
      const outputs = await apply.run({ ...state, gradientSum, ...scalars });
      if ('dispose' in gradientSum) gradientSum.dispose();
      return { figures: meansOf(passes), gradNorm: scalarOf(outputs.gradNorm), outputs };
    },
    async dispose() {
      await accumulate.dispose();
      await apply.dispose();
    },
  };
}

/** Runs the forward pass of the step's batches once more, to say where numbers stop being finite. */
async function findBroken(
  { specs, batch, loss, provider }: TrainerOptions,
  { figures }: StepResults,
  params: HostData | Value,
  batches: readonly Feeds[],
): Promise<string> {
  for (const [name, data] of batches.flatMap((feeds) => Object.entries(feeds)))
    if (data instanceof Float32Array && !data.every(Number.isFinite)) return `; ${name} of the batch are not finite`;
  const tensors = Object.entries(batch).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)] as const);
  const flat = flatParams(specs, input('params', [countParams(specs)]));
  const { layers, ...probes } = probeLayers([loss(flat, Object.fromEntries(tensors)).loss]);
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
