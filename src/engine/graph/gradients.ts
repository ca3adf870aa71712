// Gradient rules: from the gradients of an operation's outputs to those of its inputs, in terms of graph functions.
// A rule may build more than is wanted: what no output reaches never becomes part of a graph.

import {
  add,
  cast,
  concat,
  cos,
  div,
  equal,
  exp,
  expand,
  gather,
  greater,
  matmul,
  mul,
  neg,
  pad,
  reshape,
  scalar,
  sigmoid,
  sign,
  sin,
  slice,
  sqrt,
  square,
  sub,
  sum,
  transpose,
  where,
  zeros,
} from './functions.ts';
import type { OpAttrs, OpName } from './ops.ts';
import { apply, type Node, outputsOf, type Tensor } from './tensor.ts';
import { type DType, type Shape, sameShape, sizeOf } from './types.ts';

/** What a rule sees: the node's inputs, outputs and attributes, and the gradient of each output where there is one. */
interface Context<K extends OpName> {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
  readonly attrs: OpAttrs[K];
  readonly gradients: readonly (Tensor | undefined)[];
}

type Gradients = (Tensor | undefined)[];
export type GradientRule<K extends OpName> = (context: Context<K>) => Gradients;

/** The rule of an operation with one input and one output: `f(g, x, y)`. */
function pointwise(rule: (g: Tensor, x: Tensor, y: Tensor) => Tensor) {
  return ({ inputs, outputs, gradients }: Context<OpName>): Gradients => [rule(gradients[0]!, inputs[0]!, outputs[0]!)];
}

/** The rule of a broadcasting operation with two inputs: `f(g, a, b, y)` gives both gradients before unbroadcasting. */
function pairwise(rule: (g: Tensor, a: Tensor, b: Tensor, y: Tensor) => [Tensor, Tensor]) {
  return ({ inputs: [a, b], outputs, gradients }: Context<OpName>): Gradients => {
    const [da, db] = rule(gradients[0]!, a!, b!, outputs[0]!);
    return [unbroadcast(da, a!.shape), unbroadcast(db, b!.shape)];
  };
}

const none = (): Gradients => [];

/** Whether a type has derivatives: whole numbers and truth values do not. */
function isReal(dtype: DType): boolean {
  return dtype === 'float32' || dtype === 'float16' || dtype === 'bfloat16';
}

/** Sums over the axes along which `shape` was broadcast. */
function unbroadcast(g: Tensor, shape: Shape): Tensor {
  if (sameShape(g.shape, shape)) return g;
  const extra = g.shape.length - shape.length;
  const axes = g.shape.flatMap((n, i) => (i < extra || (shape[i - extra] === 1 && n !== 1) ? [i] : []));
  return reshape(sum(g, axes, true), shape);
}

function onesLike(axes: readonly number[], shape: Shape): Shape {
  return shape.map((n, i) => (axes.includes(i) ? 1 : n));
}

function reductionGradient(
  { inputs: [x], attrs: { axes }, gradients }: Context<'reduceSum' | 'reduceMean'>,
  factor: number,
): Gradients {
  const kept = reshape(gradients[0]!, onesLike(axes, x!.shape));
  return [expand(factor === 1 ? kept : mul(kept, factor), x!.shape)];
}

function maxGradient({ inputs: [x], outputs: [y], attrs: { axes }, gradients }: Context<'reduceMax'>): Gradients {
  const kept = onesLike(axes, x!.shape);
  const hit = cast(equal(x!, reshape(y!, kept)), x!.dtype);
  return [mul(hit, div(reshape(gradients[0]!, kept), sum(hit, axes, true)))];
}

function matmulGradient({ inputs: [a, b], attrs: { transA, transB, alpha }, gradients }: Context<'matmul'>): Gradients {
  const g = gradients[0]!;
  const da = transA
    ? matmul(b!, g, { transA: transB, transB: true, alpha })
    : matmul(g, b!, { transB: !transB, alpha });
  return [unbroadcast(da, a!.shape), matmulRightGradient(a!, b!, g, transA, transB, alpha)];
}

function matmulRightGradient(a: Tensor, b: Tensor, g: Tensor, transA: boolean, transB: boolean, alpha: number): Tensor {
  // One weight matrix for a batch of rows: all rows as one matrix, so that the sum over the batch is inside the product.
  const flatten = b.shape.length === 2 && a.shape.length > 2 && !transA;
  const rows = flatten ? reshape(a, [-1, a.shape.at(-1)!]) : a;
  const gradient = flatten ? reshape(g, [-1, g.shape.at(-1)!]) : g;
  const db = transB
    ? matmul(gradient, rows, { transA: true, transB: transA, alpha })
    : matmul(rows, gradient, { transA: !transA, alpha });
  return unbroadcast(db, b.shape);
}

