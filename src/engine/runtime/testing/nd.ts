// Plain arithmetic on small arrays in float64: what the engine's results are compared with. Clear, not quick.

import { broadcastShapes, type Shape, sizeOf } from '../../graph/types.ts';

/** An array in row-major order. */
export interface Nd {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export type Index = readonly number[];

const known = new Map<string, readonly Index[]>();

/** The index of each element, in row-major order. */
function indicesOf(shape: Shape): readonly Index[] {
  const key = shape.join();
  const made =
    known.get(key) ??
    shape.reduce<number[][]>((all, n) => all.flatMap((i) => Array.from({ length: n }, (_, j) => [...i, j])), [[]]);
  known.set(key, made);
  return made;
}

/** An array whose elements are a function of their index. */
export function fill(shape: Shape, element: (index: Index) => number): Nd {
  return { shape, data: Float64Array.from(indicesOf(shape), element) };
}

export function nd(shape: Shape, data: ArrayLike<number>): Nd {
  return { shape, data: Float64Array.from(data) };
}

/** The element at an index; a longer index counts from its end and dimensions of 1 repeat, as in broadcasting. */
export function at(x: Nd, index: Index): number {
  const skipped = index.length - x.shape.length;
  let offset = 0;
  for (let i = 0; i < x.shape.length; i++) offset = offset * x.shape[i]! + (x.shape[i] === 1 ? 0 : index[skipped + i]!);
  return x.data[offset]!;
}

/** `f` elementwise, with broadcasting. */
export function map(f: (...values: number[]) => number, ...inputs: Nd[]): Nd {
  const shape = inputs.reduce<Shape>((all, x) => broadcastShapes(all, x.shape, 'reference'), []);
  return fill(shape, (index) => f(...inputs.map((x) => at(x, index))));
}

/** Elements along `axes` folded into one each. */
export function reduce(x: Nd, axes: readonly number[], keepDims: boolean, fold: (values: number[]) => number): Nd {
  const groups = new Map<string, number[]>();
  const kept = (index: Index) => index.flatMap((j, i) => (axes.includes(i) ? (keepDims ? [0] : []) : [j]));
  indicesOf(x.shape).forEach((index, i) => {
    const key = kept(index).join();
    groups.set(key, [...(groups.get(key) ?? []), x.data[i]!]);
  });
  const shape = x.shape.flatMap((n, i) => (axes.includes(i) ? (keepDims ? [1] : []) : [n]));
  return nd(shape, [...groups.values()].map(fold));
}

/** `Σ f(i)` over the indices of `shape`. */
export function sumOver(shape: Shape, f: (index: Index) => number): number {
  return indicesOf(shape).reduce((total, index) => total + f(index), 0);
}

export const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** The error function by its Taylor series; exact to 1e-12 for |x| < 4. */
export function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 120; n++) {
    term *= (-x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export function softmax(x: Nd): Nd {
  const axis = x.shape.length - 1;
  const exps = map(Math.exp, x);
  return map((e, s) => e / s, exps, reduce(exps, [axis], true, total));
}

export function matmul(a: Nd, b: Nd, transA: boolean, transB: boolean, alpha: number): Nd {
  const [m, k] = transA ? [a.shape.at(-1)!, a.shape.at(-2)!] : [a.shape.at(-2)!, a.shape.at(-1)!];
  const n = transB ? b.shape.at(-2)! : b.shape.at(-1)!;
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2), 'reference');
  return fill([...batch, m, n], (index) => {
    const outer = index.slice(0, -2);
    const [i, j] = index.slice(-2) as [number, number];
    const product = (_: unknown, l: number) =>
      at(a, [...outer, ...(transA ? [l, i] : [i, l])]) * at(b, [...outer, ...(transB ? [j, l] : [l, j])]);
    return alpha * total(Array.from({ length: k }, product));
  });
}

export interface Window {
  readonly stride: number;
  readonly padding: readonly [number, number, number, number];
}

/** Pixel of `x` [N, C, H, W] that position (ky, kx) of the kernel sees at output (oy, ox); 0 outside. */
function pixel(x: Nd, n: number, c: number, y: number, left: number): number {
  const inside = y >= 0 && left >= 0 && y < x.shape[2]! && left < x.shape[3]!;
  return inside ? at(x, [n, c, y, left]) : 0;
}

