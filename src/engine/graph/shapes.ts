// Shape rules: what each operation accepts and what type it gives. Errors name the operation and both shapes.

import type { ConvAttrs, OpAttrs, OpName } from './ops.ts';
import {
  broadcastShapes,
  type DType,
  formatType,
  type Shape,
  sameShape,
  shapeError,
  sizeOf,
  type TensorType,
} from './types.ts';

type Types = readonly TensorType[];
type ShapeRule<K extends OpName> = (inputs: Types, attrs: OpAttrs[K]) => TensorType[];

const unary = ([x]: Types): TensorType[] => [{ dtype: x!.dtype, shape: x!.shape }];

function binary(op: OpName, result?: DType) {
  return ([a, b]: Types): TensorType[] => {
    if (a!.dtype !== b!.dtype)
      throw shapeError(op, 'two tensors of one type', `${formatType(a!)} and ${formatType(b!)}`);
    return [{ dtype: result ?? a!.dtype, shape: broadcastShapes(a!.shape, b!.shape, op) }];
  };
}

function reduction(op: OpName) {
  return ([x]: Types, { axes, keepDims }: { axes: readonly number[]; keepDims: boolean }): TensorType[] => {
    const bad = axes.find((axis) => axis < 0 || axis >= x!.shape.length);
    if (bad !== undefined) throw shapeError(op, `axes below ${x!.shape.length}`, `${bad}`);
    const shape = keepDims
      ? x!.shape.map((n, i) => (axes.includes(i) ? 1 : n))
      : x!.shape.filter((_, i) => !axes.includes(i));
    return [{ dtype: x!.dtype, shape }];
  };
}

function matmulShape([a, b]: Types, { transA, transB }: OpAttrs['matmul']): TensorType[] {
  const received = `${formatType(a!)}${transA ? 'ᵀ' : ''} and ${formatType(b!)}${transB ? 'ᵀ' : ''}`;
  if (a!.shape.length < 2 || b!.shape.length < 2) throw shapeError('matmul', 'two tensors of rank 2 or more', received);
  const [m, k] = lastTwo(a!.shape, transA);
  const [k2, n] = lastTwo(b!.shape, transB);
  if (k !== k2) throw shapeError('matmul', 'equal inner sizes', received);
  return [
    { dtype: a!.dtype, shape: [...broadcastShapes(a!.shape.slice(0, -2), b!.shape.slice(0, -2), 'matmul'), m, n] },
  ];
}

function quantizedMatmulShape([x, matrix, scale, bias]: Types): TensorType[] {
  const [inner, outer] = matrix!.shape;
  const fits = matrix!.dtype === 'int8' && matrix!.shape.length === 2 && x!.shape.at(-1) === inner;
  if (!fits || [scale!, ...(bias ? [bias] : [])].some(({ shape }) => !sameShape(shape, [outer!])))
    throw shapeError(
      'quantizedMatmul',
      'rows [..., I], a matrix int8[I, O], a scale and a bias [O]',
      [x!, matrix!, scale!, ...(bias ? [bias] : [])].map(formatType).join(', '),
    );
  return [{ dtype: x!.dtype, shape: [...x!.shape.slice(0, -1), outer!] }];
}

function lastTwo(shape: Shape, transposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}

/** The size of a convolution's output along one axis: `⌊(n + before + after − k) / stride⌋ + 1`. */
function convSize(n: number, kernel: number, stride: number, padding: number): number {
  return Math.floor((n + padding - kernel) / stride) + 1;
}

function convShape([x, w, b]: Types, { stride, padding }: ConvAttrs): TensorType[] {
  const [n, c, height, width] = x!.shape;
  const [o, i, kh, kw] = w!.shape;
  if (x!.shape.length !== 4 || w!.shape.length !== 4 || c !== i)
    throw shapeError(
      'conv2d',
      `image [N, I, H, W] and kernel [O, I, kh, kw] of equal I`,
      `${formatType(x!)} and ${formatType(w!)}`,
    );
  if (b && !sameShape(b.shape, [o!])) throw shapeError('conv2d', `bias [${o}]`, formatType(b));
  const out = [
    convSize(height!, kh!, stride, padding[0] + padding[2]),
    convSize(width!, kw!, stride, padding[1] + padding[3]),
  ];
  if (out.some((size) => size < 1))
    throw shapeError('conv2d', `a kernel that fits into the padded image`, `${formatType(x!)} and ${formatType(w!)}`);
  return [{ dtype: x!.dtype, shape: [n!, o!, ...out] }];
}

