// Lowering rules: the ONNX nodes of each operation. Where ONNX Runtime has a fused operation, it is used.

import type { OpAttrs, OpName } from '../graph/ops.ts';
import type { DType, Shape, TensorType } from '../graph/types.ts';
import { lowerConv, lowerConvInputGrad, lowerConvWeightGrad } from './convolution.ts';
import { ELEMENT_TYPES, type Emitter } from './emitter.ts';
import { storedLocation } from './stored.ts';

/** What a lowering rule sees: names and types of the inputs, types of the outputs, attributes. */
export interface LoweringContext<K extends OpName> {
  readonly emitter: Emitter;
  readonly names: readonly string[];
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
  /** Whether anything takes each output. */
  readonly used: readonly boolean[];
  readonly attrs: OpAttrs[K];
}

/** Emits nodes and returns the name of each output. */
type Lowering<K extends OpName> = (context: LoweringContext<K>) => string[];

/** An operation that ONNX has under another name, with nothing to convert. */
function direct(opType: string) {
  return ({ emitter, names }: LoweringContext<OpName>): string[] => [emitter.emit(opType, names)];
}

function reduction(opType: string) {
  return ({ emitter, names, attrs }: LoweringContext<'reduceSum' | 'reduceMean' | 'reduceMax'>): string[] => [
    emitter.emit(opType, [names[0]!, emitter.integers(attrs.axes)], { keepdims: attrs.keepDims ? 1 : 0 }),
  ];
}

export interface MatmulLowering {
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly alpha?: number;
  /** How many axes the operands have. */
  readonly ranks?: readonly [number, number];
  readonly dtype?: DType;
}

export function emitMatmul(emitter: Emitter, a: string, b: string, options: MatmulLowering): string {
  const { transA = false, transB = false, alpha = 1, ranks = [3, 3], dtype = 'float32' } = options;
  if (!transA && !transB && alpha === 1) return emitter.emit('MatMul', [a, b]);
  const attributes = { transA: transA ? 1 : 0, transB: transB ? 1 : 0, alpha: { float: alpha } };
  if (emitter.dialect === 'full') return emitter.emit('FusedMatMul', [a, b], attributes);
  if (ranks[0] === 2 && ranks[1] === 2) return emitter.emit('Gemm', [a, b], attributes);
  const scaled = alpha === 1 ? a : emitter.emit('Mul', [a, emitter.float(alpha, dtype)]);
  return emitter.emit('MatMul', [
    transA ? emitSwap(emitter, scaled, ranks[0]) : scaled,
    transB ? emitSwap(emitter, b, ranks[1]) : b,
  ]);
}

/** One node that rounds the rows, multiplies whole numbers and scales; where there is none, the product with the scaled matrix. */
function lowerQuantizedMatmul({ emitter, names }: LoweringContext<'quantizedMatmul'>): string[] {
  const [x, matrix, scale, bias] = names;
  if (emitter.dialect === 'full')
    return [emitter.emit('DynamicQuantizeMatMul', [x!, matrix!, scale!, ...(bias ? ['', bias] : [])])];
  const real = emitter.emit('Cast', [matrix!], { to: emitter.elementType('float32') });
  const y = emitter.emit('MatMul', [x!, emitter.emit('Mul', [real, scale!])]);
  return [bias ? emitter.emit('Add', [y, bias]) : y];
}

/** The transpose of the last two axes. */
function emitSwap(emitter: Emitter, x: string, rank: number): string {
  const outer = Array.from({ length: rank - 2 }, (_, i) => i);
  return emitter.emit('Transpose', [x], { perm: [...outer, rank - 1, rank - 2] });
}

function emitReshape(emitter: Emitter, x: string, shape: Shape): string {
  return emitter.emit('Reshape', [x, emitter.integers(shape)]);
}

/** InstanceNormalization over a [N, groups, …] view is the fastest normalisation over groups that ONNX Runtime has. */
function lowerGroupNorm({
  emitter,
  names: [x, scale, bias],
  inputs,
  attrs: { groups, eps },
}: LoweringContext<'groupNorm'>): string[] {
  const shape = inputs[0]!.shape;
  const channels = shape[1]!;
  const grouped = emitReshape(emitter, x!, [shape[0]!, groups, -1]);
  const ones = emitter.constant(new Float32Array(groups).fill(1), [groups], 'float32');
  const none = emitter.constant(new Float32Array(groups), [groups], 'float32');
  const normal = emitReshape(
    emitter,
    emitter.emit('InstanceNormalization', [grouped, ones, none], { epsilon: { float: eps } }),
    shape,
  );
  const perChannel = (name: string) => emitReshape(emitter, name, [channels, 1, 1]);
  return [emitter.emit('Add', [emitter.emit('Mul', [normal, perChannel(scale!)]), perChannel(bias!)]), normal];
}

