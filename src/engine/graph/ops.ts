// The closed vocabulary of operations. Every pass over graphs (shapes, gradients, ONNX lowering) is a table keyed by
// `OpName`, so an operation added here does not compile until each of them knows it.

import type { DType, Shape } from './types.ts';

/** Zero padding of the two spatial axes: top, left, bottom, right. */
export type Padding = readonly [number, number, number, number];

export interface ConvAttrs {
  readonly stride: number;
  readonly padding: Padding;
}

export type TypedData = Float32Array | Int8Array | Int32Array | BigInt64Array | Uint8Array | Uint16Array;

export type NoAttributes = Record<never, never>;

/** The attributes of each operation. */
export interface OpAttrs {
  // Sources.
  input: { readonly name: string; readonly dtype: DType; readonly shape: Shape };
  constant: { readonly data: TypedData; readonly dtype: DType; readonly shape: Shape };
  /** A constant whose bytes stay in a file, from byte `start` on: ONNX Runtime maps them, so that nothing holds them twice. */
  stored: { readonly path: string; readonly start: number; readonly dtype: DType; readonly shape: Shape };
  // Elementwise, one input.
  neg: NoAttributes;
  exp: NoAttributes;
  log: NoAttributes;
  sqrt: NoAttributes;
  reciprocal: NoAttributes;
  abs: NoAttributes;
  sign: NoAttributes;
  sin: NoAttributes;
  cos: NoAttributes;
  tanh: NoAttributes;
  sigmoid: NoAttributes;
  erf: NoAttributes;
  relu: NoAttributes;
  /** `x · σ(alpha · x)`: SiLU at 1, CLIP's quick GELU at 1.702. */
  swish: { readonly alpha: number };
  /** `x · Φ(x)`, exact. */
  gelu: NoAttributes;
  /** `late`: made right before its use, whatever else that needs, since its result is larger than what it is made of. */
  cast: { readonly to: DType; readonly late?: boolean };
  /** The same value; no gradient passes. */
  stopGradient: NoAttributes;
  /** The same value; with gradient checkpointing, what lies between two of these is computed again in the backward pass. */
  checkpoint: NoAttributes;
  // Elementwise with broadcasting.
  add: NoAttributes;
  sub: NoAttributes;
  mul: NoAttributes;
  div: NoAttributes;
  maximum: NoAttributes;
  minimum: NoAttributes;
  greater: NoAttributes;
  equal: NoAttributes;
  where: NoAttributes;
  // Reductions over `axes`, which stay as 1 where `keepDims`.
  reduceSum: { readonly axes: readonly number[]; readonly keepDims: boolean };
  reduceMean: { readonly axes: readonly number[]; readonly keepDims: boolean };
  reduceMax: { readonly axes: readonly number[]; readonly keepDims: boolean };
  // Movement.
  reshape: { readonly shape: Shape };
  transpose: { readonly perm: readonly number[] };
  expand: { readonly shape: Shape };
  slice: { readonly axis: number; readonly start: number; readonly end: number };
  /** Zeros before and after, along one axis. */
  pad: { readonly axis: number; readonly before: number; readonly after: number };
  concat: { readonly axis: number };
  split: { readonly axis: number; readonly sizes: readonly number[] };
  /** Rows of a table [V, D] by ids. */
  gather: NoAttributes;
  /** Adds rows [.., D] into zeros [rows, D] at ids: the gradient of gather. */
  scatterAdd: { readonly rows: number };
  // Contractions.
  /** `alpha · op(a) · op(b)` over the last two axes, batch axes broadcast. */
  matmul: { readonly transA: boolean; readonly transB: boolean; readonly alpha: number };
  /** `x · q · scale + bias` of rows [..., I], a matrix int8 [I, O] and [O]; where it is faster, all rows are rounded to 8 bits too. */
  quantizedMatmul: NoAttributes;
  conv2d: ConvAttrs;
  conv2dInputGrad: ConvAttrs & { readonly inputShape: Shape };
  conv2dWeightGrad: ConvAttrs & { readonly kernelShape: Shape };
  /** Each pixel of [N, C, H, W] twice along both axes. */
  upsample2x: NoAttributes;
  /** The sum of each 2×2 block of [N, C, H, W]: the gradient of upsample2x. */
  sumPool2x: NoAttributes;
  // Normalisation and attention.
  softmax: NoAttributes;
  /** Outputs: y, mean, 1/σ, over the last axis. */
  layerNorm: { readonly eps: number };
  /** Outputs: y, and the normalised x before scale and bias. */
  groupNorm: { readonly groups: number; readonly eps: number };
  /** Outputs: attention [B, h, d, T] and probabilities [B, h, T, S]. */
  attention: { readonly scale: number; readonly masked: boolean };
}

export type OpName = keyof OpAttrs;