function reshapeShape([x]: Types, { shape }: { shape: Shape }): TensorType[] {
  if (sizeOf(x!.shape) !== sizeOf(shape))
    throw shapeError('reshape', `${sizeOf(x!.shape)} elements as in ${formatType(x!)}`, `[${shape.join(', ')}]`);
  return [{ dtype: x!.dtype, shape }];
}

function sliceShape([x]: Types, { axis, start, end }: OpAttrs['slice']): TensorType[] {
  const size = x!.shape[axis] ?? -1;
  if (start < 0 || end > size || start >= end)
    throw shapeError('slice', `a range within axis ${axis} of ${formatType(x!)}`, `${start}..${end}`);
  return [{ dtype: x!.dtype, shape: x!.shape.with(axis, end - start) }];
}

function concatShape(inputs: Types, { axis }: OpAttrs['concat']): TensorType[] {
  const first = inputs[0]!;
  for (const other of inputs) {
    if (!sameShape(other.shape.with(axis, 0), first.shape.with(axis, 0)) || other.dtype !== first.dtype)
      throw shapeError('concat', `tensors equal but for axis ${axis}`, inputs.map(formatType).join(', '));
  }
  return [
    {
      dtype: first.dtype,
      shape: first.shape.with(
        axis,
        inputs.reduce((sum, { shape }) => sum + shape[axis]!, 0),
      ),
    },
  ];
}

function splitShape([x]: Types, { axis, sizes }: OpAttrs['split']): TensorType[] {
  const total = sizes.reduce((sum, n) => sum + n, 0);
  if (total !== x!.shape[axis]) throw shapeError('split', `sizes that add up to ${x!.shape[axis]}`, `${total}`);
  return sizes.map((size) => ({ dtype: x!.dtype, shape: x!.shape.with(axis, size) }));
}

function gatherShape([table, ids]: Types): TensorType[] {
  if (table!.shape.length !== 2 || (ids!.dtype !== 'int64' && ids!.dtype !== 'int32'))
    throw shapeError('gather', 'a table [V, D] and whole-number ids', `${formatType(table!)} and ${formatType(ids!)}`);
  return [{ dtype: table!.dtype, shape: [...ids!.shape, table!.shape[1]!] }];
}

function layerNormShape([x, scale, bias]: Types): TensorType[] {
  const width = x!.shape.at(-1)!;
  if (!sameShape(scale!.shape, [width]) || !sameShape(bias!.shape, [width]))
    throw shapeError('layerNorm', `scale and bias [${width}]`, `${formatType(scale!)} and ${formatType(bias!)}`);
  const statistics = { dtype: x!.dtype, shape: [...x!.shape.slice(0, -1), 1] };
  return [{ dtype: x!.dtype, shape: x!.shape }, statistics, statistics];
}

function resizeShape(op: OpName, factor: number) {
  return ([x]: Types): TensorType[] => {
    const [n, c, h, w] = x!.shape as [number, number, number, number];
    const size = [h * factor, w * factor];
    if (x!.shape.length !== 4 || !size.every(Number.isInteger))
      throw shapeError(op, '[N, C, H, W] with even sides', formatType(x!));
    return [{ dtype: x!.dtype, shape: [n, c, ...size] }];
  };
}

function groupNormShape([x, scale, bias]: Types, { groups }: OpAttrs['groupNorm']): TensorType[] {
  const channels = x!.shape[1] ?? 0;
  if (x!.shape.length !== 4 || channels % groups !== 0)
    throw shapeError('groupNorm', `[N, C, H, W] with C a multiple of ${groups} groups`, formatType(x!));
  if (!sameShape(scale!.shape, [channels]) || !sameShape(bias!.shape, [channels]))
    throw shapeError('groupNorm', `scale and bias [${channels}]`, `${formatType(scale!)} and ${formatType(bias!)}`);
  return [...unary([x!]), ...unary([x!])];
}

