// Pictures from prompts and seeds with a whole pipeline: text encoder, denoising with guidance, decoding. A picture
// depends on its own prompt, seed and settings, not on what it is drawn beside.

import { isDeepStrictEqual } from 'node:util';
import type { HalfType } from '../../engine/graph/half.ts';
import { hashWeights, hashWeightsAside } from '../../engine/weights/hash.ts';
import { CollimateError } from '../../util/errors.ts';
import { hashJson } from '../../util/hash.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import { random } from '../../util/random.ts';
import { denoise, initialLatents } from '../diffusion/denoise.ts';
import type { SamplerName } from '../diffusion/samplers.ts';
import { describeClass } from '../families/families.ts';
import type { Conditions, DiffusionModel, PictureSize } from '../families/model.ts';
import { describeUnused } from '../unused.ts';
import { cacheConditions, openConditioner } from './conditioner.ts';
import { createDecoder, isTiled, type LatentDecoder } from './decoder.ts';
import type { EngineOptions } from './device.ts';
import { blame } from './diagnose.ts';
import { checkDrawing, describeDrawing } from './drawing-memory.ts';
import { modelName } from './embedded.ts';
import { type LatentSizes, latentSizes } from './latents.ts';
import { inBatches } from './network.ts';
import { type PipelineOrPath, toPipeline } from './opened.ts';
import { describeDrawn } from './parameters.ts';
import { createPredictor, type Predictor, withEncodersOf } from './predictor.ts';
import { chooseSize } from './size.ts';
import { chooseTile } from './tile.ts';

export interface DrawRequest {
  readonly prompt: string;
  readonly seed: number;
  /** In place of the settings' for this picture. */
  readonly negativePrompt?: string;
}

export interface DrawSettings {
  readonly sampler: SamplerName;
  readonly steps: number;
  /** Classifier-free guidance; 1 or less is without. */
  readonly guidanceScale: number;
  /** What guidance leads away from; default the empty prompt. */
  readonly negativePrompt?: string;
  /** In pixels; 0 or nothing is the model's own. */
  readonly width?: number;
  /** As `width`. */
  readonly height?: number;
  /** Of the denoiser's weights and activations; default float32. Text encoders and autoencoder compute in float32. */
  readonly precision?: DrawPrecision;
  /** The side in pixels of the tiles in which larger pictures are decoded; 0 or nothing is whole pictures. */
  readonly vaeTile?: number;
}

export const PRECISIONS = ['float32', 'float16', 'bfloat16'] as const satisfies readonly ('float32' | HalfType)[];
export type DrawPrecision = (typeof PRECISIONS)[number];

/**
 * The settings of a configuration that decide a model's pictures: a negative prompt without effect is none, the model's own
 * size is no size, and tiles are those that the picture is larger than: of themselves where whole pictures do not fit this machine.
 *
 * @param model a pipeline, or its folder
 * @throws CollimateError CONFIG where the model cannot draw that size, or in such tiles.
 */
export function drawSettings(settings: DrawSettings, model: PipelineOrPath): DrawSettings {
  const pipeline = toPipeline(model);
  const sized = chooseSize(pipeline, settings);
  const tile = chooseTile(pipeline, settings, sized ?? pipeline.latent.own);
  return { ...guidance(settings), ...sized, ...(tile !== undefined && { vaeTile: tile }) };
}

function guidance({ sampler, steps, guidanceScale, negativePrompt, precision }: DrawSettings): DrawSettings {
  const half = precision !== undefined && precision !== 'float32' && { precision };
  return { sampler, steps, guidanceScale, ...(guidanceScale > 1 && negativePrompt && { negativePrompt }), ...half };
}

export interface DrawnPicture {
  /** Of its request. */
  readonly index: number;
  /** Bytes [height, width, 3]. */
  readonly rgb: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** How it was drawn, as text for its file. */
  readonly parameters: string;
}

export interface DrawOptions {
  readonly signal?: AbortSignal;
  /** Called after each step of a batch with the share of that batch that is done, 0 to 1. */
  readonly onStep?: (share: number) => void;
  /** Called with what the network is shown at each call, and at the end with the finished latents and no time, of a whole batch. */
  readonly onLatents?: (latents: Float32Array, time: number | undefined) => void;
}

export interface PainterOptions extends EngineOptions {
  /** Pictures drawn at once; default 32. Changes memory and speed, not the pictures. */
  readonly batchSize?: number;
  /** A folder or file with other weights for the model's denoiser: a checkpoint. */
  readonly unet?: string;
  /** Factor of a LoRA at `unet`; default 1. */
  readonly strength?: number | undefined;
  /** Told once, before the first picture, where the model names a sampler, or fields of one, that are not built here. */
  readonly note?: (line: string) => void;
  /** Told what runs otherwise than was asked for, operation by operation. */
  readonly detail?: ((line: string) => void) | undefined;
  /** `hashModel` of both, where it is known already. */
  readonly modelHash?: string;
}

