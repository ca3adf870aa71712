// Reverse-mode differentiation: the backward pass is more nodes of the same graph.

import { add, scalar, zeros } from './functions.ts';
import { applyGradientRule } from './gradients.ts';
import type { OpName } from './ops.ts';
import { apply, type Node, outputsOf, type Tensor, topologicalOrder } from './tensor.ts';
import { formatType, shapeError } from './types.ts';

export interface GradOptions {
  /**
   * Gradient checkpointing (Chen et al., 2016): keep only tensors that went through `checkpoint`, and compute what lies between them
   * again in the backward pass. Less memory for about a third more time. The result is the same.
   */
  readonly recompute?: boolean;
}

/**
 * `∂loss/∂x` for each x of `wrt`; zeros where the loss does not depend on it.
 *
 * @param loss float32 []
 * @returns tensors of the shapes of `wrt`
 * @throws CollimateError SHAPE where the loss is no scalar.
 */
export function grad(loss: Tensor, wrt: readonly Tensor[], { recompute = false }: GradOptions = {}): Tensor[] {
  if (loss.shape.length !== 0) throw shapeError('grad', 'a scalar loss', formatType(loss));
  const order = topologicalOrder([loss]);
  const active = reachedFrom(wrt, order);
  const gradients = new Map<Node, (Tensor | undefined)[]>();
  const accumulate = (to: Tensor, g: Tensor) => {
    const slots = gradients.get(to.node) ?? new Array(to.node.outputs.length).fill(undefined);
    slots[to.index] = slots[to.index] ? add(slots[to.index], g) : g;
    gradients.set(to.node, slots);
  };
  accumulate(loss, scalar(1, loss.dtype));
  const again = recompute ? recomputer() : (node: Node) => node;
  for (const node of order.reverse()) {
    const ofOutputs = gradients.get(node);
    if (!ofOutputs || !active.has(node) || node.inputs.length === 0) continue;
    const ofInputs = applyGradientRule(again(node), ofOutputs);
    node.inputs.forEach((to, i) => {
      if (ofInputs[i] && active.has(to.node)) accumulate(to, ofInputs[i]);
    });
  }
  return wrt.map((x) => gradients.get(x.node)?.[x.index] ?? zeros(x.shape));
}

/** The nodes through which a gradient can reach one of `wrt`. */
function reachedFrom(wrt: readonly Tensor[], order: readonly Node[]): Set<Node> {
  const active = new Set(wrt.map(({ node }) => node));
  for (const node of order) if (node.inputs.some((tensor) => active.has(tensor.node))) active.add(node);
  return active;
}

/** What is kept anyway, or costs nothing to make: checkpoints, inputs, and the parts of a flat parameter vector. */
const KEPT: ReadonlySet<OpName> = new Set<OpName>(['input', 'constant', 'stored', 'checkpoint', 'split']);

/** Copies nodes for the backward pass down to what is kept, so that the forward pass need not hold their values. */
function recomputer(): (node: Node) => Node {
  const copies = new Map<Node, Node>();
  return function copy(node: Node): Node {
    if (KEPT.has(node.op)) return node;
    const known = copies.get(node);
    if (known) return known;
    const inputs = node.inputs.map((tensor) => outputsOf(copy(tensor.node))[tensor.index]!);
    const made = apply(node.op, inputs, node.attrs).node;
    copies.set(node, made);
    return made;
  };
}
