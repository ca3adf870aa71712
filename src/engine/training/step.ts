// The graphs of a training step: loss, backward pass, clipping, AdamW and EMA. No loop, no runtime.
//
// On the host each parameter and each gradient is an input or output of its own, a part of a flat vector that stays where it
// is, and the update runs over pieces of these vectors. On a device the vectors are whole and stay there from step to step.

import { CollimateError } from '../../util/errors.ts';
import { add, concat, mul, reshape, slice, sum } from '../graph/functions.ts';
import { grad } from '../graph/grad.ts';
import { type HalfGraph, type HalfOptions, inHalf } from '../graph/half.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { sizeOf, type TensorType } from '../graph/types.ts';
import { bindParams, countParams, flatParams, type ParamSpec, type Params } from '../nn/params.ts';
import type { Outputs } from '../onnx/outputs.ts';
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
  /** Activations in 16 bits; nothing is float32. */
  readonly half?: HalfPrecision | undefined;
}

/** The type of activations, what the provider computes in it, and whether all of them are rounded. */
export type HalfPrecision = Pick<HalfOptions, 'type' | 'kernels' | 'alike'>;

/** Whether the loss is multiplied by the input `lossScale`, and its gradient by `unscale`. */
export function isScaled({ half }: Pick<StepDefinition, 'half'>): boolean {
  return half?.type === 'float16';
}

/** The output that is to be fed as input `name` in the next step: one graph cannot use a name for both. */
export function next(name: string): string {
  return `next.${name}`;
}

/** Forward, backward, clipping, AdamW and EMA as one graph over whole vectors. */
export function fullStep(definition: StepDefinition): Outputs {
  const { gradient, outputs } = lossAndGradient(definition);
  const { norm, scale } = clip(definition, gradient);
  return { ...outputs, gradNorm: norm, ...update(definition, gradient, scale) };
}

/** One of `parts` batches of a step: adds its share to the gradient. */
export function accumulateStep(definition: StepDefinition, parts: number): Outputs {
  const { gradient, outputs } = lossAndGradient(definition);
  return { ...outputs, [next('gradientSum')]: add(input('gradientSum', gradient.shape), mul(gradient, 1 / parts)) };
}

/** The update from an accumulated gradient. */
export function applyStep(definition: StepDefinition): Outputs {
  const gradient = input('gradientSum', [countParams(definition.specs)]);
  const { norm, scale } = clip(definition, gradient);
  return { gradNorm: norm, ...update(definition, gradient, scale) };
}

function lossAndGradient(definition: StepDefinition): { gradient: Tensor; outputs: Outputs } {
  const { specs, batch, loss } = definition;
  const flat = input('params', [countParams(specs)]);
  const { gradients, outputs } = differentiate(definition, loss(flatParams(specs, flat), batchInputs(batch)), [flat]);
  return { gradient: gradients[0]!, outputs };
}

/** The gradients of the loss, and the scalars to report, in the precision of the step. */
function differentiate(
  definition: StepDefinition,
  { loss, metrics }: LossResult,
  wrt: readonly Tensor[],
): { gradients: Tensor[]; outputs: Outputs; lacking: HalfGraph['lacking'] } {
  const { recompute, half } = definition;
  const scaled = isScaled(definition) ? mul(loss, input('lossScale', [])) : loss;
  const gradients = grad(scaled, wrt, { recompute });
  const scalars = { loss, ...metrics };
  if (!half) return { gradients, outputs: scalars, lacking: new Map() };
  const named = Object.fromEntries(gradients.map((gradient, i) => [`${i}`, gradient]));
  const isWeight = (name: string) => name === 'params' || name.startsWith(partName(''));
  const { outputs, lacking } = inHalf({ ...named, ...scalars }, { ...half, isWeight });
  return {
    gradients: gradients.map((_, i) => outputs[i]!),
    outputs: Object.fromEntries(Object.keys(scalars).map((name) => [name, outputs[name]!])),
    lacking,
  };
}

/** How often a pass computes each operation in float32 for want of a kernel. */
export function lackingOf(definition: StepDefinition): HalfGraph['lacking'] {
  const { specs, batch, loss } = definition;
  const inputs = specs.map(({ name, shape }) => input(partName(name), shape));
  const params = bindParams(({ name }) => inputs[specs.findIndex((spec) => spec.name === name)] ?? missingParam(name));
  return differentiate(definition, loss(params, batchInputs(batch)), inputs).lacking;
}

