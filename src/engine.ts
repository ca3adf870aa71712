/**
 * Graphs and their gradients, programs compiled for a provider, layers, optimisers, training, and weight files.
 *
 * @example
 * import { compile, grad, input, mul, sum } from 'collimate/engine';
 * const x = input('x', [2]);
 * const [slope] = grad(sum(mul(x, x)), [x]);
 * const program = await compile({ slope: slope! });
 * const results = await program.run({ x: Float32Array.of(1, 2) });
 * console.log([...(results.slope!.data as Float32Array)]); // [ 2, 4 ]
 * await program.dispose();
 */

// Graphs: tensors without values, and the functions that models and losses are written in.
export type { DType, Shape, TensorType } from './engine/graph/types.ts';
export { input, type Tensor, type Node } from './engine/graph/tensor.ts';
export {
  abs,
  add,
  attention,
  cast,
  checkpoint,
  concat,
  constant,
  conv2d,
  cos,
  div,
  equal,
  erf,
  exp,
  expand,
  gather,
  gelu,
  greater,
  groupNorm,
  layerNorm,
  log,
  logSumExp,
  matmul,
  max,
  maximum,
  mean,
  minimum,
  mul,
  neg,
  type Operand,
  pad,
  quickGelu,
  reciprocal,
  relu,
  reshape,
  scalar,
  sigmoid,
  sign,
  silu,
  sin,
  slice,
  softmax,
  split,
  sqrt,
  square,
  stopGradient,
  sub,
  sum,
  tanh,
  transpose,
  upsampleNearest2x,
  where,
  zeros,
  type ConvOptions,
  type MatmulOptions,
} from './engine/graph/functions.ts';
export { type GradOptions, grad } from './engine/graph/grad.ts';

// Graphs as ONNX, and as programs compiled for a provider.
export { dump, toBytes } from './engine/onnx/model.ts';
export type { Outputs } from './engine/onnx/outputs.ts';
export {
  type CompileOptions,
  compile,
  type HostData,
  type Program,
  type Value,
  type BoundProgram,
  type HeldArrays,
  type ProgramFeeds,
  type RunOptions,
  type Runnable,
} from './engine/runtime/program.ts';
export { listProviders, PROVIDERS, type Provider } from './engine/runtime/providers.ts';

// Named parameters and layers; a layer that shares the name of a function says so.
export {
  constantParams,
  countParams,
  declareParams,
  flatParams,
  type Init,
  initParams,
  type ParamSpec,
  type Params,
  packParams,
  unpackParams,
  type QuantizedMatrix,
} from './engine/nn/params.ts';
export {
  conv2d as conv2dLayer,
  embedding,
  groupNorm as groupNormLayer,
  layerNorm as layerNormLayer,
  linear,
  type ConvLayerOptions,
  type Layout,
  type LinearOptions,
} from './engine/nn/layers.ts';
export { mlp } from './engine/nn/mlp.ts';
export { type LoraShape, withLora } from './engine/nn/lora.ts';

// Training.
export {
  ADAMW_DEFAULTS,
  type AdamWConfig,
  adamw,
  adamwCorrections,
  type AdamWState,
  type StepScalars,
} from './engine/optim/adamw.ts';
export { clipByGlobalNorm } from './engine/optim/clip.ts';
export { emaDecayAt, updateEma } from './engine/optim/ema.ts';
export { type LearningRateSchedule, learningRateAt } from './engine/optim/schedule.ts';
export type {
  Batch,
  BatchTypes,
  LossFunction,
  LossResult,
  HalfPrecision,
  StepDefinition,
} from './engine/training/step.ts';
export {
  createTrainer,
  type Feeds,
  type StepReport,
  type Trainer,
  type TrainerOptions,
} from './engine/training/trainer.ts';
export { type LoopOptions, runTraining } from './engine/training/loop.ts';

// Weight files.
export type { Float32Tensor, NamedTensor, TensorSource, TensorPlace } from './engine/weights/tensor.ts';
export { openWeights, type ReadOptions, readParameters, readWeights } from './engine/weights/read-weights.ts';
export { openSafetensors } from './engine/weights/safetensors.ts';
export { type WriteOptions, writeSafetensors, type FloatDtype } from './engine/weights/write-safetensors.ts';
export { addLoraLayer, type Lora, type LoraLayer, type LoraLayers, mergeLora } from './engine/weights/lora.ts';
export {
  type Adapter,
  type Adapters,
  addAdapter,
  type AdapterLayers,
  type Magnitudes,
  type WholeAdapter,
} from './engine/weights/adapter.ts';
export { type BaseParameter, type LoraBase, readAdapters, readLora } from './engine/weights/read-lora.ts';
export {
  type LoraSpelling,
  writeLora,
  type KohyaNames,
  type KohyaPlace,
  type WriteLoraOptions,
} from './engine/weights/write-lora.ts';

// Types that these signatures name.
export type { HalfOptions, HalfType } from './engine/graph/half.ts';
export type { ConvAttrs, NoAttributes, OpAttrs, OpName, Padding, TypedData } from './engine/graph/ops.ts';
export type { Dialect } from './engine/onnx/dialect.ts';
export type { MakerName } from './engine/runtime/runtime.ts';
export type { StateName } from './engine/training/training-state.ts';
export type { StoredDtype } from './engine/weights/header.ts';
export type { StoredForm, ViewEntry } from './engine/weights/view.ts';
