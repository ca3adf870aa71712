// What each operation must compute, as a table over the whole vocabulary: an operation without a case does not compile.
// Every case is checked twice (check-op.ts): its values, and its gradient against the derivative of its reference.

import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as f from '../../graph/functions.ts';
import type { OpName, Padding } from '../../graph/ops.ts';
import { apply, applyAll, type Tensor } from '../../graph/tensor.ts';
import type { DType, Shape } from '../../graph/types.ts';
import * as ref from './nd.ts';
import { at, fill, map, type Nd } from './nd.ts';

/** An input of a case: normal numbers, numbers between `low` and `high`, or `values`. */
export interface CaseInput {
  readonly shape: Shape;
  readonly dtype?: DType;
  readonly range?: readonly [low: number, high: number];
  readonly values?: readonly number[];
}

export interface OpCase {
  readonly title: string;
  readonly inputs: readonly CaseInput[];
  /** The graph: the operation in question, applied to the inputs. */
  readonly build: (...inputs: Tensor[]) => Tensor | Tensor[];
  /** The same in plain arithmetic. */
  readonly reference: (...inputs: Nd[]) => Nd | Nd[];
  /** What to differentiate instead of `reference`, where the gradient is not its derivative. */
  readonly derivativeOf?: (...inputs: Nd[]) => Nd | Nd[];
}

/** A file with four bytes and four float16 numbers, gone when the process ends. */
function storedFile(): string {
  const path = join(tmpdir(), `collimate-stored-${process.pid}.bin`);
  writeFileSync(path, new Uint8Array(Uint16Array.of(7, 7, 0x3800, 0x3c00, 0xc000, 0x3400).buffer));
  process.once('exit', () => rmSync(path, { force: true }));
  return path;
}

type Cases = readonly [OpCase, ...OpCase[]];

const normal = (...shape: number[]): CaseInput => ({ shape });
const within = (low: number, high: number, ...shape: number[]): CaseInput => ({ shape, range: [low, high] });
const ids = (values: readonly number[], shape: Shape, dtype: DType = 'int64'): CaseInput => ({ shape, dtype, values });

function unary(build: (x: Tensor) => Tensor, reference: (x: number) => number, x: CaseInput = normal(3, 5)): Cases {
  return [{ title: `[${x.shape}]`, inputs: [x], build, reference: (a) => map(reference, a) }];
}

const BROADCASTS: readonly (readonly [Shape, Shape])[] = [
  [
    [3, 5],
    [3, 5],
  ],
  [
    [2, 1, 5],
    [3, 1],
  ],
  [[], [2, 3]],
  [[4, 1], [1]],
];

function binary(
  build: (a: Tensor, b: Tensor) => Tensor,
  reference: (a: number, b: number) => number,
  range?: readonly [number, number],
): Cases {
  const cases = BROADCASTS.map(([a, b]): OpCase => {
    const inputs = [{ shape: a }, range ? { shape: b, range } : { shape: b }];
    return { title: `[${a}] and [${b}]`, inputs, build, reference: (x, y) => map(reference, x, y) };
  });
  return cases as unknown as Cases;
}

function reduction(build: typeof f.sum, fold: (values: number[]) => number): Cases {
  const one = (shape: Shape, axes: readonly number[], keepDims: boolean): OpCase => ({
    title: `[${shape}] over ${axes}${keepDims ? ', kept' : ''}`,
    inputs: [{ shape }],
    build: (x) => build(x, axes, keepDims),
    reference: (x) => ref.reduce(x, axes, keepDims, fold),
  });
  return [
    one([2, 3, 5], [1], false),
    one([2, 3, 5], [0, 2], true),
    one([7], [0], false),
    one([2, 3, 4, 5], [2, 3], false),
  ];
}

function matmulCase(a: Shape, b: Shape, options: f.MatmulOptions = {}): OpCase {
  const { transA = false, transB = false, alpha = 1 } = options;
  return {
    title: `[${a}]${transA ? 'ᵀ' : ''} by [${b}]${transB ? 'ᵀ' : ''}${alpha === 1 ? '' : ` times ${alpha}`}`,
    inputs: [{ shape: a }, { shape: b }],
    build: (x, y) => f.matmul(x, y, options),
    reference: (x, y) => ref.matmul(x, y, transA, transB, alpha),
  };
}

