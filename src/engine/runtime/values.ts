// What goes into programs and comes out of them: arrays on the host, and tensors that stay on a device.

import { CollimateError } from '../../util/errors.ts';
import { type DType, formatType, sameShape, sizeOf, type TensorType } from '../graph/types.ts';
import { onWebgpu, toInt32 } from '../onnx/emitter.ts';
import type { Provider } from './providers.ts';
import type { HostData, HostTensor, RuntimeTensor } from './runtime.ts';

/** A value that came out of a program: on the host, or (on a GPU, when kept) on the device until it is fed again. */
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

/** The array that holds elements of each type. */
export const HOST_ARRAYS = {
  float32: Float32Array,
  float16: Uint16Array,
  bfloat16: Uint16Array,
  int8: Int8Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
} as const satisfies Record<DType, unknown>;

/** Brings a value from its device. */
type Reader = (value: Value, provider: Provider) => Promise<HostData>;

export class ProgramValue implements Value {
  readonly tensor: RuntimeTensor;
  readonly type: TensorType;
  readonly #readBack: Reader;
  #isFreed = false;

  constructor(tensor: RuntimeTensor, type: TensorType, readBack: Reader) {
    this.tensor = tensor;
    this.type = type;
    this.#readBack = readBack;
  }

  get location(): 'cpu' | 'device' {
    return this.tensor.location;
  }

  get data(): HostData {
    if (this.tensor.location === 'device')
      throw new CollimateError(
        'PROVIDER',
        `value ${formatType(this.type)}: it is on ${this.tensor.provider}`,
        'Read it.',
      );
    const { data } = this.tensor;
    // WebGPU has int32 only.
    return this.type.dtype === 'int64' && data instanceof Int32Array ? BigInt64Array.from(data, BigInt) : data;
  }

  async read(): Promise<HostData> {
    return this.tensor.location === 'device' ? this.#readBack(this, this.tensor.provider) : this.data;
  }

  dispose(): void {
    if (this.#isFreed || this.tensor.location === 'cpu') return;
    this.#isFreed = true;
    this.tensor.free();
  }
}

/**
 * What a session takes for an input; host data is not copied.
 *
 * @throws CollimateError SHAPE where the type or size is another, PROVIDER where the value is on another device.
 */
export function toTensor(name: string, type: TensorType, fed: HostData | Value, provider: Provider): RuntimeTensor {
  if (!(fed instanceof ProgramValue)) return hostTensor(name, type, fed as HostData, provider);
  if (fed.type.dtype !== type.dtype || !sameShape(fed.type.shape, type.shape))
    throw mismatch(name, type, formatType(fed.type));
  if (fed.tensor.location === 'cpu') return hostTensor(name, type, fed.data, provider);
  const home = fed.tensor.provider;
  if (home === provider) return fed.tensor;
  throw new CollimateError(
    'PROVIDER',
    `run: input ${name} is on ${home}, the program on ${provider}`,
    'Read the value first.',
  );
}

/** @throws CollimateError SHAPE where the array is of another type or size. */
export function checkArray(name: string, type: TensorType, data: HostData): void {
  if (!(data instanceof HOST_ARRAYS[type.dtype])) throw mismatch(name, type, `a ${(data as object).constructor.name}`);
  if (data.length !== sizeOf(type.shape)) throw mismatch(name, type, `${data.length}`);
}

/** An array as an input of that type. @throws CollimateError SHAPE where it is of another type or size. */
export function hostTensor(name: string, type: TensorType, data: HostData, provider: Provider): HostTensor {
  checkArray(name, type, data);
  const { dtype, shape } = type;
  if (provider !== 'webgpu' || onWebgpu(dtype) === dtype) return { location: 'cpu', dtype, shape, data };
  const narrow = toInt32(data as BigInt64Array | Int8Array, `run: input ${name}`);
  return { location: 'cpu', dtype: 'int32', shape, data: narrow };
}

function mismatch(name: string, type: TensorType, got: string): CollimateError {
  const expected = `${formatType(type)}, ${sizeOf(type.shape)} elements in a ${HOST_ARRAYS[type.dtype].name}`;
  return new CollimateError('SHAPE', `run: input ${name} expects ${expected}, got ${got}`);
}
