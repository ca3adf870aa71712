// The functions that models and losses are written in: thin, typed names over the operations. Numbers become constants.

import type { Padding, TypedData } from './ops.ts';
import { apply, applyAll, type Tensor } from './tensor.ts';
import { broadcastShapes, type DType, normalizeAxis, type Shape, sameShape, sizeOf } from './types.ts';

/** A tensor, or a number that becomes a scalar of the other operand's type. */
export type Operand = Tensor | number;

const ARRAYS = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int32: Int32Array,
  bool: Uint8Array,
} as const;

/** A constant tensor. Its data must not change afterwards. */
export function constant(data: TypedData | readonly number[], shape: Shape, dtype: DType = 'float32'): Tensor {
  if (!Array.isArray(data)) return apply('constant', [], { data: data as TypedData, shape, dtype });
  const typed = dtype === 'int64' ? BigInt64Array.from(data, BigInt) : ARRAYS[dtype].from(data);
  return apply('constant', [], { data: typed, shape, dtype });
}

/** A constant that stays in the file of an absolute path, from byte `start` on, little-endian and row-major. */
export function stored(path: string, start: number, shape: Shape, dtype: DType): Tensor {
  return apply('stored', [], { path, start, dtype, shape });
}

export function scalar(value: number, dtype: DType = 'float32'): Tensor {
  return constant([value], [], dtype);
}

export function zeros(shape: Shape): Tensor {
  return expand(scalar(0), shape);
}

type Binary = 'add' | 'sub' | 'mul' | 'div' | 'maximum' | 'minimum' | 'greater' | 'equal';

function binary(op: Binary) {
  return (a: Operand, b: Operand): Tensor => {
    const dtype = typeof a === 'object' ? a.dtype : typeof b === 'object' ? b.dtype : 'float32';
    const left = lift(a, dtype);
    const right = lift(b, dtype);
    return apply(op, [withoutExpand(left, right), withoutExpand(right, left)], {});
  };
}

/** An expanded operand before it was expanded, where broadcasting against the other gives the same: saves the copy. */
function withoutExpand(x: Tensor, other: Tensor): Tensor {
  if (x.node.op !== 'expand') return x;
  const before = x.node.inputs[0]!;
  const same = sameShape(
    broadcastShapes(before.shape, other.shape, 'expand'),
    broadcastShapes(x.shape, other.shape, 'expand'),
  );
  return same ? before : x;
}

function lift(x: Operand, dtype: DType): Tensor {
  return typeof x === 'number' ? scalar(x, dtype) : x;
}

export const add = binary('add');
export const sub = binary('sub');
export const mul = binary('mul');
export const div = binary('div');
export const maximum = binary('maximum');
export const minimum = binary('minimum');
/** `a > b` as bool */
export const greater = binary('greater');
/** `a = b` as bool */
export const equal = binary('equal');

type Unary =
  | 'neg'
  | 'exp'
  | 'log'
  | 'sqrt'
  | 'reciprocal'
  | 'abs'
  | 'sign'
  | 'sin'
  | 'cos'
  | 'tanh'
  | 'sigmoid'
  | 'erf'
  | 'relu'
  | 'gelu'
  | 'stopGradient'
  | 'checkpoint';

function unary(op: Unary) {
  return (x: Tensor): Tensor => apply(op, [x], {});
}

export const neg = unary('neg');
export const exp = unary('exp');
export const log = unary('log');
export const sqrt = unary('sqrt');
export const reciprocal = unary('reciprocal');
export const abs = unary('abs');
export const sign = unary('sign');
export const sin = unary('sin');
export const cos = unary('cos');
export const tanh = unary('tanh');
export const sigmoid = unary('sigmoid');
export const erf = unary('erf');
export const relu = unary('relu');
export const gelu = unary('gelu');
export const stopGradient = unary('stopGradient');
/** Marks the end of a block; see `grad`'s `recompute`. */
export const checkpoint = unary('checkpoint');

/** `x · σ(x)` */
export function silu(x: Tensor): Tensor {
  return apply('swish', [x], { alpha: 1 });
}

/** `x · σ(1.702 x)`, the activation of OpenAI's CLIP. */
export function quickGelu(x: Tensor): Tensor {
  return apply('swish', [x], { alpha: 1.702 });
}

export function square(x: Tensor): Tensor {
  return mul(x, x);
}

export function cast(x: Tensor, to: DType): Tensor {
  return x.dtype === to ? x : apply('cast', [x], { to });
}

/** `condition ? a : b`, elementwise. */
export function where(condition: Tensor, a: Operand, b: Operand): Tensor {
  const dtype = typeof a === 'object' ? a.dtype : typeof b === 'object' ? b.dtype : 'float32';
  return apply('where', [condition, lift(a, dtype), lift(b, dtype)], {});
}

function reduction(op: 'reduceSum' | 'reduceMean' | 'reduceMax') {
  return (x: Tensor, axes?: readonly number[], keepDims = false): Tensor => {
    const all = axes?.map((axis) => normalizeAxis(axis, x.shape.length, op)) ?? x.shape.map((_, i) => i);
    return all.length === 0 ? x : apply(op, [x], { axes: all, keepDims });
  };
}

/** The sum over `axes` (all of them where left out). */
export const sum = reduction('reduceSum');
export const mean = reduction('reduceMean');
export const max = reduction('reduceMax');