interface Convolution {
  readonly x: Shape;
  readonly w: Shape;
  readonly stride: number;
  readonly padding: Padding;
}

const CONVOLUTIONS: readonly Convolution[] = [
  { x: [2, 3, 5, 7], w: [4, 3, 3, 3], stride: 1, padding: [1, 1, 1, 1] },
  { x: [2, 3, 6, 5], w: [2, 3, 3, 3], stride: 2, padding: [1, 1, 1, 1] },
  { x: [1, 2, 6, 6], w: [3, 2, 3, 3], stride: 2, padding: [0, 0, 1, 1] },
  { x: [1, 2, 5, 4], w: [2, 2, 3, 3], stride: 1, padding: [0, 2, 1, 0] },
  { x: [2, 3, 3, 5], w: [4, 3, 1, 1], stride: 1, padding: [0, 0, 0, 0] },
  { x: [2, 2, 6, 4], w: [5, 2, 2, 2], stride: 2, padding: [0, 0, 0, 0] },
  { x: [1, 3, 5, 5], w: [2, 3, 5, 5], stride: 1, padding: [0, 0, 0, 0] },
  // Many channels over few pixels, and few channels over many: the weight gradient is lowered in two ways.
  { x: [2, 8, 2, 2], w: [9, 8, 3, 3], stride: 1, padding: [1, 1, 1, 1] },
  { x: [2, 1, 10, 9], w: [1, 1, 3, 3], stride: 1, padding: [1, 1, 1, 1] },
];

function convolutions(make: (c: Convolution, y: Shape) => Omit<OpCase, 'title'>): Cases {
  const cases = CONVOLUTIONS.map((c): OpCase => {
    const size = (i: 2 | 3) => Math.floor((c.x[i]! + c.padding[i - 2]! + c.padding[i]! - c.w[i]!) / c.stride) + 1;
    return {
      title: `[${c.x}] with [${c.w}], stride ${c.stride}, padding ${c.padding}`,
      ...make(c, [c.x[0]!, c.w[0]!, size(2), size(3)]),
    };
  });
  return cases as unknown as Cases;
}

const plainConv2d = convolutions((c) => ({
  inputs: [{ shape: c.x }, { shape: c.w }],
  build: (x, w) => f.conv2d(x, w, undefined, c),
  reference: (x, w) => ref.conv2d(x, w, undefined, c),
}));

const biasedConv2d: OpCase = {
  title: 'with a bias',
  inputs: [normal(2, 3, 4, 5), normal(4, 3, 3, 3), normal(4)],
  build: (x, w, b) => f.conv2d(x, w, b, { padding: 1 }),
  reference: (x, w, b) => ref.conv2d(x!, w!, b, { stride: 1, padding: [1, 1, 1, 1] }),
};

function padAround(x: Nd, axis: number, before: number, after: number): Nd {
  const shape = x.shape.with(axis, x.shape[axis]! + before + after);
  return fill(shape, (index) => {
    const j = index[axis]! - before;
    return j >= 0 && j < x.shape[axis]! ? at(x, index.with(axis, j)) : 0;
  });
}

function sliceOf(x: Nd, axis: number, start: number, end: number): Nd {
  return fill(x.shape.with(axis, end - start), (index) => at(x, index.with(axis, index[axis]! + start)));
}

function scatterAdd(wanted: readonly number[], updates: Nd, rows: number): Nd {
  const width = updates.shape.at(-1)!;
  return fill([rows, width], ([row, j]) =>
    ref.total(wanted.map((id, i) => (id === row ? updates.data[i * width + j!]! : 0))),
  );
}

function attentionCase(
  title: string,
  shapes: readonly Shape[],
  use: (outputs: Tensor[]) => Tensor | Tensor[],
  pick: (outputs: Nd[]) => Nd | Nd[],
): OpCase {
  const masked = shapes.length === 4;
  return {
    title,
    inputs: shapes.map((shape) => ({ shape })),
    build: (...inputs) => use(applyAll('attention', inputs, { scale: 0.6, masked })),
    reference: (q, k, v, mask) => pick(ref.attention(q!, k!, v!, 0.6, mask)),
  };
}