/** Bytes that drawing takes before anybody is told. */
const WORTH_TELLING = 2 ** 31;

export interface Painter {
  /** `hashModel` of what it draws with. */
  readonly modelHash: string;
  /** The size of the pictures that it draws where the settings name none. */
  readonly size: PictureSize;
  /**
   * Draws in the order of the requests and hands each batch over as soon as it is done.
   *
   * @throws CollimateError CONFIG for a size that the model cannot draw; INTERRUPTED where `signal` was aborted, between
   *   two steps; NON_FINITE for damaged weights.
   */
  draw(requests: readonly DrawRequest[], settings: DrawSettings, options?: DrawOptions): AsyncGenerator<DrawnPicture[]>;
  dispose(): Promise<void>;
}

/**
 * The identity of a pipeline folder, or of one whose U-Net has other weights.
 *
 * @param hashFile as of `hashWeights`
 */
export function hashModel(pipelineDir: string, unetPath?: string, hashFile?: (path: string) => string): string {
  const whole = hashWeights(pipelineDir, hashFile);
  return unetPath === undefined ? whole : hashJson([whole, hashWeights(unetPath, hashFile)]);
}

/** `hashModel`, which reads files of gigabytes between other work. */
export async function hashModelAside(pipelineDir: string, unetPath?: string): Promise<string> {
  const whole = await hashWeightsAside(pipelineDir);
  return unetPath === undefined ? whole : hashJson([whole, await hashWeightsAside(unetPath)]);
}

/**
 * Opens a pipeline for drawing. Networks are compiled when they are first needed.
 *
 * @example
 * const painter = await openPainter(embeddedModel('sd'));
 * for await (const pictures of painter.draw([{ prompt: 'a dog', seed: 1 }], { sampler: 'dpm-solver', steps: 20, guidanceScale: 3 })) show(pictures);
 * @throws CollimateError MODEL_CONFIG or WEIGHTS where the folder does not hold a whole pipeline.
 */
export async function openPainter(model: PipelineOrPath, options: PainterOptions = {}): Promise<Painter> {
  const pipeline = toPipeline(model);
  const { folder } = pipeline;
  const { batchSize = 32, unet: unetPath, strength, note, detail, modelHash: given, ...engine } = options;
  const whole = given ?? (await hashModelAside(folder, unetPath));
  // Of a folder that was opened without some of its encoders: given hashes are those of what was asked for.
  const modelHash = given || pipeline.leftOut.length === 0 ? whole : hashJson([whole, pipeline.leftOut]);
  const noising = pipeline.process();
  const { own } = pipeline.latent;
  const conditioner = await openConditioner(withEncodersOf(pipeline, unetPath, strength), engine);
  const encode = cacheConditions(conditioner);
  const { sizing } = pipeline;
  const shapes = { ...conditioner.shapes, ...(sizing && { [sizing.name]: [sizing.width] }) };
  const openEasel = ({ size, precision, tile }: Canvas): Easel => {
    const sizes = latentSizes(pipeline, size);
    const half = precision === 'float32' ? undefined : { type: precision, detail };
    const predictor = createPredictor({ model: pipeline, weights: unetPath, strength, shapes, engine, sizes, half });
    const decoder = createDecoder(pipeline, batchSize, engine, { sizes, tile });
    return { canvas: { size, precision, tile }, sizes, predictor, decoder, isChecked: false };
  };
  let easel = openEasel({ size: own, precision: 'float32', tile: undefined });
  /** Networks are compiled for one kind of picture, and those of one are enough to hold. */
  async function easelFor(canvas: Canvas): Promise<Easel> {
    if (isDeepStrictEqual(easel.canvas, canvas)) return easel;
    await putAway(easel);
    easel = openEasel(canvas);
    return easel;
  }

  /** Before the first picture, while nothing but the text encoders is open. */
  function checkMemory({ canvas }: Easel, { guidanceScale }: DrawSettings): void {
    const shape = { ...canvas, batch: batchSize, guided: guidanceScale > 1 };
    const plan = checkDrawing(pipeline, shape, process.availableMemory());
    if (plan.total > WORTH_TELLING) note?.(`memory: ${describeDrawing(plan)}`);
  }

  async function drawBatch(
    { sizes, predictor, decoder }: Easel,
    requests: readonly DrawRequest[],
    settings: DrawSettings,
    { signal, onStep, onLatents }: DrawOptions,
  ) {
    const { guidanceScale, steps } = settings;
    const sampler = noising.sampler(settings.sampler, steps);
    const guided = guidanceScale > 1;
    const away = requests.map((request) => (request.negativePrompt ?? settings.negativePrompt) || null);
    const asked = [...requests.map(({ prompt }) => prompt), ...(guided ? away : [])];
    const conditions = { ...(await encode(asked)), ...sizesTold(pipeline, sizes.picture, asked.length) };
    let calls = 0;
    let last: Parameters<typeof predictor.diagnose> | undefined;
    const noiseOf = (...path: (string | number)[]) => requests.map(({ seed }) => random(seed, 'draw', ...path));
    const drawn = denoise({
      sampler,
      guidanceScale,
      init: initialLatents(noiseOf(), sizes.length, sampler.initNoiseScale),
      noise: (step) => initialLatents(noiseOf('step', step), sizes.length, 1),
      async predict(noisy, timestep) {
        if (signal) throwIfInterrupted(signal);
        onStep?.(calls++ / sampler.timesteps.length);
        onLatents?.(noisy, timestep);
        last = [guided ? repeat(noisy) : noisy, timestep, conditions];
        if (!guided) return { conditional: await predictor.predict(noisy, timestep, conditions, batchSize) };
        const both = await predictor.predict(last[0], timestep, conditions, 2 * batchSize);
        return { conditional: both.subarray(0, noisy.length), unconditional: both.subarray(noisy.length) };
      },
    });
    const latents = await drawn.catch((error) => explain(error, last, predictor, pipeline.denoiser));
    onLatents?.(latents, undefined);
    return decoder.decode(latents);
  }

  const describe = ({ prompt, seed, negativePrompt }: DrawRequest, settings: DrawSettings, size: PictureSize) => {
    const { negativePrompt: away = '', ...drawn } = guidance({
      ...settings,
      ...(negativePrompt !== undefined && { negativePrompt }),
    });
    const drawnBy = { modelHash, modelName: modelName(folder, unetPath) };
    const tile = isTiled(size, settings.vaeTile) && { vaeTile: settings.vaeTile };
    return describeDrawn({ prompt, seed, negativePrompt: away, ...drawn, ...size, ...tile, ...drawnBy });
  };
  let told = false;
  return {
    modelHash,
    size: own,
    async *draw(requests, settings, drawOptions = {}) {
      const size = chooseSize(pipeline, settings) ?? own;
      if (note && !told) for (const line of notesOf(pipeline, settings)) note(line);
      told = true;
      for (const { start, items } of inBatches(requests, batchSize)) {
        const { precision = 'float32', vaeTile: tile } = settings;
        const chosen = await easelFor({ size, precision, tile: isTiled(size, tile) ? tile : undefined });
        if (!chosen.isChecked && (engine.provider ?? 'cpu') === 'cpu') checkMemory(chosen, settings);
        chosen.isChecked = true;
        const pictures = await drawBatch(chosen, items, settings, drawOptions);
        yield pictures.map((rgb, i) => {
          return { index: start + i, rgb, ...size, parameters: describe(items[i]!, settings, size) };
        });
      }
    },
    async dispose() {
      await conditioner.dispose();
      await putAway(easel);
    },
  };
}

