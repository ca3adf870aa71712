// Which operations a provider computes in 16 bits. ONNX Runtime's CPU provider moves halves and computes with none of them: its table is
// held by a test. Other providers are asked, by a program of each operation.

import {
  attention,
  concat,
  conv2d,
  expand,
  gather,
  gelu,
  matmul,
  pad,
  reshape,
  silu,
  slice,
  split,
  transpose,
  upsampleNearest2x,
  where,
} from '../graph/functions.ts';
import type { HalfType } from '../graph/half.ts';
import { HALF_KINDS } from '../graph/half-kinds.ts';
import type { OpName } from '../graph/ops.ts';
import { apply, input, type Tensor } from '../graph/tensor.ts';
import type { Shape } from '../graph/types.ts';
import { compile } from './program.ts';
import type { Provider } from './providers.ts';

/** What only has another name for the same value is no node at all. */
const NAMES: readonly OpName[] = ['stopGradient', 'checkpoint'];

export const CPU_HALF_KERNELS: Readonly<Record<HalfType, ReadonlySet<OpName>>> = {
  float16: new Set<OpName>([
    ...NAMES,
    'reshape',
    'transpose',
    'expand',
    'slice',
    'concat',
    'split',
    'gather',
    'sign',
    'maximum',
    'minimum',
  ]),
  bfloat16: new Set<OpName>([...NAMES, 'reshape', 'transpose', 'slice', 'concat', 'split', 'gather', 'sign']),
};

type Make = (...shape: number[]) => Tensor;

/** An application of each operation that halves may go through, to inputs that `x` makes. */
const PROBES: Partial<Record<OpName, (x: Make) => Tensor>> = {
  swish: (x) => silu(x(2, 8)),
  gelu: (x) => gelu(x(2, 8)),
  where: (x) => where(input('condition', [2, 8], 'bool'), x(2, 8), x(2, 8)),
  reshape: (x) => reshape(x(2, 8), [16]),
  transpose: (x) => transpose(x(2, 8), [1, 0]),
  expand: (x) => expand(x(2, 1), [2, 8]),
  slice: (x) => slice(x(2, 8), 1, 2, 4),
  pad: (x) => pad(x(2, 8), 1, 1, 1),
  concat: (x) => concat([x(2, 8), x(2, 8)], 1),
  split: (x) => split(x(2, 8), [2, 6], 1)[0]!,
  gather: (x) => gather(x(4, 8), input('ids', [2], 'int32')),
  matmul: (x) => matmul(x(2, 4, 8), x(4, 8), { transB: true, alpha: 0.5 }),
  conv2d: (x) => conv2d(x(1, 4, 8, 8), x(4, 4, 3, 3), x(4), { padding: 1 }),
  conv2dInputGrad: (x) =>
    apply('conv2dInputGrad', [x(1, 4, 4, 4), x(4, 4, 3, 3)], {
      stride: 2,
      padding: [1, 1, 1, 1],
      inputShape: [1, 4, 8, 8],
    }),
  conv2dWeightGrad: (x) =>
    apply('conv2dWeightGrad', [x(1, 4, 8, 8), x(1, 4, 8, 8)], {
      stride: 1,
      padding: [1, 1, 1, 1],
      kernelShape: [4, 4, 3, 3],
    }),
  upsample2x: (x) => upsampleNearest2x(x(1, 4, 8, 8)),
  sumPool2x: (x) => apply('sumPool2x', [x(1, 4, 8, 8)], {}),
  attention: (x) => attention(x(1, 2, 4, 8), x(1, 2, 4, 8), x(1, 2, 4, 8), 0.5),
};

const TWO_INPUTS: ReadonlySet<OpName> = new Set<OpName>(['add', 'sub', 'mul', 'div', 'maximum', 'minimum']);

/** A graph of one operation that halves may go through; undefined for those that take none. */
export function probeOf(op: OpName, type: HalfType): Tensor | undefined {
  const kind = HALF_KINDS[op];
  if (NAMES.includes(op) || (kind !== 'product' && kind !== 'pointwise' && kind !== 'movement')) return undefined;
  let count = 0;
  const x = (...shape: Shape) => input(`x${count++}`, shape, type);
  const probe = PROBES[op];
  if (probe) return probe(x);
  return apply(op, TWO_INPUTS.has(op) ? [x(2, 8), x(2, 8)] : [x(2, 8)], {});
}

/** The operations that halves may go through. */
export const HALF_OPS = (Object.keys(HALF_KINDS) as OpName[]).filter((op) => probeOf(op, 'float16') !== undefined);

const asked = new Map<string, Promise<ReadonlySet<OpName>>>();

/** What a provider computes in a type. */
export function findHalfKernels(provider: Provider, type: HalfType): Promise<ReadonlySet<OpName>> {
  if (provider === 'cpu') return Promise.resolve(CPU_HALF_KERNELS[type]);
  const key = `${provider} ${type}`;
  const known = asked.get(key) ?? askForKernels(provider, type);
  asked.set(key, known);
  return known;
}

async function askForKernels(provider: Provider, type: HalfType): Promise<ReadonlySet<OpName>> {
  const found = new Set<OpName>(NAMES);
  for (const op of HALF_OPS) if (await hasKernel(provider, probeOf(op, type)!)) found.add(op);
  return found;
}

async function hasKernel(provider: Provider, y: Tensor): Promise<boolean> {
  try {
    await (await compile({ y }, { provider })).dispose();
    return true;
  } catch {
    return false;
  }
}

/** How many operations of a graph are computed in float32 because the provider has no kernel for them, for people. */
export function describeLacking(lacking: ReadonlyMap<OpName, number>, type: HalfType, provider: Provider): string {
  if (lacking.size === 0) return `${type} on ${provider}: nothing lacks a kernel`;
  const counts = [...lacking].sort(([, a], [, b]) => b - a).map(([op, count]) => `${op} ${count}`);
  return `${type} on ${provider}: kept as ${type} and computed in float32 for want of a kernel: ${counts.join(', ')}`;
}