/** The same elements in another shape; one dimension may be -1. */
export function reshape(x: Tensor, shape: Shape): Tensor {
  const known = shape.reduce((product, n) => (n === -1 ? product : product * n), 1);
  const full = shape.map((n) => (n === -1 ? sizeOf(x.shape) / known : n));
  return sameShape(full, x.shape) ? x : apply('reshape', [x], { shape: full });
}

export function transpose(x: Tensor, perm: readonly number[]): Tensor {
  return perm.every((axis, i) => axis === i) ? x : apply('transpose', [x], { perm });
}

export function expand(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : apply('expand', [x], { shape });
}

/** `x[start..end)` along one axis. */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  return apply('slice', [x], { axis: normalizeAxis(axis, x.shape.length, 'slice'), start, end });
}

/** Zeros before and after along one axis. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  return before === 0 && after === 0
    ? x
    : apply('pad', [x], { axis: normalizeAxis(axis, x.shape.length, 'pad'), before, after });
}

export function concat(inputs: readonly Tensor[], axis: number): Tensor {
  return inputs.length === 1
    ? inputs[0]!
    : apply('concat', inputs, { axis: normalizeAxis(axis, inputs[0]!.shape.length, 'concat') });
}

/** Consecutive parts of the given sizes along one axis. */
export function split(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  return applyAll('split', [x], { axis: normalizeAxis(axis, x.shape.length, 'split'), sizes });
}

/** Rows of `table` [V, D] by `ids` [...]: [..., D]. */
export function gather(table: Tensor, ids: Tensor): Tensor {
  return apply('gather', [table, ids], {});
}

export interface MatmulOptions {
  readonly transA?: boolean;
  readonly transB?: boolean;
  /** A factor of the product, free of cost. */
  readonly alpha?: number;
}

/** `alpha · op(a) · op(b)` over the last two axes; batch axes broadcast. */
export function matmul(
  a: Tensor,
  b: Tensor,
  { transA = false, transB = false, alpha = 1 }: MatmulOptions = {},
): Tensor {
  return apply('matmul', [a, b], { transA, transB, alpha });
}

/**
 * `x · q · scale + bias`: the matrix product with a matrix of whole numbers, for frozen weights. On the CPU the rows are rounded
 * to 8 bits as well, between the least and the largest number of all of them (`DynamicQuantizeMatMul` of ONNX Runtime).
 *
 * @param x [..., I]
 * @param matrix int8 [I, O]
 * @param scale of each output, [O]
 * @param bias [O]
 * @returns [..., O]
 */
export function quantizedMatmul(x: Tensor, matrix: Tensor, scale: Tensor, bias?: Tensor): Tensor {
  return apply('quantizedMatmul', bias ? [x, matrix, scale, bias] : [x, matrix, scale], {});
}

export interface ConvOptions {
  readonly stride?: number;
  /** One number for all sides, or top, left, bottom, right. */
  readonly padding?: number | Padding;
}

/** Cross-correlation of `x` [N, I, H, W] with `kernel` [O, I, kh, kw], plus `bias` [O]. */
export function conv2d(
  x: Tensor,
  kernel: Tensor,
  bias: Tensor | undefined,
  { stride = 1, padding = 0 }: ConvOptions = {},
): Tensor {
  const sides: Padding = typeof padding === 'number' ? [padding, padding, padding, padding] : padding;
  return apply('conv2d', bias ? [x, kernel, bias] : [x, kernel], { stride, padding: sides });
}

/** `softmax` over the last axis. */
export function softmax(x: Tensor): Tensor {
  return apply('softmax', [x], {});
}

/** `log Σ exp(x)` over the last axis, which is dropped; the maximum is taken out first. */
export function logSumExp(x: Tensor): Tensor {
  const top = stopGradient(max(x, [-1], true));
  return add(log(sum(exp(sub(x, top)), [-1])), reshape(top, x.shape.slice(0, -1)));
}

/** `(x − μ)/√(σ² + eps) · scale + bias` over the last axis (Ba et al., 2016). */
export function layerNorm(x: Tensor, scale: Tensor, bias: Tensor, eps: number): Tensor {
  return apply('layerNorm', [x, scale, bias], { eps });
}

/** Normalisation of [N, C, H, W] over groups of channels (Wu & He, 2018); scale and bias [C]. */
export function groupNorm(x: Tensor, scale: Tensor, bias: Tensor, groups: number, eps: number): Tensor {
  return apply('groupNorm', [x, scale, bias], { groups, eps });
}

/**
 * `v · softmax(scale · qᵀk + mask)ᵀ`: attention with channels before tokens, so that no transpose is needed.
 *
 * @param q [B, h, d, T]
 * @param k [B, h, d, S]
 * @param v [B, h, d, S]
 * @param mask added to the scores [B, h, T, S]; broadcasts
 * @returns [B, h, d, T]
 */
export function attention(q: Tensor, k: Tensor, v: Tensor, scale: number, mask?: Tensor): Tensor {
  return apply('attention', mask ? [q, k, v, mask] : [q, k, v], { scale, masked: mask !== undefined });
}

/** Each pixel of [N, C, H, W] twice along both axes: [N, C, 2H, 2W]. */
export function upsampleNearest2x(x: Tensor): Tensor {
  return apply('upsample2x', [x], {});
}
