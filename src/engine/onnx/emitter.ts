// Collects ONNX nodes and initializers while a graph is lowered. Knows names and protobuf records, not operations.

import { create } from '@bufbuild/protobuf';
import { CollimateError } from '../../util/errors.ts';
import type { TypedData } from '../graph/ops.ts';
import { type DType, type Shape, sizeOf } from '../graph/types.ts';
import type { Dialect } from './dialect.ts';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  StringStringEntryProtoSchema,
  type TensorProto,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
} from './generated/onnx_pb.ts';

/** Whole numbers become INT, `{ float }` FLOAT, lists INTS, strings STRING. */
export type AttributeValue = number | { readonly float: number } | readonly number[] | string;

export const ELEMENT_TYPES: Record<DType, TensorProto_DataType> = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  bfloat16: TensorProto_DataType.BFLOAT16,
  int8: TensorProto_DataType.INT8,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  bool: TensorProto_DataType.BOOL,
};

const ELEMENT_BYTES: Record<DType, number> = {
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
};

/** Operations outside the ONNX standard that ONNX Runtime adds. */
const MICROSOFT_OPS: ReadonlySet<string> = new Set([
  'DynamicQuantizeMatMul',
  'FusedMatMul',
  'MultiHeadAttention',
  'QuickGelu',
]);

export class Emitter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #shared = new Map<string, string>();
  readonly dialect: Dialect;
  #next = 0;

  constructor(dialect: Dialect) {
    this.dialect = dialect;
  }

  /** The ONNX type in which values of a type are kept. */
  elementType(dtype: DType): TensorProto_DataType {
    return ELEMENT_TYPES[this.dialect === 'webgpu' ? onWebgpu(dtype) : dtype];
  }

  /** Adds a node with one output and returns that output's name. */
  emit(opType: string, inputs: readonly string[], attributes: Record<string, AttributeValue> = {}): string {
    return this.emitAll(opType, inputs, attributes, 1)[0]!;
  }

  emitAll(
    opType: string,
    inputs: readonly string[],
    attributes: Record<string, AttributeValue>,
    outputs: number,
  ): string[] {
    const id = this.#next++;
    const output = Array.from({ length: outputs }, (_, i) => `${opType}_${id}${i === 0 ? '' : `_${i}`}`);
    const domain = MICROSOFT_OPS.has(opType) ? 'com.microsoft' : '';
    const attribute = Object.entries(attributes).map(([name, value]) => toAttribute(name, value));
    this.nodes.push(
      create(NodeProtoSchema, { name: output[0]!, opType, domain, input: [...inputs], output, attribute }),
    );
    return output;
  }

  /**
   * Gives values the names that the graph promises for its results. What a node makes is called so from the start: a copy by another name
   * would take time, and memory for as long as something else uses the first. What comes from outside, or is a result twice, is copied.
   *
   * @param apart nodes that were taken out of this emitter's, and may use a result
   */
  nameResults(results: ReadonlyMap<string, string>, apart: readonly NodeProto[]): void {
    const made = new Set(this.nodes.flatMap(({ output }) => output));
    const names = new Map<string, string>();
    const copies: NodeProto[] = [];
    for (const [name, value] of results)
      if (made.has(value) && !names.has(value)) names.set(value, name);
      else copies.push(create(NodeProtoSchema, { name, opType: 'Identity', input: [value], output: [name] }));
    this.nodes.push(...copies);
    const rename = (value: string) => names.get(value) ?? value;
    for (const node of [...apart, ...this.nodes]) {
      node.input = node.input.map(rename);
      node.output = node.output.map(rename);
    }
  }

  /**
   * Zeros before and after along every axis. Pad's optional `axes` would be shorter, but where ONNX Runtime changes the
   * layout of an image it makes a Gather of them, for which WebGPU has no kernel.
   */
  pad(x: string, before: readonly number[], after: readonly number[]): string {
    return this.emit('Pad', [x, this.integers([...before, ...after])]);
  }

  /** A constant tensor. */
  constant(data: TypedData, shape: Shape, dtype: DType): string {
    if (this.dialect !== 'webgpu' || onWebgpu(dtype) === dtype) return this.#initializer(data, shape, dtype);
    return this.#initializer(toInt32(data as BigInt64Array | Int8Array, 'constant'), shape, 'int32');
  }

  /** A constant tensor that stays in a file; `location` is relative to the folder that the session is told. */
  stored(location: string, start: number, shape: Shape, dtype: DType): string {
    const key = `${location}:${start}:${dtype}[${shape}]`;
    const known = this.#shared.get(key);
    if (known) return known;
    const name = `stored_${this.#next++}`;
    const length = sizeOf(shape) * ELEMENT_BYTES[dtype];
    const externalData = Object.entries({ location, offset: start, length }).map(([field, value]) =>
      create(StringStringEntryProtoSchema, { key: field, value: `${value}` }),
    );
    this.initializers.push(
      create(TensorProtoSchema, {
        name,
        dims: shape.map(BigInt),
        dataType: ELEMENT_TYPES[dtype],
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData,
      }),
    );
    this.#shared.set(key, name);
    return name;
  }

  /** Small ones with the same content are stored once. */
  #initializer(data: TypedData, shape: Shape, dtype: DType): string {
    const key = data.length <= 16 ? `${dtype}[${shape}]${data.join()}` : undefined;
    const known = key && this.#shared.get(key);
    if (known) return known;
    const name = `constant_${this.#next++}`;
    const rawData = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    this.initializers.push(
      create(TensorProtoSchema, { name, dims: shape.map(BigInt), dataType: ELEMENT_TYPES[dtype], rawData }),
    );
    if (key) this.#shared.set(key, name);
    return name;
  }

  /** A list of whole numbers as an int64 tensor: how ONNX takes axes, shapes and bounds. */
  integers(values: readonly number[]): string {
    return this.#initializer(BigInt64Array.from(values, BigInt), [values.length], 'int64');
  }

  /** A number as a scalar of a type. */
  float(value: number, dtype: DType = 'float32'): string {
    const scalar = this.constant(Float32Array.of(value), [], 'float32');
    return dtype === 'float32' ? scalar : this.emit('Cast', [scalar], { to: this.elementType(dtype) });
  }
}

/** The type in which WebGPU keeps values of a type. */
export function onWebgpu(dtype: DType): DType {
  return dtype === 'int64' || dtype === 'int8' ? 'int32' : dtype;
}

/** @throws CollimateError PROVIDER where a number needs more than 32 bits. */
export function toInt32(data: BigInt64Array | Int8Array, who: string): Int32Array {
  if (data instanceof Int8Array) return Int32Array.from(data);
  const wide = data.find((value) => BigInt.asIntN(32, value) !== value);
  if (wide === undefined) return Int32Array.from(data, Number);
  throw new CollimateError(
    'PROVIDER',
    `${who}: ${wide} needs more than 32 bits, and WebGPU has no wider whole numbers`,
    'Use smaller numbers, or --device cpu.',
  );
}

function toAttribute(name: string, value: AttributeValue): AttributeProto {
  if (typeof value === 'number')
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INT, i: BigInt(value) });
  if (typeof value === 'string')
    return create(AttributeProtoSchema, {
      name,
      type: AttributeProto_AttributeType.STRING,
      s: new TextEncoder().encode(value),
    });
  if ('float' in value)
    return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.FLOAT, f: value.float });
  return create(AttributeProtoSchema, { name, type: AttributeProto_AttributeType.INTS, ints: value.map(BigInt) });
}
