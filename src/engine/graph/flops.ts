// How much arithmetic a graph asks for: multiplications and additions of its contractions. Elementwise work is not counted,
// as is usual when GFLOP/s are compared.

import type { OpName } from './ops.ts';
import { type Node, type Tensor, topologicalOrder } from './tensor.ts';
import { sizeOf } from './types.ts';

/** Floating-point operations of a node: `2 · output · inner` for a product, twice that for attention. */
const FLOPS: Partial<Record<OpName, (node: Node) => number>> = {
  matmul: ({ inputs: [a], outputs: [y], attrs }) =>
    2 * sizeOf(y!.shape) * a!.shape.at((attrs as { transA: boolean }).transA ? -2 : -1)!,
  quantizedMatmul: ({ inputs: [, q], outputs: [y] }) => 2 * sizeOf(y!.shape) * q!.shape[0]!,
  conv2d: ({ inputs: [, w], outputs: [y] }) => 2 * sizeOf(y!.shape) * sizeOf(w!.shape.slice(1)),
  conv2dInputGrad: ({ inputs: [g, w] }) => 2 * sizeOf(g!.shape) * sizeOf(w!.shape.slice(1)),
  conv2dWeightGrad: ({ inputs: [, g], outputs: [dw] }) => 2 * sizeOf(g!.shape) * sizeOf(dw!.shape.slice(1)),
  attention: ({ inputs: [q, , v], outputs: [, p] }) => 2 * sizeOf(p!.shape) * (q!.shape[2]! + v!.shape[2]!),
};

/** The floating-point operations that computing the tensors takes. */
export function countFlops(tensors: readonly Tensor[]): number {
  return topologicalOrder(tensors).reduce((total, node) => total + (FLOPS[node.op]?.(node) ?? 0), 0);
}
