// A network with its weights, ready to answer. Small weights are constants, which ONNX Runtime packs once; large ones are
// constants that stay in their file, so that they are held once. Large ones that are in memory already are fed as inputs,
// kept on the device where there is one.

import { type HalfType, inHalf } from '../../engine/graph/half.ts';
import { input } from '../../engine/graph/tensor.ts';
import {
  bindParams,
  constantParams,
  countParams,
  declareParams,
  type ParamSpec,
  type Params,
  packParams,
} from '../../engine/nn/params.ts';
import type { Outputs } from '../../engine/onnx/outputs.ts';
import { describeLacking, findHalfKernels } from '../../engine/runtime/half-kernels.ts';
import { compile, type HostData, type Program, type Value } from '../../engine/runtime/program.ts';
import type { Float32Tensor, TensorSource } from '../../engine/weights/tensor.ts';
import type { EngineOptions } from './device.ts';
import { halfParams, readSpecs, storedParams } from './stored-params.ts';

export interface Network {
  run(feeds: Readonly<Record<string, HostData>>): Promise<Record<string, Float32Array>>;
  dispose(): Promise<void>;
}

export interface NetworkOptions extends EngineOptions {
  /** Bytes of weights, as float32, above which those in memory are inputs: an ONNX model holds less than 2 GiB. */
  readonly constantBytes?: number;
  /** Bytes of weights, as float32, above which those in files stay there. */
  readonly storedBytes?: number;
  /** Weights and activations in 16 bits. */
  readonly half?: HalfSettings | undefined;
}

export interface HalfSettings {
  readonly type: HalfType;
  /** As of `HalfOptions`. */
  readonly alike?: boolean | undefined;
  /** Weights stay float32 until they meet an activation, as those that learn do. */
  readonly exact?: boolean | undefined;
  /** Told what is computed in float32 all the same. */
  readonly detail?: ((line: string) => void) | undefined;
}

/** Weights by name: in memory, or in files, which are closed when the network is open. */
export type Weights = ReadonlyMap<string, Float32Tensor> | TensorSource;

const CONSTANT_BYTES = 1.5 * 2 ** 30;
const STORED_BYTES = 2 ** 26;

/**
 * Compiles `build` with weights by name.
 *
 * @param who stands in messages about the weights.
 * @throws CollimateError WEIGHTS where a parameter is missing or of another shape.
 */
export async function openNetwork(
  build: (p: Params) => Outputs,
  weights: Weights,
  who: string,
  options: NetworkOptions = {},
): Promise<Network> {
  const { program, held } = await compileNetwork(build, weights, who, options).finally(() => {
    if ('close' in weights) weights.close();
  });
  return {
    async run(feeds) {
      const results = await program.run({ ...held, ...feeds });
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, value.data as Float32Array]));
    },
    async dispose() {
      await program.dispose();
      for (const value of Object.values(held)) if ('dispose' in value) value.dispose();
    },
  };
}

type Feeds = Readonly<Record<string, HostData | Value>>;

/** `held` are the weights that are fed at each run. Constants are not: nothing of them stays here. */
async function compileNetwork(
  build: (p: Params) => Outputs,
  weights: Weights,
  who: string,
  { constantBytes = CONSTANT_BYTES, storedBytes = STORED_BYTES, half, ...engine }: NetworkOptions,
): Promise<{ program: Program; held: Feeds }> {
  const specs = declareParams(build);
  if (half) return { program: await compileHalf(build, specs, weights, who, half, engine), held: {} };
  const bytes = 4 * countParams(specs);
  if ('read' in weights && bytes > storedBytes)
    return { program: await compile(build(storedParams(specs, weights, who)), engine), held: {} };
  const read = 'read' in weights ? readSpecs(specs, weights) : weights;
  if (bytes <= constantBytes) {
    const params = constantParams(specs, packParams(specs, read, who));
    return { program: await compile(build(params), engine), held: {} };
  }
  for (const spec of specs) packParams([spec], read, who); // for its checks: the copy is let go at once
  const program = await compile(build(bindParams(({ name, shape }) => input(name, shape))), engine);
  return { program, held: await hold(specs, read, engine) };
}

/**
 * On the CPU, which computes in float32, weights are held as halves and widened at each use. Elsewhere they are narrowed once, as the
 * model is opened.
 */
async function compileHalf(
  build: (p: Params) => Outputs,
  specs: readonly ParamSpec[],
  weights: Weights,
  who: string,
  { type, alike, exact = false, detail }: HalfSettings,
  engine: EngineOptions,
): Promise<Program> {
  const { provider = 'cpu' } = engine;
  const held = provider === 'cpu' && !exact ? type : undefined;
  const params = 'read' in weights ? storedParams(specs, weights, who, held) : halfParams(specs, weights, who, type);
  const kernels = await findHalfKernels(provider, type);
  const { outputs, lacking } = inHalf(build(params), { type, kernels, isWeight: () => false, alike });
  detail?.(describeLacking(lacking, type, provider));
  return compile(outputs, { ...engine, keepStored: true });
}

/** Weights as feeds by name: on WebGPU brought to the device once, elsewhere read where they lie. */
async function hold(
  specs: readonly ParamSpec[],
  weights: ReadonlyMap<string, Float32Tensor>,
  engine: EngineOptions,
): Promise<Feeds> {
  const feeds = Object.fromEntries(specs.map(({ name }) => [name, weights.get(name)!.data]));
  if (engine.provider !== 'webgpu') return feeds;
  const kept = (name: string) => `held:${name}`;
  const program = await compile(Object.fromEntries(specs.map(({ name, shape }) => [kept(name), input(name, shape)])), {
    ...engine,
    keep: specs.map(({ name }) => kept(name)),
  });
  const values = await program.run(feeds);
  await program.dispose();
  return Object.fromEntries(specs.map(({ name }) => [name, values[kept(name)]!]));
}

/** Runs of at most `size` items, each with the index of its first. */
export function* inBatches<T>(items: readonly T[], size: number): Generator<{ start: number; items: readonly T[] }> {
  for (let start = 0; start < items.length; start += size) yield { start, items: items.slice(start, start + size) };
}

/** Rows `from` to `from + rows`, with zeros for those that there are not. */
export function takePadded(values: Float32Array, width: number, from: number, rows: number): Float32Array {
  const part = values.subarray(from * width, (from + rows) * width);
  if (part.length === rows * width) return part;
  const padded = new Float32Array(rows * width);
  padded.set(part);
  return padded;
}
