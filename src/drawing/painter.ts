// Pictures from prompts and seeds with a whole pipeline: text encoder, denoising with guidance, decoding. A picture
// depends on its own prompt, seed and settings, not on what it is drawn beside.

import { denoise, initialLatents } from '../diffusion/denoise.ts';
import { createSampler, type SamplerName } from '../diffusion/samplers.ts';
import { createSchedule } from '../diffusion/schedule.ts';
import { input } from '../graph/tensor.ts';
import { openPipeline, type Pipeline } from '../models/pipeline.ts';
import { unet } from '../models/unet/unet.ts';
import { hashJson } from '../util/hash.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import { random } from '../util/random.ts';
import { hashWeights } from '../weights/hash.ts';
import { readParameters } from '../weights/read-weights.ts';
import type { EngineOptions } from './device.ts';
import { latentSizes, openDecoder, pictureBatch, toRgb } from './latents.ts';
import { inBatches, type Network, openNetwork } from './network.ts';
import { openTextEncoder, type TextEncoder } from './text.ts';

export interface DrawRequest {
  readonly prompt: string;
  readonly seed: number;
}

export interface DrawSettings {
  readonly sampler: SamplerName;
  readonly steps: number;
  /** Classifier-free guidance; 1 or less is without. */
  readonly guidanceScale: number;
}

export interface DrawnPicture {
  /** Of its request. */
  readonly index: number;
  /** Bytes [height, width, 3]. */
  readonly rgb: Uint8Array;
  readonly width: number;
  readonly height: number;
}

interface DrawOptions {
  readonly signal?: AbortSignal;
  /** Called after each step of a batch with the share of that batch that is done, 0 to 1. */
  readonly onStep?: (share: number) => void;
}

export interface PainterOptions extends EngineOptions {
  /** Pictures drawn at once; default 32. Changes memory and speed, not the pictures. */
  readonly batchSize?: number;
  /** A folder or file with other weights for the pipeline's U-Net: a checkpoint. */
  readonly unet?: string;
}

export interface Painter {
  /** `hashModel` of what it draws with. */
  readonly modelHash: string;
  /** Of its pictures, in pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /**
   * Draws in the order of the requests and hands each batch over as soon as it is done.
   *
   * @throws CollimateError INTERRUPTED where `signal` was aborted, between two steps; NON_FINITE for damaged weights.
   */
  draw(requests: readonly DrawRequest[], settings: DrawSettings, options?: DrawOptions): AsyncGenerator<DrawnPicture[]>;
  dispose(): Promise<void>;
}

/** The identity of a pipeline folder, or of one whose U-Net has other weights. */
export function hashModel(pipelineDir: string, unetPath?: string): string {
  const whole = hashWeights(pipelineDir);
  return unetPath === undefined ? whole : hashJson([whole, hashWeights(unetPath)]);
}

/**
 * Opens a pipeline for drawing. Networks are compiled when they are first needed.
 *
 * @example
 * const painter = await openPainter(embeddedModel('sd'));
 * for await (const pictures of painter.draw([{ prompt: 'a dog', seed: 1 }], { sampler: 'dpm-solver', steps: 20, guidanceScale: 3 })) show(pictures);
 * @throws CollimateError MODEL_CONFIG or WEIGHTS where the folder does not hold a whole pipeline.
 */