/** As if nothing had been rounded; the matrix itself has no gradient. */
function quantizedMatmulGradient({
  inputs: [x, matrix, scale, bias],
  gradients,
}: Context<'quantizedMatmul'>): Gradients {
  const g = gradients[0]!;
  const real = cast(matrix!, x!.dtype);
  const ofScale = unbroadcast(mul(g, matmul(x!, real)), scale!.shape);
  return [matmul(g, mul(real, scale!), { transB: true }), undefined, ofScale, bias && unbroadcast(g, bias.shape)];
}

function convGradient({ inputs: [x, w], attrs, gradients }: Context<'conv2d'>): Gradients {
  const g = gradients[0]!;
  return [
    apply('conv2dInputGrad', [g, w!], { ...attrs, inputShape: x!.shape }),
    apply('conv2dWeightGrad', [x!, g], { ...attrs, kernelShape: w!.shape }),
    sum(sum(g, [2, 3]), [0]), // contiguous axes first: much faster than all three at once
  ];
}

/** `dx = (dx̂ − mean dx̂ − x̂ · mean(dx̂ · x̂)) / σ` with `dx̂ = g · scale`; the means are products with the scale vector. */
function layerNormInputGradient(
  { inputs: [x, scale], outputs: [, mean, inverseDeviation] }: Context<'layerNorm'>,
  gradient: Tensor,
): Gradients {
  const width = x!.shape.at(-1)!;
  const flat = [sizeOf(x!.shape) / width, width];
  const g = reshape(gradient, flat);
  const normal = reshape(mul(sub(x!, mean!), inverseDeviation!), flat);
  const product = mul(g, normal);
  const column = reshape(scale!, [width, 1]);
  const meanG = matmul(g, column, { alpha: 1 / width });
  const meanProduct = matmul(product, column, { alpha: 1 / width });
  const centred = sub(sub(mul(g, scale!), meanG), mul(normal, meanProduct));
  return [reshape(mul(centred, reshape(inverseDeviation!, [flat[0]!, 1])), x!.shape), sum(product, [0]), sum(g, [0])];
}

/** The statistics may be used too: `∂μ/∂x = 1/n` and `∂(1/σ)/∂x = −x̂/(n σ²)`. */
function layerNormGradient(context: Context<'layerNorm'>): Gradients {
  const {
    inputs: [x],
    outputs: [, mean, inverse],
    gradients: [g, ofMean, ofInverse],
  } = context;
  const [dx, ...ofParameters] = g ? layerNormInputGradient(context, g) : [];
  const share = 1 / x!.shape.at(-1)!;
  const throughMean = ofMean && expand(mul(ofMean, share), x!.shape);
  const throughInverse = ofInverse && mul(mul(ofInverse, mul(mul(square(inverse!), inverse!), -share)), sub(x!, mean!));
  return [sumOf(dx, throughMean, throughInverse), ...ofParameters];
}

/** The sum of those that are there. */
function sumOf(...parts: Gradients): Tensor | undefined {
  return parts.reduce((total, part) => (total && part ? add(total, part) : (total ?? part)));
}

/**
 * As for layerNorm, with the sums over pixels taken once for each channel and everything after that on [N, C].
 * The operation keeps no deviation; with `c = mean(x · x̂) = σ²/√(σ² + eps)`, it is `1/√(σ² + eps) = 2/(c + √(c² + 4 eps))`.
 */
function groupNormInputGradient(
  { inputs: [x], outputs: [, normal], attrs: { groups, eps } }: Context<'groupNorm'>,
  g: Tensor,
  scale: Tensor,
): Gradients {
  const [n, c, h, w] = x!.shape as [number, number, number, number];
  const sumProduct = sum(mul(g, normal!), [2, 3]); // [N, C]
  const sumG = sum(g, [2, 3]); // [N, C]
  const count = (c / groups) * h * w;
  const groupMean = (perChannel: Tensor) =>
    mul(sum(reshape(mul(perChannel, scale), [n, groups, c / groups]), [2]), 1 / count);
  const correlation = mul(sum(reshape(mul(x!, normal!), [n, groups, count]), [2]), 1 / count);
  const inverse = div(2, add(correlation, sqrt(add(square(correlation), 4 * eps)))); // [N, G]
  const perGroup = (values: Tensor) =>
    reshape(expand(reshape(values, [n, groups, 1]), [n, groups, c / groups]), [n, c, 1, 1]);
  const direct = mul(g, mul(perGroup(inverse), reshape(scale, [1, c, 1, 1])));
  const along = mul(normal!, perGroup(mul(inverse, groupMean(sumProduct))));
  return [sub(direct, add(along, perGroup(mul(inverse, groupMean(sumG))))), sum(sumProduct, [0]), sum(sumG, [0])];
}

