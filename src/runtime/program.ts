// Compiled programs on ONNX Runtime: the only place that imports it.

import * as ort from 'onnxruntime-node';
import { input } from '../graph/tensor.ts';
import type { DType, Shape, TensorType } from '../graph/types.ts';
import { formatType, sizeOf } from '../graph/types.ts';
import { inputsOf, type Outputs, toBytes } from '../onnx/model.ts';
import { CollimateError } from '../util/errors.ts';
import { checkProvider, type Provider } from './providers.ts';

export type HostData = Float32Array | Uint16Array | Int32Array | BigInt64Array | Uint8Array;

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

export interface CompileOptions {
  readonly provider?: Provider;
  /** Threads of one run; 0 takes one a core. */
  readonly threads?: number;
  /** Outputs that stay on the device of the provider: the parameters of a training step. */
  readonly keep?: readonly string[];
  /** Write a profile of each node to a file with this prefix. */
  readonly profile?: string;
}

/** A compiled graph. `run` blocks the thread while it computes. */
export interface Program {
  readonly inputs: ReadonlyMap<string, TensorType>;
  /**
   * @throws CollimateError SHAPE where an input is missing, unknown or of another size; nothing has run then.
   */
  run(feeds: Readonly<Record<string, HostData | Value>>): Promise<Record<string, Value>>;
  dispose(): Promise<void>;
}

const DTYPES: Partial<Record<string, DType>> = {
  float32: 'float32',
  float16: 'float16',
  int32: 'int32',
  int64: 'int64',
  bool: 'bool',
};

class OrtValue implements Value {
  readonly tensor: ort.Tensor;
  readonly type: TensorType;

  constructor(tensor: ort.Tensor) {
    this.tensor = tensor;
    this.type = { dtype: DTYPES[tensor.type]!, shape: tensor.dims };
  }

  get location(): 'cpu' | 'device' {
    return this.tensor.location === 'cpu' ? 'cpu' : 'device';
  }

  get data(): HostData {
    return this.tensor.data as HostData;
  }

  async read(): Promise<HostData> {
    return this.location === 'cpu' ? this.data : readBack(this);
  }

  dispose(): void {
    if (this.location === 'device') this.tensor.dispose();
  }
}

/**
 * Compiles a graph for a provider.
 *
 * @example
 * const x = input('x', [2]);
 * const program = await compile({ y: mul(x, 2) });
 * (await program.run({ x: Float32Array.of(1, 2) })).y!.data; // Float32Array [2, 4]
 * @throws CollimateError PROVIDER where this machine does not have the provider.
 */
export async function compile(outputs: Outputs, options: CompileOptions = {}): Promise<Program> {
  const provider = options.provider ?? 'cpu';
  checkProvider(provider);
  const inputs = inputsOf(outputs);
  const session = await ort.InferenceSession.create(
    toBytes(outputs),
    sessionOptions(provider, options, Object.keys(outputs)),
  );
  return {
    inputs,
    async run(feeds) {
      const results = await session.run(toTensors(inputs, feeds));
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, new OrtValue(tensor)]));
    },
    dispose: () => session.release(),
  };
}

/** `getData()` of a tensor on the device aborts the process; an Identity program brings it back. */
async function readBack(value: OrtValue): Promise<HostData> {
  const program = await compile({ y: input('x', value.type.shape, value.type.dtype) }, { provider: 'webgpu' });
  const { y } = await program.run({ x: value });
  await program.dispose();
  return y!.data;
}

function sessionOptions(
  provider: Provider,
  { threads = 0, keep = [], profile }: CompileOptions,
  outputs: readonly string[],
): ort.InferenceSession.SessionOptions {
  return {
    executionProviders: [provider],
    intraOpNumThreads: threads,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
    ...(provider === 'webgpu' && {
      preferredOutputLocation: Object.fromEntries(
        outputs.map((name) => [name, keep.includes(name) ? 'gpu-buffer' : 'cpu'] as const),
      ),
    }),
    ...(profile && { enableProfiling: true, profileFilePrefix: profile }),
    // Recomputed blocks (gradient checkpointing) are equal to the first computation; merging them would undo it.
    extra: { optimization: { disable_specified_optimizers: 'CommonSubexpressionElimination' } },
  };
}

function toTensors(
  inputs: ReadonlyMap<string, TensorType>,
  feeds: Readonly<Record<string, HostData | Value>>,
): Record<string, ort.Tensor> {
  const unknown = Object.keys(feeds).find((name) => !inputs.has(name));
  if (unknown)
    throw new CollimateError(
      'SHAPE',
      `run: the program has no input ${unknown}; its inputs are ${[...inputs.keys()].join(', ')}`,
    );
  return Object.fromEntries(
    [...inputs].map(([name, type]) => {
      const fed = feeds[name];
      if (!fed) throw new CollimateError('SHAPE', `run: input ${name} ${formatType(type)} is missing`);
      return [name, fed instanceof OrtValue ? fed.tensor : hostTensor(name, type, fed as HostData)];
    }),
  );
}

function hostTensor(name: string, { dtype, shape }: { dtype: DType; shape: Shape }, data: HostData): ort.Tensor {
  if (data.length !== sizeOf(shape))
    throw new CollimateError(
      'SHAPE',
      `run: input ${name} expects ${formatType({ dtype, shape })}, ${sizeOf(shape)} elements, got ${data.length}`,
    );
  return new ort.Tensor(dtype, data, shape);
}
