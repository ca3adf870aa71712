// Mixed precision: the same graph with its activations in 16 bits. Weights that are learned, statistics of norms, sums and whatever
// leads to the loss stay float32; what a provider has no kernel for is computed in float32 and kept as a half.

import { cast } from './functions.ts';
import { HALF_KINDS, type HalfKind } from './half-kinds.ts';
import type { OpAttrs, OpName } from './ops.ts';
import { apply, applyAll, type Node, outputsOf, type Tensor, topologicalOrder } from './tensor.ts';
import { type DType, sizeOf } from './types.ts';

export type HalfType = 'float16' | 'bfloat16';

export const HALF_TYPES: ReadonlySet<DType> = new Set<DType>(['float16', 'bfloat16'] satisfies HalfType[]);

export interface HalfOptions {
  readonly type: HalfType;
  /** The operations that the provider computes in it. */
  readonly kernels: ReadonlySet<OpName>;
  /** Whether an input is a weight: what depends on weights alone stays float32 until it meets an activation. */
  readonly isWeight: (input: string) => boolean;
  /**
   * Round every half, also one that goes into float32 at once: for graphs whose numbers are compared with those of another one, where it
   * may have other uses. Default no.
   */
  readonly alike?: boolean | undefined;
}

export interface HalfGraph {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** How often each operation is computed in float32 because the provider lacks a kernel. */
  readonly lacking: ReadonlyMap<OpName, number>;
}

/** A value of the former graph in the new one. */
interface Value {
  /** Whether it is a half by the rules, also where it is short-lived and was never rounded. */
  readonly isHalf: boolean;
  readonly half?: Tensor;
  readonly exact?: Tensor;
}

/**
 * The outputs, float32 as before, of a graph whose activations are halves. A half that is wanted in float32 is widened at each use, right
 * before it, so that what waits for the backward pass waits as a half.
 */
export function inHalf(outputs: Readonly<Record<string, Tensor>>, options: HalfOptions): HalfGraph {
  const rewriter = new Rewriter(Object.values(outputs), options);
  const rewritten = Object.entries(outputs).map(([name, tensor]) => [name, rewriter.take(tensor, tensor.dtype)]);
  return { outputs: Object.fromEntries(rewritten), lacking: rewriter.lacking };
}

class Rewriter {
  readonly lacking = new Map<OpName, number>();
  readonly #options: HalfOptions;
  readonly #values = new Map<Node, Value[]>();
  /** What depends on weights alone. */
  readonly #weights = new Set<Node>();
  readonly #uses: ReadonlyMap<Node, (readonly Node[])[]>;
  readonly #narrowed = new Map<Tensor, Tensor>();

  constructor(results: readonly Tensor[], options: HalfOptions) {
    this.#options = options;
    const order = topologicalOrder(results);
    this.#uses = usesOf(order);
    for (const node of order) this.#values.set(node, this.#rewrite(node));
  }

  /** A value in a type. */
  take({ node, index }: Tensor, dtype: DType): Tensor {
    const { half, exact } = this.#values.get(node)![index]!;
    if (dtype === this.#options.type) return half ?? this.#narrow(exact!);
    return exact ?? apply('cast', [half!], { to: dtype, late: true });
  }

  #narrow(exact: Tensor): Tensor {
    const known = this.#narrowed.get(exact) ?? cast(exact, this.#options.type);
    this.#narrowed.set(exact, known);
    return known;
  }

  #isHalf({ node, index }: Tensor): boolean {
    return this.#values.get(node)![index]!.isHalf;
  }

  #rewrite(node: Node): Value[] {
    const { type, isWeight } = this.#options;
    if (
      isWeightNode(node, isWeight) ||
      (node.inputs.length > 0 && node.inputs.every(({ node: n }) => this.#weights.has(n)))
    )
      this.#weights.add(node);
    const widened = node.op === 'cast' && node.outputs[0]!.dtype === 'float32' && node.inputs[0]!.dtype === type;
    if (widened) return [{ isHalf: true, half: this.take(node.inputs[0]!, type) }];
    const kind = HALF_KINDS[node.op];
    if (kind === 'source') return outputsOf(node).map((exact) => ({ isHalf: false, exact }));
    const isHalf = this.#becomesHalf(node, kind);
    return isHalf && this.#hasKernel(node.op, kind) ? this.#inHalf(node) : this.#inFloat(node, kind, isHalf);
  }

  #inHalf(node: Node): Value[] {
    const made = this.#apply(node, this.#options.type);
    return made.map((half) =>
      half.dtype === this.#options.type ? { isHalf: true, half } : { isHalf: false, exact: half },
    );
  }

  #inFloat(node: Node, kind: HalfKind, isHalf: boolean): Value[] {
    if (isHalf && kind !== 'norm') this.lacking.set(node.op, (this.lacking.get(node.op) ?? 0) + 1);
    return this.#apply(node, 'float32').map((exact, index) => {
      if (!isHalf || exact.dtype !== 'float32' || isStatistic(node, index)) return { isHalf: false, exact };
      return this.#isBrief(node, index) ? { isHalf: true, exact } : { isHalf: true, half: this.#narrow(exact) };
    });
  }

  #apply(node: Node, dtype: DType): Tensor[] {
    const inputs = node.inputs.map((tensor) => this.take(tensor, tensor.dtype === 'float32' ? dtype : tensor.dtype));
    return applyAll(node.op, inputs, node.attrs);
  }

  /** Whether the rules make halves of a node's large outputs. */
  #becomesHalf(node: Node, kind: HalfKind): boolean {
    if (this.#weights.has(node) || kind === 'exact') return false;
    if (kind === 'product') return true;
    if (kind === 'norm') return this.#isHalf(node.inputs[0]!);
    const real = node.inputs.filter(({ dtype }) => dtype === 'float32');
    const size = Math.max(...real.map(({ shape }) => sizeOf(shape)));
    const large = real.filter(({ shape }) => sizeOf(shape) === size);
    return large.length > 0 && large.every((tensor) => this.#isHalf(tensor));
  }

  #hasKernel(op: OpName, kind: HalfKind): boolean {
    return kind !== 'norm' && this.#options.kernels.has(op);
  }

  /** Whether a value goes into one node only, which is computed in float32 too: it need not be rounded, since it does not wait. */
  #isBrief(node: Node, index: number): boolean {
    if (this.#options.alike) return false;
    const users = this.#uses.get(node)?.[index] ?? [];
    if (users.length > 1) return false;
    return users.every(({ op }) => HALF_KINDS[op] !== 'movement' && !this.#hasKernel(op, HALF_KINDS[op]));
  }
}

/** Mean and deviation beside a layer norm's result. */
function isStatistic({ op }: Node, index: number): boolean {
  return op === 'layerNorm' && index > 0;
}

function isWeightNode({ op, attrs }: Node, isWeight: (input: string) => boolean): boolean {
  return op === 'constant' || op === 'stored' || (op === 'input' && isWeight((attrs as OpAttrs['input']).name));
}

/** The nodes that take each output of a node, once for each place; results of the graph have none. */
function usesOf(order: readonly Node[]): Map<Node, Node[][]> {
  const uses = new Map<Node, Node[][]>();
  for (const user of order)
    for (const { node, index } of user.inputs) {
      const lists = uses.get(node) ?? node.outputs.map(() => []);
      lists[index]!.push(user);
      uses.set(node, lists);
    }
  return uses;
}
