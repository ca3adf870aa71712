// Graph nodes are frozen records made by one function; passes return new ones. A graph is whatever its outputs reach.

import type { OpAttrs, OpName } from './ops.ts';
import { shapeRules } from './shapes.ts';
import type { DType, Shape, TensorType } from './types.ts';

/** One application of an operation. */
export interface Node<K extends OpName = OpName> {
  readonly op: K;
  readonly inputs: readonly Tensor[];
  readonly attrs: OpAttrs[K];
  readonly outputs: readonly TensorType[];
}

/** A symbolic tensor: one output of a node. It has a type and no values. */
export interface Tensor extends TensorType {
  readonly node: Node;
  readonly index: number;
}

/** Applies an operation: checks the inputs by its shape rule and returns all its outputs. */
export function applyAll<K extends OpName>(op: K, inputs: readonly Tensor[], attrs: OpAttrs[K]): Tensor[] {
  const outputs = shapeRules[op](inputs, attrs);
  return outputsOf(Object.freeze({ op, inputs: Object.freeze([...inputs]), attrs, outputs }) as unknown as Node);
}

/** Applies an operation and returns its first output. */
export function apply<K extends OpName>(op: K, inputs: readonly Tensor[], attrs: OpAttrs[K]): Tensor {
  return applyAll(op, inputs, attrs)[0]!;
}

/** The tensors that a node makes. */
export function outputsOf(node: Node): Tensor[] {
  return node.outputs.map(({ dtype, shape }, index) => Object.freeze({ node, index, dtype, shape }));
}

/** Whether a node is to be computed right before its use. */
export function isLate({ op, attrs }: Node): boolean {
  return op === 'cast' && ((attrs as OpAttrs['cast']).late ?? false);
}

/** A named input of a graph. */
export function input(name: string, shape: Shape, dtype: DType = 'float32'): Tensor {
  return apply('input', [], { name, dtype, shape });
}

/** Every node that the tensors need, each after its inputs, in a fixed order. */
export function topologicalOrder(tensors: readonly Tensor[]): Node[] {
  const order: Node[] = [];
  const state = new Map<Node, 'open' | 'done'>();
  const stack: Node[] = tensors.map((tensor) => tensor.node).reverse();
  while (stack.length > 0) {
    const node = stack[stack.length - 1]!;
    if (state.has(node)) {
      stack.pop();
      if (state.get(node) === 'open') order.push(node);
      state.set(node, 'done');
      continue;
    }
    state.set(node, 'open');
    for (let i = node.inputs.length - 1; i >= 0; i--) {
      const parent = node.inputs[i]!.node;
      if (!state.has(parent)) stack.push(parent);
    }
  }
  return order;
}