function lowerAttention(context: LoweringContext<'attention'>): string[] {
  const {
    emitter,
    names: [q, k, v, mask],
    inputs,
    attrs: { scale, masked },
  } = context;
  if (isFusable(context)) return fuseAttention(context);
  const ranks = [4, 4] as const;
  const { dtype } = inputs[0]!;
  const scores = emitMatmul(emitter, q!, k!, { transA: true, alpha: scale, ranks, dtype });
  const probabilities = emitter.emit('Softmax', [masked ? emitter.emit('Add', [scores, mask!]) : scores], { axis: -1 });
  return [emitMatmul(emitter, v!, probabilities, { transB: true, ranks }), probabilities];
}

/** From this many scores a head on, one node without them is faster than three with them. */
const FUSED_SCORES = 2 ** 18;

/** Whether one MultiHeadAttention node does it: no mask, and nobody asks for the probabilities, as a gradient would. */
function isFusable({ emitter, inputs: [q, k], used, attrs: { masked } }: LoweringContext<'attention'>): boolean {
  return emitter.dialect === 'full' && !masked && !used[1] && q!.shape[3]! * k!.shape[3]! >= FUSED_SCORES;
}

/** Attention by blocks of scores that stay in the cache (Dao et al., 2022): the [T, S] matrix is never in memory. */
function fuseAttention({ emitter, names, inputs: [q, , v], attrs: { scale } }: LoweringContext<'attention'>): string[] {
  const [batch, heads, , tokens] = q!.shape as [number, number, number, number];
  const tokensFirst = (name: string) =>
    emitReshape(emitter, emitter.emit('Transpose', [name], { perm: [0, 3, 1, 2] }), [0, 0, -1]); // [B, T, h·d]
  const y = emitter.emit('MultiHeadAttention', names.map(tokensFirst), {
    num_heads: heads,
    scale: { float: scale },
  });
  const split = emitReshape(emitter, y, [batch, tokens, heads, v!.shape[2]!]);
  return [emitter.emit('Transpose', [split], { perm: [0, 2, 3, 1] }), ''];
}

/** These attributes choose ONNX Runtime's own kernel for doubling. */
function lowerUpsample({ emitter, names }: LoweringContext<'upsample2x'>): string[] {
  const scales = emitter.constant(Float32Array.of(1, 1, 2, 2), [4], 'float32');
  const attributes = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' };
  return [emitter.emit('Resize', [names[0]!, '', scales], attributes)];
}

/** Zeros first, then rows added at their ids. */
function lowerScatterAdd({ emitter, names: [ids, updates], inputs, outputs }: LoweringContext<'scatterAdd'>): string[] {
  const table = emitter.emit('Expand', [emitter.float(0), emitter.integers(outputs[0]!.shape)]);
  const column = emitReshape(emitter, ids!, [...inputs[0]!.shape, 1]);
  const isWide = emitter.elementType(inputs[0]!.dtype) === ELEMENT_TYPES.int64;
  const index = isWide ? column : emitter.emit('Cast', [column], { to: ELEMENT_TYPES.int64 });
  return [emitter.emit('ScatterND', [table, index, updates!], { reduction: 'add' })];
}

/** Split's WebGPU kernel writes all parts at once, and a shader has about ten buffers: there, a Slice for each part. */
function lowerSplit({ emitter, names: [x], attrs: { axis, sizes } }: LoweringContext<'split'>): string[] {
  if (emitter.dialect === 'full')
    return emitter.emitAll('Split', [x!, emitter.integers(sizes)], { axis }, sizes.length);
  let start = 0;
  return sizes.map((size) => {
    const bounds = [[start], [start + size], [axis]].map((list) => emitter.integers(list));
    start += size;
    return emitter.emit('Slice', [x!, ...bounds]);
  });
}

