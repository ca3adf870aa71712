// A graph as the bytes of an ONNX ModelProto, and as text for people.

import { toBinary } from '@bufbuild/protobuf';
import { formatType } from '../graph/types.ts';
import type { Dialect } from './dialect.ts';
import { ModelProtoSchema } from './generated/onnx_pb.ts';
import { toModel } from './lower-graph.ts';
import { inputsOf, type Outputs } from './outputs.ts';

/** The bytes of `toModel`. */
export function toBytes(outputs: Outputs, dialect: Dialect = 'full'): Uint8Array {
  return toBinary(ModelProtoSchema, toModel(outputs, dialect));
}

/** One line a node: `y = Add(a, b)`, with the attributes that it has. */
export function dump(outputs: Outputs): string {
  const { graph } = toModel(outputs);
  const inputs = [...inputsOf(outputs)].map(([name, type]) => `${name}: ${formatType(type)}`);
  const lines = graph!.node.map(({ opType, input, output, attribute }) => {
    const attributes = attribute.map(
      ({ name, i, f, ints, s, type }) =>
        `${name}=${type === 7 ? `[${ints}]` : type === 3 ? new TextDecoder().decode(s) : type === 1 ? f : i}`,
    );
    return `${output.join(', ')} = ${opType}(${[...input, ...attributes].join(', ')})`;
  });
  return [`inputs ${inputs.join(', ')}`, ...lines, `outputs ${Object.keys(outputs).join(', ')}`].join('\n');
}
