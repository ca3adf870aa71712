// A graph as the records of an ONNX model. What it says is known by protobuf alone; `model.ts` makes bytes and text of it.

import { create } from '@bufbuild/protobuf';
import { CollimateError } from '../../util/errors.ts';
import type { OpName } from '../graph/ops.ts';
import { isLate, type Node, type Tensor, topologicalOrder } from '../graph/tensor.ts';
import type { TensorType } from '../graph/types.ts';
import type { Dialect } from './dialect.ts';
import { Emitter } from './emitter.ts';
import {
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './generated/onnx_pb.ts';
import { type LoweringContext, loweringRules } from './lowering.ts';
import { inputsOf, type Outputs } from './outputs.ts';

/** Lowers a graph to an ONNX model. The same graph gives the same bytes in the same dialect. */
export function toModel(outputs: Outputs, dialect: Dialect = 'full'): ModelProto {
  const emitter = new Emitter(dialect);
  const names = new Map<Tensor['node'], string[]>();
  const nameOf = (tensor: Tensor) => names.get(tensor.node)![tensor.index]!;
  const order = topologicalOrder(Object.values(outputs));
  const isUsed = usesOf(order, Object.values(outputs));
  const late: NodeProto[] = [];
  for (const node of order) {
    const before = emitter.nodes.length;
    const lower = loweringRules[node.op] as (context: LoweringContext<OpName>) => string[];
    const used = node.outputs.map((_, index) => isUsed(node, index));
    names.set(
      node,
      lower({
        emitter,
        names: node.inputs.map(nameOf),
        inputs: node.inputs,
        outputs: node.outputs,
        used,
        attrs: node.attrs,
      }),
    );
    if (isLate(node)) late.push(...emitter.nodes.splice(before));
  }
  const inputs = inputsOf(outputs);
  const both = Object.keys(outputs).find((name) => inputs.has(name));
  if (both) throw new CollimateError('SHAPE', `graph: ${both} is the name of an input and of an output`);
  emitter.nameResults(new Map(Object.entries(outputs).map(([name, tensor]) => [name, nameOf(tensor)])), late);
  const graph = create(GraphProtoSchema, {
    name: 'collimate',
    // ONNX Runtime finds the order itself, and computes the inputs of a node newest first: what stands first here, before what it is
    // made of, is computed last.
    node: [...late, ...emitter.nodes],
    initializer: emitter.initializers,
    input: [...inputs].map(([name, type]) => valueInfo(name, type, emitter)),
    output: Object.entries(outputs).map(([name, type]) => valueInfo(name, type, emitter)),
  });
  const opsetImport = [
    { domain: '', version: 20n },
    { domain: 'com.microsoft', version: 1n },
  ];
  return create(ModelProtoSchema, { irVersion: 9n, producerName: 'collimate', opsetImport, graph });
}

/** Whether an output of a node is an input of another or a result of the graph. */
function usesOf(order: readonly Node[], results: readonly Tensor[]): (node: Node, index: number) => boolean {
  const uses = new Map<Node, Set<number>>();
  for (const { node, index } of [...results, ...order.flatMap(({ inputs }) => inputs)])
    uses.set(node, (uses.get(node) ?? new Set()).add(index));
  return (node, index) => uses.get(node)?.has(index) ?? false;
}

function valueInfo(name: string, { dtype, shape }: TensorType, emitter: Emitter): ValueInfoProto {
  const dim = shape.map((n) => ({ value: { case: 'dimValue' as const, value: BigInt(n) } }));
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: { elemType: emitter.elementType(dtype), shape: { dim } } } },
  });
}
