// Large constants of a graph as inputs of it: an ONNX model holds less than 2 GiB, and would hold them a second time.

import { HALF_TYPES } from './half.ts';
import type { OpAttrs, TypedData } from './ops.ts';
import { apply, type Node, outputsOf, type Tensor, topologicalOrder } from './tensor.ts';
import { sizeOf } from './types.ts';

export interface Lifted {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** What is to be fed, by input. */
  readonly held: Readonly<Record<string, TypedData>>;
}

/** From this many elements on a constant is fed. */
const LARGE = 2 ** 12;

/** The same graph with its large constants of 16 bits as inputs. */
export function liftHalves(outputs: Readonly<Record<string, Tensor>>): Lifted {
  const order = topologicalOrder(Object.values(outputs));
  const large = order.filter(isLargeHalf);
  if (large.length === 0) return { outputs, held: {} };
  const held: Record<string, TypedData> = {};
  const known = new Map<Node, Node>();
  const take = ({ node, index }: Tensor) => outputsOf(known.get(node)!)[index]!;
  for (const node of order) known.set(node, isLargeHalf(node) ? lift(node, held) : again(node, take));
  return { outputs: Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, take(tensor)])), held };
}

function isLargeHalf({ op, outputs }: Node): boolean {
  const [type] = outputs;
  return op === 'constant' && HALF_TYPES.has(type!.dtype) && sizeOf(type!.shape) >= LARGE;
}

function lift({ attrs }: Node, held: Record<string, TypedData>): Node {
  const { data, shape, dtype } = attrs as OpAttrs['constant'];
  const name = `constant.${Object.keys(held).length}`;
  held[name] = data;
  return apply('input', [], { name, shape, dtype }).node;
}

function again(node: Node, take: (tensor: Tensor) => Tensor): Node {
  return node.inputs.length === 0 ? node : apply(node.op, node.inputs.map(take), node.attrs).node;
}