/** The normalised input may be used too: it is an output with a scale of 1. */
function groupNormGradient(context: Context<'groupNorm'>): Gradients {
  const {
    inputs: [, scale],
    gradients: [g, ofNormal],
  } = context;
  const [dx, ...ofParameters] = g ? groupNormInputGradient(context, g, scale!) : [];
  const [throughNormal] = ofNormal ? groupNormInputGradient(context, ofNormal, expand(scalar(1), scale!.shape)) : [];
  return [sumOf(dx, throughNormal), ...ofParameters];
}

/**
 * With probabilities P and `dP = gᵀ v`: `dS = P · (dP − D)`, `D = Σ_d g · o = Σ_s dP · P` (Dao et al., 2022, eq. 4). D is one
 * more channel of g that meets a channel of ones in v: the product subtracts it, not a pass over [B, h, T, S].
 */
function attentionGradient({
  inputs: [q, k, v, mask],
  outputs: [o, p],
  attrs: { scale },
  gradients: [g, gp],
}: Context<'attention'>): Gradients {
  let dp = g && matmul(concat([g, neg(sum(mul(g, o!), [2], true))], 2), withOnes(v!), { transA: true });
  if (gp) {
    const direct = sub(gp, sum(mul(gp, p!), [3], true));
    dp = dp ? add(dp, direct) : direct;
  }
  const ds = mul(p!, dp!); // [B, h, T, S]
  return [
    matmul(k!, ds, { transB: true, alpha: scale }),
    matmul(q!, ds, { alpha: scale }),
    g && matmul(g, p!),
    mask && unbroadcast(ds, mask.shape),
  ];
}

/** [B, h, d + 1, S]: a channel of ones after the others. */
function withOnes(v: Tensor): Tensor {
  return concat([v, expand(scalar(1), v.shape.with(2, 1))], 2);
}

function splitGradient({ outputs, attrs: { axis }, gradients }: Context<'split'>): Gradients {
  return [
    concat(
      outputs.map(({ shape }, i) => gradients[i] ?? zeros(shape)),
      axis,
    ),
  ];
}

function concatGradient({ inputs, attrs: { axis }, gradients }: Context<'concat'>): Gradients {
  let start = 0;
  return inputs.map(({ shape }) => {
    const part = slice(gradients[0]!, axis, start, start + shape[axis]!);
    start += shape[axis]!;
    return part;
  });
}