function normalisation(
  title: string,
  op: 'layerNorm',
  shapes: readonly Shape[],
  pick: <T>(outputs: T[]) => T[],
): OpCase {
  return {
    title,
    inputs: shapes.map((shape) => ({ shape })),
    build: (...inputs) => pick(applyAll(op, inputs, { eps: 1e-5 })),
    reference: (x, scale, bias) => pick<Nd>(ref.layerNorm(x!, scale!, bias!, 1e-5)),
  };
}

function groupNormCase(
  title: string,
  shape: Shape,
  groups: number,
  eps: number,
  pick: <T>(outputs: T[]) => T[],
): OpCase {
  return {
    title,
    inputs: [{ shape }, { shape: [shape[1]!] }, { shape: [shape[1]!] }],
    build: (...inputs) => pick(applyAll('groupNorm', inputs, { groups, eps })),
    reference: (x, scale, bias) => pick<Nd>(ref.groupNorm(x!, scale!, bias!, groups, eps)),
  };
}

const first = <T>(outputs: T[]): T[] => outputs.slice(0, 1);
const all = <T>(outputs: T[]): T[] => outputs;
const second = <T>(outputs: T[]): T[] => outputs.slice(1, 2);

/** Rows between 0 and 255 in whole numbers, which rounding to 8 bits leaves as they are. */
function quantizedCase(title: string, shape: Shape, bias?: CaseInput): OpCase {
  const rows = Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => (i === 0 ? 255 : (i * 37) % 200));
  const matrix = Array.from({ length: 12 }, (_, i) => ((i * 53) % 255) - 127);
  return {
    title,
    inputs: [{ shape, values: rows }, ids(matrix, [4, 3], 'int8'), within(0.0001, 0.0002, 3), ...(bias ? [bias] : [])],
    build: (x, q, scale, b) => f.quantizedMatmul(x!, q!, scale!, b),
    reference: (x, q, scale, b) =>
      fill([...shape.slice(0, -1), 3], (index) => {
        const o = index.at(-1)!;
        const sum = ref.sumOver([4], ([i]) => at(x!, [...index.slice(0, -1), i!]) * at(q!, [i!, o]));
        return sum * at(scale!, [o]) + (b ? at(b, [o]) : 0);
      }),
  };
}