function clip(definition: StepDefinition, gradient: Tensor): { norm: Tensor; scale: Tensor } {
  return clipByGlobalNorm(gradient, definition.maxGradNorm, isScaled(definition) ? input('unscale', []) : undefined);
}

/** The inputs of a batch, by name. */
export function batchInputs(batch: BatchTypes): Batch {
  return Object.fromEntries(Object.entries(batch).map(([name, { shape, dtype }]) => [name, input(name, shape, dtype)]));
}

/** The input of a parameter that is one by itself. */
export function partName(name: string): string {
  return `params.${name}`;
}

/** The output with a parameter's gradient; with several batches also the input with the sum so far. */
export function gradientName(name: string): string {
  return `gradient.${name}`;
}

/** Whether an output is a parameter's gradient, or the sum of its gradients. */
export function isGradient(name: string): boolean {
  return name.startsWith(gradientName('')) || name.startsWith(next(gradientName('')));
}

/**
 * Loss and gradient, each parameter by itself. With several `parts`, a batch adds its share to the sum so far.
 * Scalars that do not lead to the loss are among the outputs too.
 */
export function gradientStep(definition: StepDefinition, parts = 1): Outputs {
  const { specs, batch, loss } = definition;
  const inputs = new Map(specs.map(({ name, shape }) => [name, input(partName(name), shape)]));
  const result = loss(
    bindParams(({ name }) => inputs.get(name) ?? missingParam(name)),
    batchInputs(batch),
  );
  const { gradients, outputs: scalars } = differentiate(definition, result, [...inputs.values()]);
  const flats = specs.map(({ shape }, i) => reshape(gradients[i]!, [sizeOf(shape)]));
  const outputs = specs.map(({ name, shape }, i) => {
    if (parts === 1) return [gradientName(name), gradients[i]!] as const;
    // Flat, since ONNX Runtime would draw the factor into a product, which rounds otherwise than over the whole vector.
    const sum = input(gradientName(name), [sizeOf(shape)]);
    return [next(gradientName(name)), add(sum, mul(flats[i]!, 1 / parts))] as const;
  });
  return {
    ...scalars,
    ...Object.fromEntries(outputs),
    [ORDER]: orderOf(outputs.map(([, tensor], i) => (parts === 1 ? flats[i]! : tensor))),
  };
}

/**
 * An output that takes an element of each gradient. ONNX Runtime computes the inputs of this last node newest first, which is the order of
 * the backward pass, and with gradient checkpointing only that lets go of each block. Without it gradients come in the order in which
 * optimizers left them: those of the first layers before all others, which then wait, with all that they are computed from.
 */
const ORDER = 'order';

function orderOf(flats: readonly Tensor[]): Tensor {
  return concat(
    flats.map((flat) => slice(flat, 0, 0, 1)),
    0,
  );
}

function missingParam(name: string): never {
  throw new CollimateError('WEIGHTS', `${name}: the loss asks for it, and it is not among the learned parameters`);
}

/** The sum of squares of `size` elements of the gradient: of pieces, since squares of all of it take as much memory as it does. */
export function squaresStep(size: number): Outputs {
  const gradient = input('gradient', [size]);
  return { squares: sum(mul(gradient, gradient)) };
}

/** The update of `size` elements of the state's vectors. */
export function updateStep(definition: StepDefinition, size: number): Outputs {
  return update(definition, input('gradient', [size]), input('scale', []));
}

function update({ optimizer, ema }: StepDefinition, gradient: Tensor, scale: Tensor): Outputs {
  const size = gradient.shape;
  const state = { params: input('params', size), m: input('m', size), v: input('v', size) };
  const scalars = {
    learningRate: input('learningRate', []),
    correction1: input('correction1', []),
    correction2: input('correction2', []),
  };
  const updated = adamw(state, gradient, scale, scalars, optimizer);
  const average = ema ? { ema: updateEma(input('ema', size), updated.params, input('emaDecay', [])) } : {};
  return Object.fromEntries(Object.entries({ ...updated, ...average }).map(([name, tensor]) => [next(name), tensor]));
}
