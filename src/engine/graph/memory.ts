// How much memory running a graph takes: what is fed, what stays, and the most that is alive at once in between.

import type { OpName } from './ops.ts';
import { isLate, type Node, type Tensor } from './tensor.ts';
import { type DType, sizeOf, type TensorType } from './types.ts';

const BYTES: Record<DType, number> = { float32: 4, float16: 2, bfloat16: 2, int8: 1, int32: 4, int64: 8, bool: 1 };

/** Another name for the same memory. */
const VIEWS: ReadonlySet<OpName> = new Set<OpName>(['reshape', 'stopGradient', 'checkpoint']);
/** What is there before the first node runs. */
const SOURCES: ReadonlySet<OpName> = new Set<OpName>(['input', 'constant', 'stored']);

export interface MemoryUse {
  /** Inputs, which the caller holds. */
  readonly inputs: number;
  /** Constants, in the precision that they are kept in. */
  readonly constants: number;
  /** The most that intermediate values and results take at one time. */
  readonly alive: number;
}

function bytesOf({ dtype, shape }: TensorType): number {
  return BYTES[dtype] * sizeOf(shape);
}

/**
 * Bytes that computing the tensors takes, by running the graph in thought: a value is there from its node to its last use,
 * results to the end. Nodes run as ONNX Runtime orders them, the inputs of a node newest first.
 *
 * @param held results that are written into memory of the caller's, which does not count
 */
export function estimateMemory(results: readonly Tensor[], held: ReadonlySet<Tensor> = new Set()): MemoryUse {
  const order = executionOrder(results);
  const isHeld = heldOutputs(held);
  const lastUse = findLastUses(
    order,
    results.filter((tensor) => !held.has(tensor)),
  );
  const dying = new Map<number, number>();
  let [inputs, constants, now, alive] = [0, 0, 0, 0];
  order.forEach((node, time) => {
    if (node.op === 'input') inputs += bytesOf(node.outputs[0]!);
    else if (SOURCES.has(node.op)) constants += bytesOf(node.outputs[0]!);
    else if (!VIEWS.has(node.op)) {
      const end = (index: number) => (isHeld(node, index) ? -1 : (lastUse.get(node)?.[index] ?? -1));
      const [made, scratch] = allocate(node, end, time, dying);
      now += made;
      alive = Math.max(alive, now + scratch);
    }
    now -= dying.get(time) ?? 0;
  });
  return { inputs, constants, alive };
}

/** Whether an output of a node is a held result itself; a view of something else is copied into its place. */
function heldOutputs(held: ReadonlySet<Tensor>): (node: Node, index: number) => boolean {
  const known = new Map<Node, Set<number>>();
  for (const { node, index } of held) known.set(node, (known.get(node) ?? new Set()).add(index));
  return (node, index) => known.get(node)?.has(index) ?? false;
}

/** Bytes of a node's used outputs, which die at their last use, and of what it needs while it runs. */
function allocate(
  node: Node,
  lastUse: (index: number) => number,
  time: number,
  dying: Map<number, number>,
): [made: number, scratch: number] {
  let made = 0;
  node.outputs.forEach((type, index) => {
    const end = lastUse(index);
    if (end < time) return;
    made += bytesOf(type);
    dying.set(end, (dying.get(end) ?? 0) + bytesOf(type));
  });
  // Attention with its probabilities has the scores beside them.
  const scratch = node.op === 'attention' && lastUse(1) >= time ? bytesOf(node.outputs[1]!) : 0;
  return [made, scratch];
}

/** When each output is used last, through views of it; results at the end. */
function findLastUses(order: readonly Node[], results: readonly Tensor[]): Map<Node, number[]> {
  const uses = new Map<Node, number[]>();
  const use = ({ node, index }: Tensor, time: number): void => {
    const [source] = node.inputs;
    if (VIEWS.has(node.op) && source) {
      use(source, time);
      return;
    }
    const times = uses.get(node) ?? node.outputs.map(() => -1);
    times[index] = Math.max(times[index]!, time);
    uses.set(node, times);
  };
  order.forEach((node, time) => {
    if (!VIEWS.has(node.op)) for (const tensor of node.inputs) use(tensor, time);
  });
  for (const tensor of results) use(tensor, order.length);
  return uses;
}

/** Every node after its inputs, these from the last to the first, and what is made late after the others. */
function executionOrder(results: readonly Tensor[]): Node[] {
  const order: Node[] = [];
  const state = new Map<Node, 'open' | 'done'>();
  const stack: Node[] = results.map(({ node }) => node);
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    if (state.has(node)) {
      stack.pop();
      if (state.get(node) === 'open') order.push(node);
      state.set(node, 'done');
      continue;
    }
    state.set(node, 'open');
    const parents = node.inputs.map(({ node: parent }) => parent);
    for (const parent of [...parents.filter(isLate), ...parents.filter((each) => !isLate(each))])
      if (!state.has(parent)) stack.push(parent);
  }
  return order;
}