export const opCases: { [K in OpName]: Cases } = {
  input: [{ title: 'itself', inputs: [normal(2, 3)], build: (x) => x, reference: (x) => x! }],
  constant: [
    {
      title: 'independent of the input',
      inputs: [normal(2)],
      build: () => f.constant([1.5, -2, 0.25, 7], [2, 2]),
      reference: () => ref.nd([2, 2], [1.5, -2, 0.25, 7]),
    },
  ],
  stored: [
    {
      title: 'from the middle of a file, float16 cast',
      inputs: [normal(2)],
      // 0.5, 1, −2 and 0.25 as float16 after four other bytes.
      build: () => f.cast(f.stored(storedFile(), 4, [2, 2], 'float16'), 'float32'),
      reference: () => ref.nd([2, 2], [0.5, 1, -2, 0.25]),
    },
  ],
  neg: unary(f.neg, (x) => -x),
  exp: unary(f.exp, Math.exp),
  log: unary(f.log, Math.log, within(0.2, 3, 4, 3)),
  sqrt: unary(f.sqrt, Math.sqrt, within(0.2, 3, 4, 3)),
  reciprocal: unary(f.reciprocal, (x) => 1 / x, within(0.3, 3, 5)),
  abs: unary(f.abs, Math.abs),
  sign: unary(f.sign, Math.sign),
  sin: unary(f.sin, Math.sin),
  cos: unary(f.cos, Math.cos),
  tanh: unary(f.tanh, Math.tanh),
  sigmoid: unary(f.sigmoid, ref.sigmoid),
  erf: unary(f.erf, ref.erf),
  relu: unary(f.relu, (x) => Math.max(x, 0)),
  swish: [
    ...unary(f.silu, (x) => x * ref.sigmoid(x)),
    ...unary(f.quickGelu, (x) => x * ref.sigmoid(1.702 * x), normal(2, 7)),
  ] as unknown as Cases,
  gelu: unary(f.gelu, (x) => 0.5 * x * (1 + ref.erf(x * Math.SQRT1_2))),
  cast: [
    {
      title: 'to int32 cuts towards zero',
      inputs: [within(-3, 3, 7)],
      build: (x) => f.cast(x, 'int32'),
      reference: (x) => map(Math.trunc, x!),
    },
    {
      title: 'from bool',
      inputs: [{ shape: [4], dtype: 'bool', values: [1, 0, 0, 1] }],
      build: (x) => f.cast(x, 'float32'),
      reference: (x) => x!,
    },
    { title: 'from int64', inputs: [ids([3, -4], [2])], build: (x) => f.cast(x, 'float32'), reference: (x) => x! },
  ],
  stopGradient: [
    {
      title: 'passes values only',
      inputs: [normal(3)],
      build: (x) => f.mul(x, f.stopGradient(x)),
      reference: (x) => map((v) => v * v, x!),
      derivativeOf: (x) => map((v) => (v * v) / 2, x!), // x · c at c = x has half the slope of x²
    },
  ],
  checkpoint: [
    {
      title: 'itself',
      inputs: [normal(2, 3)],
      build: (x) => f.square(f.checkpoint(x)),
      reference: (x) => map((v) => v * v, x!),
    },
  ],
  add: binary(f.add, (a, b) => a + b),
  sub: binary(f.sub, (a, b) => a - b),
  mul: binary(f.mul, (a, b) => a * b),
  div: binary(f.div, (a, b) => a / b, [0.5, 2]),
  maximum: binary(f.maximum, Math.max),
  minimum: binary(f.minimum, Math.min),
  greater: binary(f.greater, (a, b) => Number(a > b)),
  equal: [
    {
      title: 'of whole numbers',
      inputs: [ids([1, 2, 3, 2], [2, 2]), ids([2, 2], [2])],
      build: f.equal,
      reference: (a, b) => map((x, y) => Number(x === y), a!, b!),
    },
    {
      title: 'of float32',
      inputs: [
        { shape: [3], values: [1, 2, 3] },
        { shape: [], values: [2] },
      ],
      build: f.equal,
      reference: (a, b) => map((x, y) => Number(x === y), a!, b!),
      derivativeOf: () => ref.nd([3], [0, 0, 0]),
    },
  ],
  where: [
    {
      title: 'all of one shape',
      inputs: [{ shape: [4], dtype: 'bool', values: [1, 0, 0, 1] }, normal(4), normal(4)],
      build: f.where,
      reference: (c, a, b) => map((chosen, x, y) => (chosen ? x : y), c!, a!, b!),
    },
    {
      title: 'broadcast',
      inputs: [{ shape: [2, 1], dtype: 'bool', values: [1, 0] }, normal(3), normal(2, 2, 1)],
      build: f.where,
      reference: (c, a, b) => map((chosen, x, y) => (chosen ? x : y), c!, a!, b!),
    },
  ],
  reduceSum: reduction(f.sum, ref.total),
  reduceMean: reduction(f.mean, (values) => ref.total(values) / values.length),
  reduceMax: reduction(f.max, (values) => Math.max(...values)),
  reshape: [
    {
      title: '[2, 6] to [3, 1, 4]',
      inputs: [normal(2, 6)],
      build: (x) => f.reshape(x, [3, 1, -1]),
      reference: (x) => ref.nd([3, 1, 4], x!.data),
    },
  ],
  transpose: [
    {
      title: 'of three axes',
      inputs: [normal(2, 3, 4)],
      build: (x) => f.transpose(x, [2, 0, 1]),
      reference: (x) => fill([4, 2, 3], ([c, a, b]) => at(x!, [a!, b!, c!])),
    },
  ],
  expand: [
    {
      title: 'outer and inner axes',
      inputs: [normal(3, 1)],
      build: (x) => f.expand(x, [2, 3, 4]),
      reference: (x) => fill([2, 3, 4], (index) => at(x!, index)),
    },
    {
      title: 'a scalar',
      inputs: [normal()],
      build: (x) => f.expand(x, [5]),
      reference: (x) => fill([5], (index) => at(x!, index)),
    },
  ],
  slice: [
    {
      title: 'inner axis',
      inputs: [normal(3, 7)],
      build: (x) => f.slice(x, -1, 2, 5),
      reference: (x) => sliceOf(x!, 1, 2, 5),
    },
    {
      title: 'outer axis',
      inputs: [normal(4, 2)],
      build: (x) => f.slice(x, 0, 0, 1),
      reference: (x) => sliceOf(x!, 0, 0, 1),
    },
  ],
  pad: [
    {
      title: 'one side',
      inputs: [normal(2, 3)],
      build: (x) => f.pad(x, 1, 0, 2),
      reference: (x) => padAround(x!, 1, 0, 2),
    },
    {
      title: 'both sides',
      inputs: [normal(2, 3, 2)],
      build: (x) => f.pad(x, 0, 1, 2),
      reference: (x) => padAround(x!, 0, 1, 2),
    },
  ],
  concat: [
    {
      title: 'of three',
      inputs: [normal(2, 1), normal(2, 3), normal(2, 2)],
      build: (...inputs) => f.concat(inputs, 1),
      reference: (a, b, c) =>
        fill([2, 6], ([i, j]) => (j! < 1 ? at(a!, [i!, 0]) : j! < 4 ? at(b!, [i!, j! - 1]) : at(c!, [i!, j! - 4]))),
    },
  ],
  split: [
    {
      title: 'all parts used',
      inputs: [normal(2, 6)],
      build: (x) => f.split(x, [1, 5], 1),
      reference: (x) => [sliceOf(x!, 1, 0, 1), sliceOf(x!, 1, 1, 6)],
    },
    {
      title: 'the middle part unused',
      inputs: [normal(7, 2)],
      build: (x) => [0, 2].map((i) => f.split(x, [2, 1, 4], 0)[i]!),
      reference: (x) => [sliceOf(x!, 0, 0, 2), sliceOf(x!, 0, 3, 7)],
    },
  ],
  gather: [
    {
      title: 'int64 ids, one twice',
      inputs: [normal(5, 3), ids([4, 0, 4, 2], [2, 2])],
      build: f.gather,
      reference: (table, rows) => fill([2, 2, 3], ([i, j, d]) => at(table!, [at(rows!, [i!, j!]), d!])),
    },
    {
      title: 'int32 ids',
      inputs: [normal(3, 2), ids([1, 1, 0], [3], 'int32')],
      build: f.gather,
      reference: (table, rows) => fill([3, 2], ([i, d]) => at(table!, [at(rows!, [i!]), d!])),
    },
  ],
  scatterAdd: [
    {
      title: 'one row three times',
      inputs: [ids([1, 3, 1, 1], [2, 2]), normal(2, 2, 3)],
      build: (rows, updates) => apply('scatterAdd', [rows, updates], { rows: 5 }),
      reference: (rows, updates) => scatterAdd([...rows!.data], updates!, 5),
    },
    {
      title: 'int32 ids',
      inputs: [ids([2, 0], [2], 'int32'), normal(2, 3)],
      build: (rows, updates) => apply('scatterAdd', [rows, updates], { rows: 3 }),
      reference: (rows, updates) => scatterAdd([...rows!.data], updates!, 3),
    },
  ],
  matmul: [
    matmulCase([3, 5], [5, 4]),
    matmulCase([5, 3], [5, 4], { transA: true }),
    matmulCase([3, 5], [4, 5], { transB: true, alpha: 0.5 }),
    matmulCase([5, 3], [4, 5], { transA: true, transB: true, alpha: -2 }),
    matmulCase([2, 3, 5], [5, 4]),
    matmulCase([2, 3, 5], [4, 5], { transB: true }),
    matmulCase([2, 5, 3], [5, 4], { transA: true }),
    matmulCase([3, 5], [2, 5, 4], { alpha: 3 }),
    matmulCase([2, 1, 3, 5], [3, 4, 5], { transB: true }),
    matmulCase([2, 2, 5, 3], [2, 2, 5, 1], { transA: true }),
    matmulCase([2, 1, 5, 3], [1, 2, 4, 5], { transA: true, transB: true, alpha: 0.25 }),
  ],
  quantizedMatmul: [
    quantizedCase('of a row with a bias', [1, 4], normal(3)),
    quantizedCase('of rows of a batch', [2, 3, 4]),
  ],
  conv2d: [...plainConv2d, biasedConv2d] as unknown as Cases,
  conv2dInputGrad: convolutions((c, y) => ({
    inputs: [{ shape: y }, { shape: c.w }],
    build: (g, w) => apply('conv2dInputGrad', [g, w], { stride: c.stride, padding: c.padding, inputShape: c.x }),
    reference: (g, w) => ref.conv2dInputGrad(g!, w!, c.x, c),
  })),
  conv2dWeightGrad: convolutions((c, y) => ({
    inputs: [{ shape: c.x }, { shape: y }],
    build: (x, g) => apply('conv2dWeightGrad', [x, g], { stride: c.stride, padding: c.padding, kernelShape: c.w }),
    reference: (x, g) => ref.conv2dWeightGrad(x!, g!, c.w, c),
  })),
  upsample2x: [
    {
      title: 'of an image',
      inputs: [normal(2, 3, 3, 2)],
      build: f.upsampleNearest2x,
      reference: (x) => fill([2, 3, 6, 4], ([n, c, i, j]) => at(x, [n!, c!, i! >> 1, j! >> 1])),
    },
  ],
  sumPool2x: [
    {
      title: 'of an image',
      inputs: [normal(2, 3, 4, 6)],
      build: (x) => apply('sumPool2x', [x], {}),
      reference: (x) =>
        fill([2, 3, 2, 3], ([n, c, i, j]) =>
          ref.sumOver([2, 2], ([a, b]) => at(x, [n!, c!, 2 * i! + a!, 2 * j! + b!])),
        ),
    },
  ],
  softmax: [
    { title: 'of rows', inputs: [normal(3, 5)], build: f.softmax, reference: ref.softmax },
    { title: 'of large scores', inputs: [within(-60, 60, 2, 2, 7)], build: f.softmax, reference: ref.softmax },
  ],
  layerNorm: [
    normalisation('of rows', 'layerNorm', [[2, 3, 8], [8], [8]], first),
    normalisation('with its statistics', 'layerNorm', [[3, 5], [5], [5]], all),
    normalisation('the deviation alone', 'layerNorm', [[3, 5], [5], [5]], (outputs) => outputs.slice(2)),
  ],
  groupNorm: [
    groupNormCase('two groups', [2, 6, 3, 5], 2, 1e-5, first),
    groupNormCase('each channel alone, large eps', [1, 3, 4, 4], 3, 0.3, first),
    groupNormCase('one group', [2, 4, 1, 3], 1, 1e-6, first),
    groupNormCase('with the normalised input', [2, 4, 3, 2], 2, 1e-5, all),
    groupNormCase('the normalised input alone', [2, 4, 3, 2], 2, 1e-5, second),
  ],
  attention: [
    attentionCase(
      'to itself',
      [
        [2, 2, 3, 5],
        [2, 2, 3, 5],
        [2, 2, 3, 5],
      ],
      ([y]) => y!,
      ([y]) => y!,
    ),
    attentionCase(
      'to fewer keys, of another width',
      [
        [1, 2, 4, 5],
        [1, 2, 4, 3],
        [1, 2, 2, 3],
      ],
      ([y]) => y!,
      ([y]) => y!,
    ),
    attentionCase(
      'with a broadcast mask',
      [
        [2, 2, 3, 4],
        [2, 2, 3, 4],
        [2, 2, 3, 4],
        [4, 4],
      ],
      ([y]) => y!,
      ([y]) => y!,
    ),
    attentionCase(
      'and its probabilities',
      [
        [1, 1, 3, 4],
        [1, 1, 3, 2],
        [1, 1, 3, 2],
      ],
      all,
      all,
    ),
    attentionCase(
      'its probabilities alone',
      [
        [1, 2, 3, 4],
        [1, 2, 3, 2],
        [1, 2, 3, 2],
      ],
      second,
      second,
    ),
  ],
};