/** A kind of picture. */
interface Canvas {
  readonly size: PictureSize;
  readonly precision: DrawPrecision;
  readonly tile: number | undefined;
}

/** What pictures of one kind are drawn with. */
interface Easel {
  readonly canvas: Canvas;
  readonly sizes: LatentSizes;
  readonly predictor: Predictor;
  readonly decoder: LatentDecoder;
  /** Whether its memory was looked at. */
  isChecked: boolean;
}

async function putAway({ predictor, decoder }: Easel): Promise<void> {
  await predictor.dispose();
  await decoder.dispose();
}

/** What the network is told of a picture's size where it asks: that it was drawn so, and not cut. */
function sizesTold({ sizing }: DiffusionModel, size: PictureSize, rows: number): Conditions {
  if (!sizing) return {};
  const row = sizing.of(size, { left: 0, top: 0 }, size);
  return { [sizing.name]: Float32Array.from({ length: rows * sizing.width }, (_, i) => row[i % sizing.width]!) };
}

/** What people should know before the first picture. */
function notesOf(model: DiffusionModel, { sampler, precision = 'float32', vaeTile }: DrawSettings): string[] {
  const { process, prompts } = model;
  const half = precision !== 'float32' && `${precision}: the network that draws; float32: text encoders, autoencoder`;
  const tiles =
    vaeTile &&
    `the autoencoder decodes in overlapping tiles of ${vaeTile}×${vaeTile} pixels: nearly the whole picture's`;
  const told = [prompts.note, half, tiles].filter((line): line is string => typeof line === 'string');
  return [...describeClass(model), ...process().notes(sampler), ...told, ...describeUnused(model)];
}

/** Adds to an error about numbers where they stopped being finite. */
async function explain(
  error: unknown,
  inputs: Parameters<Predictor['diagnose']> | undefined,
  predictor: Predictor,
  denoiser: string,
): Promise<never> {
  if (!(error instanceof CollimateError) || error.code !== 'NON_FINITE' || !inputs) throw error;
  throw blame(error, await predictor.diagnose(...inputs), denoiser);
}

function repeat(values: Float32Array): Float32Array {
  const both = new Float32Array(2 * values.length);
  both.set(values);
  both.set(values, values.length);
  return both;
}
