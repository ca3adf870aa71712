// Compiled programs on ONNX Runtime. With values.ts and providers.ts the only place that imports it.

import * as ort from 'onnxruntime-node';
import { input } from '../graph/tensor.ts';
import { formatType, type TensorType } from '../graph/types.ts';
import { inputsOf, type Outputs, toBytes } from '../onnx/model.ts';
import { CollimateError } from '../util/errors.ts';
import { checkProvider, type Provider, providerError } from './providers.ts';
import { type HostData, OrtValue, toTensor, type Value } from './values.ts';

export type { HostData, Value } from './values.ts';

// What goes wrong is thrown as well; the log would be a second, unformatted account of it on stderr.
ort.env.logLevel = 'fatal';

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
  const session = await createSession(outputs, provider, options);
  return {
    inputs,
    async run(feeds) {
      const results = await session.run(toTensors(inputs, feeds, provider));
      return Object.fromEntries(
        Object.entries(outputs).map(([name, { dtype, shape }]) => [
          name,
          new OrtValue(results[name]!, { dtype, shape }, provider, readBack),
        ]),
      );
    },
    dispose: () => session.release(),
  };
}

let webgpuAnchor: Promise<ort.InferenceSession> | undefined;

/** ONNX Runtime gives the GPU up with its last session: this one keeps values on it and compiled shaders alive. */
async function holdWebgpu(): Promise<void> {
  const bytes = toBytes({ y: input('x', [1]) }, 'webgpu');
  webgpuAnchor ??= ort.InferenceSession.create(bytes, sessionOptions('webgpu', {}, ['y']));
  await webgpuAnchor;
}

async function createSession(
  outputs: Outputs,
  provider: Provider,
  options: CompileOptions,
): Promise<ort.InferenceSession> {
  const bytes = toBytes(outputs, provider === 'webgpu' ? 'webgpu' : 'full');
  try {
    if (provider === 'webgpu') await holdWebgpu();
    return await ort.InferenceSession.create(bytes, sessionOptions(provider, options, Object.keys(outputs)));
  } catch (error) {
    throw provider === 'cpu' ? error : providerError(provider, (error as Error).message, { cause: error });
  }
}

/** `getData()` of a tensor on the device aborts the process; an Identity program brings it back. */
async function readBack(value: Value, provider: Provider): Promise<HostData> {
  const program = await compile({ y: input('x', value.type.shape, value.type.dtype) }, { provider });
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
    logSeverityLevel: 4,
    ...(provider === 'webgpu' && {
      preferredOutputLocation: Object.fromEntries(
        outputs.map((name) => [name, keep.includes(name) ? 'gpu-buffer' : 'cpu'] as const),
      ),
    }),
    ...(profile && { enableProfiling: true, profileFilePrefix: profile }),
    // Recomputed blocks (gradient checkpointing) are equal to the first computation; merging them would undo it.
    extra: {
      optimization: { disable_specified_optimizers: 'CommonSubexpressionElimination' },
      // A node without a kernel on the provider is an error, not a silent detour over the CPU.
      ...(provider !== 'cpu' && { session: { disable_cpu_ep_fallback: '1' } }),
    },
  };
}

function toTensors(
  inputs: ReadonlyMap<string, TensorType>,
  feeds: Readonly<Record<string, HostData | Value>>,
  provider: Provider,
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
      return [name, toTensor(name, type, fed, provider)];
    }),
  );
}
