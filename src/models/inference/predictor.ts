// The U-Net as drawing asks it: any number of rows, in runs of a size that suits the device.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { input, type Tensor } from '../../engine/graph/tensor.ts';
import type { Params } from '../../engine/nn/params.ts';
import type { BrokenLayer } from '../../engine/nn/probe.ts';
import { mergeSource } from '../../engine/weights/merged.ts';
import { readLora } from '../../engine/weights/read-lora.ts';
import { openParameters } from '../../engine/weights/read-weights.ts';
import type { TensorSource } from '../../engine/weights/tensor.ts';
import { declareLoraBase } from '../lora-base.ts';
import type { Pipeline } from '../pipeline.ts';
import { unet } from '../unet/unet.ts';
import type { EngineOptions } from './device.ts';
import { diagnose } from './diagnose.ts';
import { type LatentSizes, latentSizes } from './latents.ts';
import { type Network, openNetwork, takePadded } from './network.ts';

export interface Predictor {
  /**
   * The U-Net's answer at one timestep.
   *
   * @param latents [rows, channels, h, w]
   * @param context [rows, tokens, width]
   * @param most rows that any batch of this kind has; the runs are sized by it, so that a partial batch compiles nothing.
   */
  predict(latents: Float32Array, timestep: number, context: Float32Array, most: number): Promise<Float32Array>;
  /** The first layer that makes of these inputs what is not finite; undefined where all are. */
  diagnose(latents: Float32Array, timestep: number, context: Float32Array): Promise<BrokenLayer | undefined>;
  dispose(): Promise<void>;
}

interface PredictorOptions {
  readonly pipeline: Pipeline;
  /** Other weights for the U-Net. */
  readonly unetPath: string | undefined;
  readonly tokens: number;
  readonly engine: EngineOptions;
  /** Default those of the model's own pictures. */
  readonly sizes?: LatentSizes;
}

/** The name by which diffusers knows a LoRA. */
export const LORA_FILE = 'pytorch_lora_weights.safetensors';

/** Networks are compiled when they are first needed. */
export function createPredictor(options: PredictorOptions): Predictor {
  const { engine } = options;
  const sizes = sizesOf(options);
  const networks = new Map<number, Promise<Network>>();
  const networkFor = (rows: number) => {
    const network = networks.get(rows) ?? openUnet(options, rows);
    networks.set(rows, network);
    return network;
  };
  return {
    async predict(latents, timestep, context, most) {
      const rows = Math.ceil(most / Math.ceil(most / Math.min(most, mostRows(sizes, engine))));
      const network = await networkFor(rows);
      const total = latents.length / sizes.length;
      const timesteps = new Float32Array(rows).fill(timestep);
      const answer = new Float32Array(latents.length);
      for (let first = 0; first < total; first += rows) {
        // A last run that is not full takes rows of the one before again, or zeros where there is none.
        const from = Math.max(0, Math.min(first, total - rows));
        const part = (values: Float32Array) => takePadded(values, values.length / total, from, rows);
        const { output } = await network.run({ latents: part(latents), timesteps, context: part(context) });
        answer.set(output!.subarray(0, Math.min(rows, total) * sizes.length), from * sizes.length);
      }
      return answer;
    },
    async diagnose(latents, timestep, context) {
      const rows = latents.length / sizes.length;
      const feeds = { latents, timesteps: new Float32Array(rows).fill(timestep), context };
      return diagnose((p) => [unetOf(options, rows, p)], openWeights(options), nameOf(options), feeds, engine);
    },
    async dispose() {
      for (const network of networks.values()) await (await network).dispose();
    },
  };
}

/**
 * Rows in one run of the U-Net. On the CPU more of them only push each other's activations out of the cache: 32 rows of
 * 4×16×16 latents took 12 % less time a row than 64. A GPU takes all at once.
 */
function mostRows({ length }: LatentSizes, { provider = 'cpu' }: EngineOptions): number {
  return provider === 'cpu' ? Math.max(2, Math.floor(2 ** 15 / length)) : Infinity;
}

/**
 * Other weights for a pipeline's U-Net: a folder or file of whole ones, or of a LoRA, which is merged as it is read.
 *
 * @throws CollimateError WEIGHTS where they are of another architecture.
 */
export function openUnetWeights(pipeline: Pipeline, path: string): TensorSource {
  const isLora = path.endsWith(LORA_FILE) || existsSync(join(path, LORA_FILE));
  if (!isLora) return openParameters(path);
  const { unet: layers } = readLora(path, declareLoraBase(pipeline));
  return mergeSource(pipeline.open('unet'), [{ layers, scale: 1 }]);
}

/** The U-Net for `rows` latents at once, with the pipeline's weights or those at `unetPath`. */
function openUnet(options: PredictorOptions, rows: number): Promise<Network> {
  const build = (p: Params) => ({ output: unetOf(options, rows, p) });
  return openNetwork(build, openWeights(options), nameOf(options), options.engine);
}

function sizesOf({ pipeline, sizes = latentSizes(pipeline) }: PredictorOptions): LatentSizes {
  return sizes;
}

function unetOf(options: PredictorOptions, rows: number, p: Params): Tensor {
  const { pipeline, tokens } = options;
  const { channels, height, width } = sizesOf(options);
  const latents = input('latents', [rows, channels, height, width]);
  const context = input('context', [rows, tokens, pipeline.unet.cross_attention_dim]);
  return unet(p, pipeline.unet, latents, input('timesteps', [rows]), context);
}

function openWeights({ pipeline, unetPath }: PredictorOptions): TensorSource {
  return unetPath === undefined ? pipeline.open('unet') : openUnetWeights(pipeline, unetPath);
}

function nameOf({ pipeline, unetPath }: PredictorOptions): string {
  return unetPath ?? `${pipeline.folder}/unet`;
}