/** `d(x Φ(x)) = Φ(x) + x φ(x)` */
function geluDerivative(x: Tensor): Tensor {
  const cumulative = mul(add(apply('erf', [mul(x, Math.SQRT1_2)], {}), 1), 0.5);
  const density = mul(exp(mul(square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
  return add(cumulative, mul(x, density));
}

/** With `s = σ(αx)` and `y = x s`: `dy/dx = s + αy(1 − s)`. */
function swishGradient({ inputs: [x], outputs: [y], attrs: { alpha }, gradients }: Context<'swish'>): Gradients {
  const s = sigmoid(alpha === 1 ? x! : mul(x!, alpha));
  const scaled = alpha === 1 ? y! : mul(y!, alpha);
  return [mul(gradients[0]!, sub(add(s, scaled), mul(scaled, s)))];
}

const gradientRules: { [K in OpName]: GradientRule<K> } = {
  input: none,
  constant: none,
  stored: none,
  neg: pointwise((g) => neg(g)),
  exp: pointwise((g, _, y) => mul(g, y)),
  log: pointwise((g, x) => div(g, x)),
  sqrt: pointwise((g, _, y) => div(mul(g, 0.5), y)),
  reciprocal: pointwise((g, _, y) => neg(mul(g, square(y)))),
  abs: pointwise((g, x) => mul(g, sign(x))),
  sign: none,
  sin: pointwise((g, x) => mul(g, cos(x))),
  cos: pointwise((g, x) => neg(mul(g, sin(x)))),
  tanh: pointwise((g, _, y) => mul(g, sub(1, square(y)))),
  sigmoid: pointwise((g, _, y) => mul(g, mul(y, sub(1, y)))),
  erf: pointwise((g, x) => mul(g, mul(exp(neg(square(x))), 2 / Math.sqrt(Math.PI)))),
  relu: pointwise((g, x) => where(greater(x, 0), g, 0)),
  swish: swishGradient,
  gelu: pointwise((g, x) => mul(g, geluDerivative(x))),
  cast: ({ inputs: [x], attrs: { to }, gradients }) => [
    isReal(x!.dtype) && isReal(to) ? cast(gradients[0]!, x!.dtype) : undefined,
  ],
  stopGradient: none,
  checkpoint: pointwise((g) => g),
  add: pairwise((g) => [g, g]),
  sub: pairwise((g) => [g, neg(g)]),
  mul: pairwise((g, a, b) => [mul(g, b), mul(g, a)]),
  div: pairwise((g, _, b, y) => [div(g, b), neg(div(mul(g, y), b))]),
  maximum: pairwise((g, a, b) => [where(greater(a, b), g, 0), where(greater(a, b), 0, g)]),
  minimum: pairwise((g, a, b) => [where(greater(a, b), 0, g), where(greater(a, b), g, 0)]),
  greater: none,
  equal: none,
  where: ({ inputs: [condition, a, b], gradients }) => [
    undefined,
    unbroadcast(where(condition!, gradients[0]!, 0), a!.shape),
    unbroadcast(where(condition!, 0, gradients[0]!), b!.shape),
  ],
  reduceSum: (context) => reductionGradient(context, 1),
  reduceMean: (context) =>
    reductionGradient(context, sizeOf(context.outputs[0]!.shape) / sizeOf(context.inputs[0]!.shape)),
  reduceMax: maxGradient,
  reshape: pointwise((g, x) => reshape(g, x.shape)),
  transpose: ({ attrs: { perm }, gradients }) => [
    transpose(
      gradients[0]!,
      perm.map((_, i) => perm.indexOf(i)),
    ),
  ],
  expand: pointwise((g, x) => unbroadcast(g, x.shape)),
  slice: ({ inputs: [x], attrs: { axis, start, end }, gradients }) => [
    pad(gradients[0]!, axis, start, x!.shape[axis]! - end),
  ],
  pad: ({ inputs: [x], attrs: { axis, before }, gradients }) => [
    slice(gradients[0]!, axis, before, before + x!.shape[axis]!),
  ],
  concat: concatGradient,
  split: splitGradient,
  gather: ({ inputs: [table, ids], gradients }) => [
    apply('scatterAdd', [ids!, gradients[0]!], { rows: table!.shape[0]! }),
  ],
  scatterAdd: ({ inputs: [ids], gradients }) => [undefined, gather(gradients[0]!, ids!)],
  matmul: matmulGradient,
  quantizedMatmul: quantizedMatmulGradient,
  conv2d: convGradient,
  conv2dInputGrad: ({ inputs: [g, w], attrs: { stride, padding }, gradients: [dx] }) => [
    apply('conv2d', [dx!, w!], { stride, padding }),
    apply('conv2dWeightGrad', [dx!, g!], { stride, padding, kernelShape: w!.shape }),
  ],
  conv2dWeightGrad: ({ inputs: [x, g], attrs: { stride, padding }, gradients: [dw] }) => [
    apply('conv2dInputGrad', [g!, dw!], { stride, padding, inputShape: x!.shape }),
    apply('conv2d', [x!, dw!], { stride, padding }),
  ],
  upsample2x: pointwise((g) => apply('sumPool2x', [g], {})),
  sumPool2x: pointwise((g) => apply('upsample2x', [g], {})),
  softmax: pointwise((g, _, y) => mul(y, sub(g, sum(mul(g, y), [-1], true)))),
  layerNorm: layerNormGradient,
  groupNorm: groupNormGradient,
  attention: attentionGradient,
};

/** The gradients of a node's inputs. `outputs` are taken from the node itself. */
export function applyGradientRule(node: Node, gradients: readonly (Tensor | undefined)[]): Gradients {
  const rule = gradientRules[node.op] as GradientRule<OpName>;
  return rule({ inputs: node.inputs, outputs: outputsOf(node), attrs: node.attrs, gradients });
}
