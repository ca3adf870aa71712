// What goes into programs and comes out of them: arrays on the host, and tensors that stay on a device.

import * as ort from 'onnxruntime-node';
import { CollimateError } from '../../util/errors.ts';
import { type DType, formatType, sameShape, sizeOf, type TensorType } from '../graph/types.ts';
import { onWebgpu, toInt32 } from '../onnx/emitter.ts';
import type { Provider } from './providers.ts';
import type { RuntimeSession } from './session.ts';

/** The elements of a tensor: `Uint16Array` holds the bits of float16 or bfloat16, `Uint8Array` truth values. */
export type HostData = Float32Array | Uint16Array | Int8Array | Int32Array | BigInt64Array | Uint8Array;

/** A value that came out of a program: on the host, or (WebGPU, when kept) on the device until it is fed again. */
export interface Value {
  readonly type: TensorType;
  readonly location: 'cpu' | 'device';
  /** The elements in row-major order. Only for values on the host. */
  readonly data: HostData;
  /** The elements, brought from the device where they are there. */
  read(): Promise<HostData>;
  /** Frees device memory; nothing on the host. */
  dispose(): void;
}

const HOST_ARRAYS = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>;

/** Brings a value from the device of its session. */
type Reader = (value: Value, session: RuntimeSession) => Promise<HostData>;

export class OrtValue implements Value {
  readonly tensor: ort.Tensor;
  readonly type: TensorType;
  readonly session: RuntimeSession;
  readonly #readBack: Reader;
  #isFreed = false;

  constructor(tensor: ort.Tensor, type: TensorType, session: RuntimeSession, readBack: Reader) {
    this.tensor = tensor;
    this.type = type;
    this.session = session;
    this.#readBack = readBack;
  }

  get location(): 'cpu' | 'device' {
    return this.tensor.location === 'cpu' ? 'cpu' : 'device';
  }

  get data(): HostData {
    const data = this.tensor.data as HostData;
    if (data instanceof HOST_ARRAYS[this.type.dtype]) return data;
    if (this.type.dtype === 'int64') return BigInt64Array.from(data as Int32Array, BigInt); // WebGPU has int32 only
    return new Uint16Array(data.buffer, data.byteOffset, data.length); // float16 where the engine has Float16Array
  }

  async read(): Promise<HostData> {
    return this.location === 'cpu' ? this.data : this.#readBack(this, this.session);
  }

  dispose(): void {
    if (this.#isFreed || this.location === 'cpu') return;
    this.#isFreed = true;
    void this.session.free(this.tensor);
  }
}

/**
 * What ONNX Runtime takes for an input; host data is not copied.
 *
 * @throws CollimateError SHAPE where the type or size is another, PROVIDER where the value is on another device.
 */
export function toTensor(name: string, type: TensorType, fed: HostData | Value, provider: Provider): ort.Tensor {
  if (!(fed instanceof OrtValue)) return hostTensor(name, type, fed as HostData, provider);
  if (fed.type.dtype !== type.dtype || !sameShape(fed.type.shape, type.shape))
    throw mismatch(name, type, formatType(fed.type));
  if (fed.location === 'cpu') return hostTensor(name, type, fed.data, provider);
  const home = fed.session.provider;
  if (home === provider) return fed.tensor;
  throw new CollimateError(
    'PROVIDER',
    `run: input ${name} is on ${home}, the program on ${provider}`,
    'Read the value first.',
  );
}

function hostTensor(name: string, type: TensorType, data: HostData, provider: Provider): ort.Tensor {
  const { dtype, shape } = type;
  if (!(data instanceof HOST_ARRAYS[dtype])) throw mismatch(name, type, `a ${(data as object).constructor.name}`);
  if (data.length !== sizeOf(shape)) throw mismatch(name, type, `${data.length}`);
  if (dtype === 'bfloat16')
    throw new CollimateError(
      'SHAPE',
      `run: input ${name} is bfloat16, which can be stored but not fed`,
      'Widen it first.',
    );
  if (provider !== 'webgpu' || onWebgpu(dtype) === dtype) return new ort.Tensor(dtype, data, shape);
  return new ort.Tensor('int32', toInt32(data as BigInt64Array | Int8Array, `run: input ${name}`), shape);
}

function mismatch(name: string, type: TensorType, got: string): CollimateError {
  const expected = `${formatType(type)}, ${sizeOf(type.shape)} elements in a ${HOST_ARRAYS[type.dtype].name}`;
  return new CollimateError('SHAPE', `run: input ${name} expects ${expected}, got ${got}`);
}