/** `[x > 0] − [0 > x]` where there is no Sign. */
function lowerSign({ emitter, names: [x], inputs }: LoweringContext<'sign'>): string[] {
  if (emitter.dialect === 'full') return [emitter.emit('Sign', [x!])];
  const greater = (a: string, b: string) =>
    emitter.emit('Cast', [emitter.emit('Greater', [a, b])], { to: emitter.elementType(inputs[0]!.dtype) });
  const zero = emitter.float(0, inputs[0]!.dtype);
  return [emitter.emit('Sub', [greater(x!, zero), greater(zero, x!)])];
}

export const loweringRules: { [K in OpName]: Lowering<K> } = {
  input: ({ attrs }) => [attrs.name],
  constant: ({ emitter, attrs }) => [emitter.constant(attrs.data, attrs.shape, attrs.dtype)],
  stored: ({ emitter, attrs: { path, start, shape, dtype } }) => [
    emitter.stored(storedLocation(path), start, shape, dtype),
  ],
  neg: direct('Neg'),
  exp: direct('Exp'),
  log: direct('Log'),
  sqrt: direct('Sqrt'),
  reciprocal: direct('Reciprocal'),
  abs: direct('Abs'),
  sign: lowerSign,
  sin: direct('Sin'),
  cos: direct('Cos'),
  tanh: direct('Tanh'),
  sigmoid: direct('Sigmoid'),
  erf: direct('Erf'),
  relu: direct('Relu'),
  swish: ({ emitter, names, attrs }) => [emitter.emit('QuickGelu', names, { alpha: { float: attrs.alpha } })],
  gelu: direct('Gelu'),
  cast: ({ emitter, names, attrs }) => [emitter.emit('Cast', names, { to: emitter.elementType(attrs.to) })],
  stopGradient: ({ names }) => [names[0]!],
  checkpoint: ({ names }) => [names[0]!],
  add: direct('Add'),
  sub: direct('Sub'),
  mul: direct('Mul'),
  div: direct('Div'),
  maximum: direct('Max'),
  minimum: direct('Min'),
  greater: direct('Greater'),
  equal: direct('Equal'),
  where: direct('Where'),
  reduceSum: reduction('ReduceSum'),
  reduceMean: reduction('ReduceMean'),
  reduceMax: reduction('ReduceMax'),
  reshape: ({ emitter, names, attrs }) => [emitReshape(emitter, names[0]!, attrs.shape)],
  transpose: ({ emitter, names, attrs }) => [emitter.emit('Transpose', names, { perm: attrs.perm })],
  expand: ({ emitter, names, attrs }) => [emitter.emit('Expand', [names[0]!, emitter.integers(attrs.shape)])],
  slice: ({ emitter, names, attrs }) => [
    emitter.emit('Slice', [
      names[0]!,
      emitter.integers([attrs.start]),
      emitter.integers([attrs.end]),
      emitter.integers([attrs.axis]),
    ]),
  ],
  pad: ({ emitter, names, inputs, attrs: { axis, before, after } }) => {
    const none = inputs[0]!.shape.map(() => 0);
    return [emitter.pad(names[0]!, none.with(axis, before), none.with(axis, after))];
  },
  concat: ({ emitter, names, attrs }) => [emitter.emit('Concat', names, { axis: attrs.axis })],
  split: lowerSplit,
  gather: ({ emitter, names }) => [emitter.emit('Gather', names, { axis: 0 })],
  scatterAdd: lowerScatterAdd,
  matmul: ({ emitter, names, inputs, attrs }) => [
    emitMatmul(emitter, names[0]!, names[1]!, {
      ...attrs,
      ranks: [inputs[0]!.shape.length, inputs[1]!.shape.length],
      dtype: inputs[0]!.dtype,
    }),
  ],
  quantizedMatmul: lowerQuantizedMatmul,
  conv2d: lowerConv,
  conv2dInputGrad: lowerConvInputGrad,
  conv2dWeightGrad: lowerConvWeightGrad,
  upsample2x: lowerUpsample,
  sumPool2x: ({ emitter, names, inputs }) => [
    emitter.emit('Mul', [
      emitter.emit('AveragePool', names, { kernel_shape: [2, 2], strides: [2, 2] }),
      emitter.float(4, inputs[0]!.dtype),
    ]),
  ],
  softmax: ({ emitter, names }) => [emitter.emit('Softmax', names, { axis: -1 })],
  layerNorm: ({ emitter, names, attrs }) =>
    emitter.emitAll('LayerNormalization', names, { axis: -1, epsilon: { float: attrs.eps } }, 3),
  groupNorm: lowerGroupNorm,
  attention: lowerAttention,
};
