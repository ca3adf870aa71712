// The network as drawing asks it: any number of rows, in runs of a size that suits the device.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { input, type Tensor } from '../../engine/graph/tensor.ts';
import type { Shape } from '../../engine/graph/types.ts';
import type { Params } from '../../engine/nn/params.ts';
import type { BrokenLayer } from '../../engine/nn/probe.ts';
import { mergeSource } from '../../engine/weights/merged.ts';
import { readLora } from '../../engine/weights/read-lora.ts';
import { openParameters } from '../../engine/weights/read-weights.ts';
import { roundSource } from '../../engine/weights/rounded.ts';
import type { TensorSource } from '../../engine/weights/tensor.ts';
import type { Conditions, DiffusionModel } from '../families/model.ts';
import { declareLoraBase } from '../lora-base.ts';
import type { EngineOptions } from './device.ts';
import { diagnose } from './diagnose.ts';
import { type LatentSizes, latentSizes } from './latents.ts';
import { type HalfSettings, type Network, openNetwork, takePadded } from './network.ts';

export interface Predictor {
  /**
   * The network's answer at one time.
   *
   * @param latents [rows, channels, h, w]
   * @param conditions [rows, …] each
   * @param most rows that any batch of this kind has; the runs are sized by it, so that a partial batch compiles nothing.
   */
  predict(latents: Float32Array, time: number, conditions: Conditions, most: number): Promise<Float32Array>;
  /** The first layer that makes of these inputs what is not finite; undefined where all are. */
  diagnose(latents: Float32Array, time: number, conditions: Conditions): Promise<BrokenLayer | undefined>;
  dispose(): Promise<void>;
}

interface PredictorOptions {
  readonly model: DiffusionModel;
  /** Other weights for the network. */
  readonly weights: string | undefined;
  /** Factor of a LoRA at `weights`; default 1. */
  readonly strength?: number | undefined;
  /** The shape of each condition of one row, those of prompts and what follows from sizes. */
  readonly shapes: Readonly<Record<string, Shape>>;
  readonly engine: EngineOptions;
  /** Default those of the model's own pictures. */
  readonly sizes?: LatentSizes;
  /** Weights and activations in 16 bits; default float32. */
  readonly half?: HalfSettings | undefined;
}

/** The name by which diffusers knows a LoRA. */
export const LORA_FILE = 'pytorch_lora_weights.safetensors';

/** Networks are compiled when they are first needed. */
export function createPredictor(options: PredictorOptions): Predictor {
  const { engine } = options;
  const sizes = sizesOf(options);
  const networks = new Map<number, Promise<Network>>();
  const networkFor = (rows: number) => {
    const network = networks.get(rows) ?? openDenoiser(options, rows);
    networks.set(rows, network);
    return network;
  };
  return {
    async predict(latents, time, conditions, most) {
      const rows = rowsOfRun(sizes, most, engine);
      const network = await networkFor(rows);
      const total = latents.length / sizes.length;
      const timesteps = new Float32Array(rows).fill(time);
      const answer = new Float32Array(latents.length);
      for (let first = 0; first < total; first += rows) {
        // A last run that is not full takes rows of the one before again, or zeros where there is none.
        const from = Math.max(0, Math.min(first, total - rows));
        const part = (values: Float32Array) => takePadded(values, values.length / total, from, rows);
        const told = Object.entries(conditions).map(([name, values]) => [name, part(values)] as const);
        const feeds = { latents: part(latents), timesteps, ...Object.fromEntries(told) };
        const { output } = await network.run(feeds);
        answer.set(output!.subarray(0, Math.min(rows, total) * sizes.length), from * sizes.length);
      }
      return answer;
    },
    async diagnose(latents, time, conditions) {
      const rows = latents.length / sizes.length;
      const feeds = { latents, timesteps: new Float32Array(rows).fill(time), ...conditions };
      return diagnose((p) => [answerOf(options, rows, p)], openWeights(options), nameOf(options), feeds, engine);
    },
    async dispose() {
      for (const network of networks.values()) await (await network).dispose();
    },
  };
}

/** Rows in one run of the network where a batch has at most so many. */
export function rowsOfRun(sizes: LatentSizes, most: number, engine: EngineOptions = {}): number {
  return Math.ceil(most / Math.ceil(most / Math.min(most, mostRows(sizes, engine))));
}

