// Compiled programs: a graph on a provider, fed with named values. This room alone knows ONNX Runtime.

import { CollimateError } from '../../util/errors.ts';
import { liftHalves } from '../graph/lift.ts';
import { input } from '../graph/tensor.ts';
import { formatType, type TensorType } from '../graph/types.ts';
import { toBytes } from '../onnx/model.ts';
import { inputsOf, type Outputs } from '../onnx/outputs.ts';
import { chooseMaker, openMaker } from './makers.ts';
import { checkProvider, type Provider } from './providers.ts';
import type { Binding, CompileOptions, HostData, RuntimeTensor } from './runtime.ts';
import { checkArray, hostTensor, ProgramValue, toTensor, type Value } from './values.ts';

export type { CompileOptions, HostData } from './runtime.ts';
export type { Value } from './values.ts';

export type ProgramFeeds = Readonly<Record<string, HostData | Value>>;

/** Arrays that stay inputs and outputs over many runs, by name. */
export interface HeldArrays {
  readonly inputs?: Readonly<Record<string, HostData>>;
  /**
   * Where outputs are written. An array may be an input of the same size too, where each element of the output depends on
   * that element of the input alone and nothing reads the input after it.
   */
  readonly outputs?: Readonly<Record<string, HostData>>;
}

export interface RunOptions {
  /** Ends the run early. With onnxruntime-node, which blocks the thread, a run is looked at when it is over. */
  readonly signal?: AbortSignal | undefined;
}

/** Something that can be run. Other work goes on meanwhile, except with onnxruntime-node, which blocks the thread. */
export interface Runnable {
  /**
   * @throws CollimateError SHAPE where an input is missing, unknown or of another size; nothing has run then. INTERRUPTED
   * where the signal ended it.
   */
  run(feeds: ProgramFeeds, options?: RunOptions): Promise<Record<string, Value>>;
}

/** A compiled graph. */
export interface Program extends Runnable {
  readonly inputs: ReadonlyMap<string, TensorType>;
  /** Fixes arrays as inputs and outputs: `run` then takes the other inputs and returns the other outputs. One run at a time. */
  bind(held: HeldArrays): BoundProgram;
  dispose(): Promise<void>;
}

/** A program with the arrays that it holds. */
export interface BoundProgram extends Runnable {
  release(): void;
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
  const maker = await (options.runtime ? openMaker(options.runtime) : chooseMaker(provider));
  // onnxruntime-node copies what it is fed at each run, and knows of no bfloat16; to a device it would have to be brought each time.
  const lifted = maker.name === 'native' && provider === 'cpu' ? liftHalves(outputs) : { outputs, held: {} };
  const all = inputsOf(lifted.outputs);
  const held = Object.fromEntries(
    Object.entries(lifted.held).map(([name, data]) => [name, hostTensor(name, all.get(name)!, data, provider)]),
  );
  const inputs = new Map([...all].filter(([name]) => !(name in held)));
  const model = toBytes(lifted.outputs, provider === 'webgpu' ? 'webgpu' : 'full');
  const session = await maker.createSession(model, lifted.outputs, options);
  const values = (results: Record<string, RuntimeTensor>) => toValues(outputs, results, options);
  return {
    inputs,
    async run(feeds, { signal } = {}) {
      const tensors = toTensors(inputs, feeds, provider);
      const binding = session.bind({ inputs: held, outputs: {} });
      try {
        return values(await binding.run(tensors, signal));
      } finally {
        binding.release();
      }
    },
    bind: ({ inputs: fixed = {}, outputs: into = {} }) => {
      checkNames(Object.keys(fixed), inputs);
      for (const [name, data] of Object.entries(into)) checkArray(name, outputs[name]!, data);
      const given = Object.entries(fixed).map(
        ([name, data]) => [name, hostTensor(name, inputs.get(name)!, data, provider)] as const,
      );
      const binding = session.bind({ inputs: { ...held, ...Object.fromEntries(given) }, outputs: into });
      const rest = new Map([...inputs].filter(([name]) => !(name in fixed)));
      return bound(binding, (feeds) => toTensors(rest, feeds, provider), values);
    },
    dispose: () => session.close(),
  };
}

function bound(
  binding: Binding,
  toFeeds: (feeds: ProgramFeeds) => Record<string, RuntimeTensor>,
  toResults: (results: Record<string, RuntimeTensor>) => Record<string, Value>,
): BoundProgram {
  return {
    run: async (feeds, { signal } = {}) => toResults(await binding.run(toFeeds(feeds), signal)),
    release: () => binding.release(),
  };
}

/** In the order of the graph's outputs. */
function toValues(
  outputs: Outputs,
  results: Readonly<Record<string, RuntimeTensor>>,
  { runtime }: CompileOptions,
): Record<string, Value> {
  const read = (value: Value, provider: Provider) => readBack(value, { provider, ...(runtime && { runtime }) });
  return Object.fromEntries(
    Object.entries(outputs)
      .filter(([name]) => name in results)
      .map(([name, { dtype, shape }]) => [name, new ProgramValue(results[name]!, { dtype, shape }, read)]),
  );
}

/** A value on a device cannot be looked at: an Identity program brings it back. */
async function readBack(value: Value, options: CompileOptions): Promise<HostData> {
  const program = await compile({ y: input('x', value.type.shape, value.type.dtype) }, options);
  const { y } = await program.run({ x: value });
  await program.dispose();
  return y!.data;
}

function checkNames(names: readonly string[], inputs: ReadonlyMap<string, TensorType>): void {
  const unknown = names.find((name) => !inputs.has(name));
  if (unknown)
    throw new CollimateError(
      'SHAPE',
      `run: the program has no input ${unknown}; its inputs are ${[...inputs.keys()].join(', ')}`,
    );
}

function toTensors(
  inputs: ReadonlyMap<string, TensorType>,
  feeds: ProgramFeeds,
  provider: Provider,
): Record<string, RuntimeTensor> {
  checkNames(Object.keys(feeds), inputs);
  return Object.fromEntries(
    [...inputs].map(([name, type]) => {
      const fed = feeds[name];
      if (!fed) throw new CollimateError('SHAPE', `run: input ${name} ${formatType(type)} is missing`);
      return [name, toTensor(name, type, fed, provider)];
    }),
  );
}
