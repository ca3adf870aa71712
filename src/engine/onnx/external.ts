// The files beside an ONNX file in which its weights lie: exporters write them so where they do not fit into one file, and often where they do.

import { fromBinary } from '@bufbuild/protobuf';
import { type GraphProto, ModelProtoSchema, TensorProto_DataLocation } from './generated/onnx_pb.ts';

/** Their names, relative to the ONNX file's folder, each once; none where the bytes are no ONNX file. */
export function externalFiles(bytes: Uint8Array): string[] {
  const names = new Set<string>();
  const look = ({ initializer, sparseInitializer, node }: GraphProto): void => {
    const attributes = node.flatMap(({ attribute }) => attribute);
    const tensors = [
      ...initializer,
      ...sparseInitializer.flatMap(({ values, indices }) => [values, indices]),
      ...attributes.flatMap(({ t, tensors: several }) => [t, ...several]),
    ];
    for (const tensor of tensors)
      if (tensor?.dataLocation === TensorProto_DataLocation.EXTERNAL)
        for (const { key, value } of tensor.externalData) if (key === 'location') names.add(value);
    for (const graph of attributes.flatMap(({ g, graphs }) => (g ? [g, ...graphs] : graphs))) look(graph);
  };
  const { graph } = readModel(bytes);
  if (graph) look(graph);
  return [...names].sort();
}

function readModel(bytes: Uint8Array): { readonly graph?: GraphProto | undefined } {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch {
    return {};
  }
}