export async function openPainter(pipelineDir: string, options: PainterOptions = {}): Promise<Painter> {
  const { batchSize = 32, unet: unetPath, ...engine } = options;
  const pipeline = openPipeline(pipelineDir);
  const schedule = createSchedule(pipeline.scheduler, `${pipelineDir}/scheduler`);
  const sizes = latentSizes(pipeline);
  const text = await openTextEncoder(pipelineDir, engine);
  const contexts = cacheContexts(text);
  const decodeBatch = pictureBatch(sizes, batchSize);
  const networks = new Map<string, Promise<Network>>();
  const opened = (name: string, open: () => Promise<Network>) => {
    const network = networks.get(name) ?? open();
    networks.set(name, network);
    return network;
  };
  const unetOf = (rows: number) =>
    opened(`unet ${rows}`, () => openUnet(pipeline, unetPath, rows, text.length, engine));

  async function drawBatch(requests: readonly DrawRequest[], settings: DrawSettings, { signal, onStep }: DrawOptions) {
    const { guidanceScale, steps } = settings;
    const sampler = createSampler(settings.sampler, schedule, steps);
    // The empty rows of a last, partial batch repeat its first picture.
    const filled = Array.from({ length: batchSize }, (_, i) => requests[i] ?? requests[0]!);
    const guided = guidanceScale > 1;
    const context = await contexts([...filled.map(({ prompt }) => prompt), ...(guided ? filled.map(() => '') : [])]);
    const network = await unetOf(guided ? 2 * batchSize : batchSize);
    let calls = 0;
    const latents = await denoise({
      sampler,
      guidanceScale,
      init: initialLatents(
        filled.map(({ seed }) => random(seed, 'draw')),
        sizes.length,
        sampler.initNoiseScale,
      ),
      async predict(noisy, timestep) {
        if (signal) throwIfInterrupted(signal);
        onStep?.(calls++ / sampler.timesteps.length);
        const both = guided ? repeat(noisy) : noisy;
        const timesteps = new Float32Array(both.length / sizes.length).fill(timestep);
        const output = (await network.run({ latents: both, timesteps, context })).output!;
        if (!guided) return { conditional: output };
        return { conditional: output.subarray(0, noisy.length), unconditional: output.subarray(noisy.length) };
      },
    });
    return decode(latents.subarray(0, requests.length * sizes.length));
  }

  async function decode(latents: Float32Array): Promise<Uint8Array[]> {
    const decoder = await opened('decoder', () => openDecoder(pipeline, decodeBatch, engine));
    const plane = sizes.picture.width * sizes.picture.height;
    const pictures: Uint8Array[] = [];
    for (let start = 0; start < latents.length; start += decodeBatch * sizes.length) {
      const batch = new Float32Array(decodeBatch * sizes.length);
      const part = latents.subarray(start, start + batch.length);
      batch.set(part);
      const { pixels } = await decoder.run({ latents: batch });
      for (let i = 0; i < part.length / sizes.length; i++) pictures.push(toRgb(pixels!, i * 3 * plane, plane));
    }
    return pictures;
  }

  return {
    modelHash: hashModel(pipelineDir, unetPath),
    size: sizes.picture,
    async *draw(requests, settings, drawOptions = {}) {
      for (const { start, items } of inBatches(requests, batchSize)) {
        const pictures = await drawBatch(items, settings, drawOptions);
        yield pictures.map((rgb, i) => ({ index: start + i, rgb, ...sizes.picture }));
      }
    },
    async dispose() {
      await text.dispose();
      for (const network of networks.values()) await (await network).dispose();
    },
  };
}

/** The U-Net for `rows` latents at once, with the pipeline's weights or those at `unetPath`. */
function openUnet(
  pipeline: Pipeline,
  unetPath: string | undefined,
  rows: number,
  tokens: number,
  engine: EngineOptions,
): Promise<Network> {
  const { channels, height, width } = latentSizes(pipeline);
  return openNetwork(
    (p) => {
      const latents = input('latents', [rows, channels, height, width]);
      const context = input('context', [rows, tokens, pipeline.unet.cross_attention_dim]);
      return { output: unet(p, pipeline.unet, latents, input('timesteps', [rows]), context) };
    },
    unetPath === undefined ? pipeline.parameters('unet') : readParameters(unetPath),
    unetPath ?? `${pipeline.folder}/unet`,
    engine,
  );
}

/** Hidden states of prompts, one after another; a prompt is encoded once while it is in the cache. */
function cacheContexts(text: TextEncoder): (prompts: readonly string[]) => Promise<Float32Array> {
  const size = text.length * text.width;
  const known = new Map<string, Float32Array>();
  return async (prompts) => {
    const fresh = [...new Set(prompts)].filter((prompt) => !known.has(prompt));
    if (known.size + fresh.length > MOST_CONTEXTS) known.clear();
    const wanted = [...new Set(prompts)].filter((prompt) => !known.has(prompt));
    const { hidden } = await text.encode(wanted);
    wanted.forEach((prompt, i) => void known.set(prompt, hidden.slice(i * size, (i + 1) * size)));
    const rows = new Float32Array(prompts.length * size);
    prompts.forEach((prompt, i) => void rows.set(known.get(prompt)!, i * size));
    return rows;
  };
}

/** Prompts whose hidden states are kept: 120 MB at the size of Stable Diffusion. */
const MOST_CONTEXTS = 512;

function repeat(values: Float32Array): Float32Array {
  const both = new Float32Array(2 * values.length);
  both.set(values);
  both.set(values, values.length);
  return both;
}