export function conv2d(x: Nd, w: Nd, bias: Nd | undefined, { stride, padding }: Window): Nd {
  const [o, i, kh, kw] = w.shape as [number, number, number, number];
  const size = (n: number, k: number, sides: number) => Math.floor((n + sides - k) / stride) + 1;
  const out = [
    x.shape[0]!,
    o,
    size(x.shape[2]!, kh, padding[0] + padding[2]),
    size(x.shape[3]!, kw, padding[1] + padding[3]),
  ];
  return fill(
    out,
    ([n, f, oy, ox]) =>
      (bias ? bias.data[f!]! : 0) +
      sumOver(
        [i, kh, kw],
        ([c, ky, kx]) =>
          pixel(x, n!, c!, oy! * stride + ky! - padding[0], ox! * stride + kx! - padding[1]) *
          at(w, [f!, c!, ky!, kx!]),
      ),
  );
}

/** Adds into zeros what each output pixel's gradient says about the input. */
export function conv2dInputGrad(g: Nd, w: Nd, inputShape: Shape, { stride, padding }: Window): Nd {
  const result = { shape: inputShape, data: new Float64Array(sizeOf(inputShape)) };
  const [, channels, height, width] = inputShape as [number, number, number, number];
  for (const [n, f, oy, ox] of indicesOf(g.shape) as [number, number, number, number][])
    for (const [c, ky, kx] of indicesOf(w.shape.slice(1)) as [number, number, number][]) {
      const y = oy * stride + ky - padding[0];
      const left = ox * stride + kx - padding[1];
      if (y < 0 || left < 0 || y >= height || left >= width) continue;
      result.data[((n * channels + c) * height + y) * width + left]! += at(g, [n, f, oy, ox]) * at(w, [f, c, ky, kx]);
    }
  return result;
}

export function conv2dWeightGrad(x: Nd, g: Nd, kernelShape: Shape, { stride, padding }: Window): Nd {
  const [batch, , gh, gw] = g.shape as [number, number, number, number];
  return fill(kernelShape, ([f, c, ky, kx]) =>
    sumOver(
      [batch, gh, gw],
      ([n, oy, ox]) =>
        at(g, [n!, f!, oy!, ox!]) * pixel(x, n!, c!, oy! * stride + ky! - padding[0], ox! * stride + kx! - padding[1]),
    ),
  );
}

/** Mean and `1/√(σ² + eps)` of a list. */
function statistics(values: readonly number[], eps: number): { mean: number; inverse: number } {
  const mean = total(values) / values.length;
  const variance = total(values.map((v) => (v - mean) ** 2)) / values.length;
  return { mean, inverse: 1 / Math.sqrt(variance + eps) };
}

/** y, mean and `1/√(σ² + eps)` over the last axis. */
export function layerNorm(x: Nd, scale: Nd, bias: Nd, eps: number): [Nd, Nd, Nd] {
  const last = x.shape.length - 1;
  const mean = reduce(x, [last], true, (values) => statistics(values, eps).mean);
  const inverse = reduce(x, [last], true, (values) => statistics(values, eps).inverse);
  return [map((v, m, s, a, b) => (v - m) * s * a + b, x, mean, inverse, scale, bias), mean, inverse];
}

/** y, and the normalised x before scale and bias. */
export function groupNorm(x: Nd, scale: Nd, bias: Nd, groups: number, eps: number): [Nd, Nd] {
  const [n, c, h, w] = x.shape as [number, number, number, number];
  const one = nd([1], [1]);
  const [flat] = layerNorm({ shape: [n, groups, (c / groups) * h * w], data: x.data }, one, nd([1], [0]), eps);
  const normal = { shape: x.shape, data: flat.data };
  const channel = (v: Nd): Nd => ({ shape: [c, 1, 1], data: v.data });
  return [map((v, a, b) => v * a + b, normal, channel(scale), channel(bias)), normal];
}

/** Attention and its probabilities, with channels before tokens. */
export function attention(q: Nd, k: Nd, v: Nd, scale: number, mask = nd([], [0])): [Nd, Nd] {
  const scores = map((a, b) => a + b, matmul(q, k, true, false, scale), mask);
  const probabilities = softmax(scores);
  return [matmul(v, probabilities, false, true, 1), probabilities];
}