function attentionShape([q, k, v, mask]: Types, { masked }: OpAttrs['attention']): TensorType[] {
  const [batch, heads, width, queries] = q!.shape;
  const keys = k!.shape[3]!;
  const received = [q!, k!, v!].map(formatType).join(', ');
  if (!sameShape(k!.shape, [batch!, heads!, width!, keys]) || !sameShape(v!.shape.with(2, 0), k!.shape.with(2, 0)))
    throw shapeError('attention', 'q [B, h, d, T], k and v [B, h, d, S]', received);
  if (masked) broadcastShapes(mask!.shape, [batch!, heads!, queries!, keys], 'attention mask');
  return [
    { dtype: q!.dtype, shape: [batch!, heads!, v!.shape[2]!, queries!] },
    { dtype: q!.dtype, shape: [batch!, heads!, queries!, keys] },
  ];
}

export const shapeRules: { [K in OpName]: ShapeRule<K> } = {
  input: (_, { dtype, shape }) => [{ dtype, shape }],
  constant: (_, { dtype, shape, data }) => {
    if (data.length !== sizeOf(shape))
      throw shapeError('constant', `${sizeOf(shape)} elements for [${shape.join(', ')}]`, `${data.length}`);
    return [{ dtype, shape }];
  },
  stored: (_, { dtype, shape }) => [{ dtype, shape }],
  neg: unary,
  exp: unary,
  log: unary,
  sqrt: unary,
  reciprocal: unary,
  abs: unary,
  sign: unary,
  sin: unary,
  cos: unary,
  tanh: unary,
  sigmoid: unary,
  erf: unary,
  relu: unary,
  swish: unary,
  gelu: unary,
  cast: ([x], { to }) => [{ dtype: to, shape: x!.shape }],
  stopGradient: unary,
  checkpoint: unary,
  add: binary('add'),
  sub: binary('sub'),
  mul: binary('mul'),
  div: binary('div'),
  maximum: binary('maximum'),
  minimum: binary('minimum'),
  greater: binary('greater', 'bool'),
  equal: binary('equal', 'bool'),
  where: ([condition, a, b]) => {
    if (condition!.dtype !== 'bool') throw shapeError('where', 'a bool condition', formatType(condition!));
    const [value] = binary('where')([a!, b!]);
    return [{ dtype: value!.dtype, shape: broadcastShapes(condition!.shape, value!.shape, 'where') }];
  },
  reduceSum: reduction('reduceSum'),
  reduceMean: reduction('reduceMean'),
  reduceMax: reduction('reduceMax'),
  reshape: reshapeShape,
  transpose: ([x], { perm }) => {
    if (
      !sameShape(
        [...perm].sort((a, b) => a - b),
        x!.shape.map((_, i) => i),
      )
    )
      throw shapeError('transpose', `an order of ${x!.shape.length} axes`, `[${perm.join(', ')}]`);
    return [{ dtype: x!.dtype, shape: perm.map((axis) => x!.shape[axis]!) }];
  },
  expand: ([x], { shape }) => {
    if (!sameShape(broadcastShapes(x!.shape, shape, 'expand'), shape))
      throw shapeError('expand', `a shape that ${formatType(x!)} broadcasts to`, `[${shape.join(', ')}]`);
    return [{ dtype: x!.dtype, shape }];
  },
  slice: sliceShape,
  pad: ([x], { axis, before, after }) => {
    if (before < 0 || after < 0) throw shapeError('pad', 'numbers of zeros from 0', `${before} and ${after}`);
    return [{ dtype: x!.dtype, shape: x!.shape.with(axis, x!.shape[axis]! + before + after) }];
  },
  concat: concatShape,
  split: splitShape,
  gather: gatherShape,
  scatterAdd: ([ids, updates], { rows }) => {
    if (!sameShape(updates!.shape.slice(0, -1), ids!.shape))
      throw shapeError('scatterAdd', 'a row for each id', `${formatType(ids!)} and ${formatType(updates!)}`);
    return [{ dtype: updates!.dtype, shape: [rows, updates!.shape.at(-1)!] }];
  },
  matmul: matmulShape,
  quantizedMatmul: quantizedMatmulShape,
  conv2d: convShape,
  conv2dInputGrad: ([dy], { inputShape }) => [{ dtype: dy!.dtype, shape: inputShape }],
  conv2dWeightGrad: ([x], { kernelShape }) => [{ dtype: x!.dtype, shape: kernelShape }],
  upsample2x: resizeShape('upsample2x', 2),
  sumPool2x: resizeShape('sumPool2x', 0.5),
  softmax: unary,
  layerNorm: layerNormShape,
  groupNorm: groupNormShape,
  attention: attentionShape,
};
