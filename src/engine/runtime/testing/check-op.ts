// Checks one case of an operation on one provider: its values, and the gradient of a random projection of its outputs.

import assert from 'node:assert/strict';
import { type Random, random } from '../../../util/random.ts';
import { add, cast, mul, sum } from '../../graph/functions.ts';
import { grad } from '../../graph/grad.ts';
import type { OpName } from '../../graph/ops.ts';
import { input, type Tensor, topologicalOrder } from '../../graph/tensor.ts';
import { sizeOf } from '../../graph/types.ts';
import type { Outputs } from '../../onnx/outputs.ts';
import { type CompileOptions, compile, type HostData, type Value } from '../program.ts';
import type { Provider } from '../providers.ts';
import type { MakerName } from '../runtime.ts';
import { type Nd, nd } from './nd.ts';
import type { CaseInput, OpCase } from './op-cases.ts';

const STEP = 1e-4;
const TOLERANCE = 2e-4;

const asArray = <T>(x: T | readonly T[]): readonly T[] => (Array.isArray(x) ? x : [x]) as readonly T[];
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((total, x, i) => total + x * b[i]!, 0);

/**
 * @param others further makers, which must give the same bits
 * @throws Error that names the case, what was expected and what came.
 */
export async function checkOp(
  op: OpName,
  testCase: OpCase,
  provider: Provider,
  others: readonly MakerName[] = [],
): Promise<void> {
  const stream = random(7, op, testCase.title);
  const values = testCase.inputs.map((spec) => valuesOf(spec, stream));
  const inputs = testCase.inputs.map(({ shape, dtype }, i) => input(`x${i}`, shape, dtype));
  const outputs = asArray(testCase.build(...inputs));
  if (!topologicalOrder(outputs).some((node) => node.op === op)) throw new Error(`the case does not use ${op}`);
  const weights = outputs.map(({ shape }) => nd(shape, stream.normals(sizeOf(shape))));
  const trained = inputs.flatMap((x, i) => (x.dtype === 'float32' ? [i] : []));
  const gradients = grad(
    projection(outputs),
    trained.map((i) => inputs[i]!),
  );

  const feeds = {
    ...named(
      'x',
      inputs.map((x, i) => hostData(x, values[i]!)),
    ),
    ...named(
      'w',
      weights.map(({ data }) => Float32Array.from(data)),
    ),
  };
  const graph = { ...named('y', outputs), ...named('g', gradients) };
  const results = await runOnce(graph, feeds, { provider });
  for (const runtime of others)
    for (const [name, value] of Object.entries(await runOnce(graph, feeds, { provider, runtime })))
      assert.deepEqual(value.data, results[name]!.data, `${name} through ${runtime}`);

  asArray(testCase.reference(...values)).forEach((expected, i) => {
    agree(`output ${i}`, results[`y${i}`]!, expected, outputs[i]!);
  });
  const loss = (at: Nd[]) =>
    asArray((testCase.derivativeOf ?? testCase.reference)(...at)).reduce(
      (total, { data }, i) => total + dot(data, weights[i]!.data),
      0,
    );
  trained.forEach((i, k) => {
    const got = results[`g${k}`]!.data as Float32Array;
    for (const direction of directions(values[i]!, stream)) {
      const moved = (sign: number) =>
        values.with(
          i,
          nd(
            values[i]!.shape,
            values[i]!.data.map((x, j) => x + sign * STEP * direction[j]!),
          ),
        );
      const expected = (loss(moved(1)) - loss(moved(-1))) / (2 * STEP);
      close(
        `gradient of input ${i} along ${describe(direction)}`,
        dot(got, direction),
        expected,
        Math.hypot(...direction),
      );
    }
  });
}

async function runOnce(graph: Outputs, feeds: Readonly<Record<string, HostData>>, options: CompileOptions) {
  const program = await compile(graph, options);
  try {
    return await program.run(Object.fromEntries(Object.entries(feeds).filter(([name]) => program.inputs.has(name))));
  } finally {
    await program.dispose();
  }
}

/** `Σ w · y` over all outputs. */
function projection(outputs: readonly Tensor[]): Tensor {
  const parts = outputs.map((y, i) => sum(mul(cast(y, 'float32'), input(`w${i}`, y.shape))));
  return parts.reduce((total, part) => add(total, part));
}

function named<T>(prefix: string, values: readonly T[]): Record<string, T> {
  return Object.fromEntries(values.map((value, i) => [`${prefix}${i}`, value]));
}

function valuesOf({ shape, range, values }: CaseInput, stream: Random): Nd {
  if (values) return nd(shape, values);
  return nd(shape, range ? stream.uniforms(sizeOf(shape), ...range) : stream.normals(sizeOf(shape)));
}

function hostData({ dtype }: Tensor, { data }: Nd): HostData {
  if (dtype === 'int64') return BigInt64Array.from(data, BigInt);
  return (
    dtype === 'int8' ? Int8Array : dtype === 'int32' ? Int32Array : dtype === 'bool' ? Uint8Array : Float32Array
  ).from(data);
}

/** Single elements (at most a dozen), and two random directions that together see every element. */
function directions({ data }: Nd, stream: Random): Float64Array[] {
  const picked = stream.shuffle([...data.keys()]).slice(0, 12);
  const single = picked.map((j) => new Float64Array(data.length).fill(1, j, j + 1));
  return [...single, Float64Array.from(stream.normals(data.length)), Float64Array.from(stream.normals(data.length))];
}

function describe(direction: Float64Array): string {
  const used = [...direction.keys()].filter((j) => direction[j] !== 0);
  return used.length === 1 ? `element ${used[0]}` : 'a random direction';
}

function agree(what: string, got: Value, expected: Nd, { dtype, shape }: Tensor): void {
  const types = [`${got.type.dtype}[${got.type.shape}]`, `${dtype}[${shape}]`, `${dtype}[${expected.shape}]`];
  if (new Set(types).size !== 1)
    throw new Error(`${what}: expected ${types[2]}, the graph says ${types[1]}, got ${types[0]}`);
  expected.data.forEach((value, j) => {
    close(`${what}[${j}]`, Number(got.data[j]), value, 1);
  });
}

function close(what: string, got: number, expected: number, scale: number): void {
  if (Math.abs(got - expected) <= TOLERANCE * Math.max(scale, Math.abs(expected))) return;
  throw new Error(`${what}: expected ${expected}, got ${got}`);
}