/**
 * Rows in one run of the network. On the CPU more of them only push each other's activations out of the cache: 32 rows of
 * 4×16×16 latents took 12 % less time a row than 64. A GPU takes all at once.
 */
function mostRows({ length }: LatentSizes, { provider = 'cpu' }: EngineOptions): number {
  return provider === 'cpu' ? Math.max(2, Math.floor(2 ** 15 / length)) : Infinity;
}

interface OtherWeights {
  /** Factor of a LoRA; default 1. */
  readonly strength?: number | undefined;
  /** Where numbers are compared, what lies under a LoRA is rounded as it is beside one that learns. */
  readonly half?: HalfSettings | undefined;
  readonly engine?: EngineOptions;
}

/**
 * Other weights for a model's denoiser: a folder or file of whole ones, or of a LoRA, which is merged as it is read.
 *
 * @throws CollimateError WEIGHTS where they are of another architecture.
 */
export function openDenoiserWeights(
  model: DiffusionModel,
  path: string,
  { strength = 1, half, engine = {} }: OtherWeights = {},
): TensorSource {
  if (!isLora(path)) return likeLearned(model, openParameters(path), half, engine);
  const rounds = half?.alike && (engine.provider ?? 'cpu') === 'cpu';
  const open = (component: string) => (rounds ? roundSource(model.open(component), half.type) : model.open(component));
  return withLora({ ...model, open }, path, strength).open(model.denoiser);
}

/**
 * Whole weights as tuning them has them: where it computes in halves on the CPU, it holds those that never learn so. The same source
 * where nothing is compared.
 */
export function likeLearned(
  { fixed }: DiffusionModel,
  source: TensorSource,
  half: HalfSettings | undefined,
  { provider = 'cpu' }: EngineOptions,
): TensorSource {
  if (!half?.exact || provider !== 'cpu' || fixed.size === 0) return source;
  return roundSource(source, half.type, (name) => !fixed.has(name));
}

/**
 * The model with other weights for its denoiser, as text encoders see it: a LoRA has layers for these too, where they learned with it.
 *
 * @throws CollimateError WEIGHTS where it was made for another model.
 */
export function withEncodersOf(model: DiffusionModel, path: string | undefined, strength?: number): EncodedBy {
  return path !== undefined && isLora(path) ? withLora(model, path, strength) : model;
}

/** What of a model a LoRA changes for those who read its weights. */
type EncodedBy = Pick<DiffusionModel, 'folder' | 'prompts' | 'tokenizers' | 'open'>;

function withLora(model: DiffusionModel, path: string, scale = 1): EncodedBy {
  const lora = readLora(path, declareLoraBase(model));
  return {
    ...model,
    open(component) {
      const layers = lora[component];
      return layers?.size ? mergeSource(model.open(component), [{ layers, scale }]) : model.open(component);
    },
  };
}

/** Whether there is a LoRA at a path: its file, or a folder with it. */
export function isLora(path: string): boolean {
  return path.endsWith(LORA_FILE) || existsSync(join(path, LORA_FILE));
}

/** The network for `rows` latents at once, with the model's weights or those at `weights`. */
function openDenoiser(options: PredictorOptions, rows: number): Promise<Network> {
  const build = (p: Params) => ({ output: answerOf(options, rows, p) });
  const { engine, half } = options;
  return openNetwork(build, openWeights(options), nameOf(options), { ...engine, half });
}

function sizesOf({ model, sizes = latentSizes(model) }: PredictorOptions): LatentSizes {
  return sizes;
}

function answerOf(options: PredictorOptions, rows: number, p: Params): Tensor {
  const { model, shapes } = options;
  const { channels, height, width } = sizesOf(options);
  const latents = input('latents', [rows, channels, height, width]);
  const conditions = Object.entries(shapes).map(([name, shape]) => [name, input(name, [rows, ...shape])]);
  return model.denoise(p, latents, input('timesteps', [rows]), Object.fromEntries(conditions));
}

function openWeights({ model, weights, strength, half, engine }: PredictorOptions): TensorSource {
  if (weights === undefined) return likeLearned(model, model.open(model.denoiser), half, engine);
  return openDenoiserWeights(model, weights, { strength, half, engine });
}

function nameOf({ model, weights }: PredictorOptions): string {
  return weights ?? `${model.folder}/${model.denoiser}`;
}
