// The graphs of a training step: loss, backward pass, clipping, AdamW and EMA. No loop, no runtime.

import { add, mul } from '../graph/functions.ts';
import { grad } from '../graph/grad.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import type { TensorType } from '../graph/types.ts';
import { countParams, flatParams, type ParamSpec, type Params } from '../nn/params.ts';
import type { Outputs } from '../onnx/model.ts';
import { type AdamWConfig, adamw } from '../optim/adamw.ts';
import { clipByGlobalNorm } from '../optim/clip.ts';
import { updateEma } from '../optim/ema.ts';

/** The tensors of a batch, by name. */
export type BatchTypes = Readonly<Record<string, TensorType>>;
export type Batch = Readonly<Record<string, Tensor>>;

/** The loss to minimise, and further scalars to report. */
export interface LossResult {
  readonly loss: Tensor;
  readonly metrics?: Readonly<Record<string, Tensor>>;
}

export type LossFunction = (params: Params, batch: Batch) => LossResult;

export interface StepDefinition {
  readonly specs: readonly ParamSpec[];
  readonly batch: BatchTypes;
  readonly loss: LossFunction;
  readonly optimizer: AdamWConfig;
  /** Largest gradient norm; 0 does not clip. */
  readonly maxGradNorm: number;
  /** Whether an average of the parameters is kept. */
  readonly ema: boolean;
  /** Gradient checkpointing. */
  readonly recompute: boolean;
}

/** The output that is to be fed as input `name` in the next step: one graph cannot use a name for both. */
export function next(name: string): string {
  return `next.${name}`;
}

/** Forward, backward, clipping, AdamW and EMA as one graph. */
export function fullStep(definition: StepDefinition): Outputs {
  const { gradient, outputs } = lossAndGradient(definition);
  return { ...outputs, ...update(definition, gradient) };
}

/** One of `parts` batches of a step: adds its share to the gradient. */
export function accumulateStep(definition: StepDefinition, parts: number): Outputs {
  const { gradient, outputs } = lossAndGradient(definition);
  return { ...outputs, [next('gradientSum')]: add(input('gradientSum', gradient.shape), mul(gradient, 1 / parts)) };
}

/** The update from an accumulated gradient. */
export function applyStep(definition: StepDefinition): Outputs {
  return update(definition, input('gradientSum', [countParams(definition.specs)]));
}

function lossAndGradient({ specs, batch, loss, recompute }: StepDefinition): { gradient: Tensor; outputs: Outputs } {
  const flat = input('params', [countParams(specs)]);
  const tensors = Object.fromEntries(
    Object.entries(batch).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]),
  );
  const result = loss(flatParams(specs, flat), tensors);
  const [gradient] = grad(result.loss, [flat], { recompute });
  return { gradient: gradient!, outputs: { loss: result.loss, ...result.metrics } };
}

function update({ specs, optimizer, maxGradNorm, ema }: StepDefinition, gradient: Tensor): Outputs {
  const size = [countParams(specs)];
  const state = { params: input('params', size), m: input('m', size), v: input('v', size) };
  const { norm, scale } = clipByGlobalNorm(gradient, maxGradNorm);
  const scalars = {
    learningRate: input('learningRate', []),
    correction1: input('correction1', []),
    correction2: input('correction2', []),
  };
  const updated = adamw(state, gradient, scale, scalars, optimizer);
  const average = ema ? { ema: updateEma(input('ema', size), updated.params, input('emaDecay', [])) } : {};
  return {
    gradNorm: norm,
    ...Object.fromEntries(Object.entries({ ...updated, ...average }).map(([name, tensor]) => [next(name), tensor])),
  };
}
