// How much memory drawing takes on the CPU, before it starts: a refusal with a way out is better than a process that is killed.

import { cast, stored } from '../../engine/graph/functions.ts';
import { type HalfType, inHalf } from '../../engine/graph/half.ts';
import { estimateMemory } from '../../engine/graph/memory.ts';
import { input, type Tensor } from '../../engine/graph/tensor.ts';
import { bindParams, countParams, declareParams, type Params } from '../../engine/nn/params.ts';
import { CPU_HALF_KERNELS } from '../../engine/runtime/half-kernels.ts';
import { CollimateError } from '../../util/errors.ts';
import { formatGib } from '../../util/text.ts';
import type { DiffusionModel, PictureSize } from '../families/model.ts';
import { isTiled } from './decoder.ts';
import { latentSizes, picturesAtOnce } from './latents.ts';
import { rowsOfRun } from './predictor.ts';

/** What is drawn, as far as it decides memory. */
export interface DrawingShape {
  readonly size: PictureSize;
  /** Pictures drawn at once. */
  readonly batch: number;
  readonly guided: boolean;
  readonly precision: 'float32' | HalfType;
  /** The side in pixels of the tiles that are decoded, where the picture is larger. */
  readonly tile?: number | undefined;
}

/** Bytes. */
export interface DrawingPlan {
  /** Weights of the text encoders, which are open before anything is drawn. */
  readonly encoders: number;
  /** Weights of the network, and the most that one call of it takes. */
  readonly network: number;
  /** The same of the autoencoder's way to pictures. */
  readonly decoder: number;
  readonly total: number;
}

const HELD_HALF = 2;
const FLOAT = 4;
/**
 * What ONNX Runtime takes for a byte of weights and for one of values: it packs matrices beside what it made them of, and its arena hands out
 * again what it has in pieces that do not always fit. Measured on the shapes of Stable Diffusion 1.5 (docs/full-size.md).
 */
const [OF_WEIGHTS, OF_VALUES] = [1.16, 1.85];
/** Pixels along a side of the tiles that are proposed: of 64 latents, which most autoencoders learned from. */
export const TILE = 512;

/** What drawing takes, from the graphs: all networks stay open, and each keeps the memory that it worked in. */
export function planDrawing(model: DiffusionModel, shape: DrawingShape): DrawingPlan {
  const { size, batch, guided, precision } = shape;
  const sizes = latentSizes(model, size);
  const { channels, height, width } = sizes;
  const rows = rowsOfRun(sizes, (guided ? 2 : 1) * batch);
  const told = Object.entries(model.conditions).map(([name, shape]) => [name, input(name, [rows, ...shape])]);
  const answer = (p: Params): Tensor =>
    model.denoise(
      p,
      input('latents', [rows, channels, height, width]),
      input('times', [rows]),
      Object.fromEntries(told),
    );
  const counted = model.prompts.encoders.map(({ component }) => countParams(model.declare[component]!()));
  const encoders = counted.reduce((sum, count) => sum + OF_WEIGHTS * FLOAT * count, 0);
  const [network, decoder] = [bytesOf(answer, precision), bytesOfDecoder(model, shape)];
  return { encoders, network, decoder, total: encoders + network + decoder };
}

/** The network for the largest tile is all that is open, beside the tiles that were decoded and the picture of them. */
function bytesOfDecoder(model: DiffusionModel, { size, batch, tile }: DrawingShape): number {
  const sizes = latentSizes(model, size);
  const tiled = isTiled(size, tile);
  const most = tiled ? tile / model.latent.reduction : Infinity;
  const rows = tiled ? 1 : picturesAtOnce(sizes, batch);
  const shape = [rows, sizes.channels, Math.min(most, sizes.height), Math.min(most, sizes.width)];
  const joined = tiled ? 3 * 3 * FLOAT * size.width * size.height : 0;
  return joined + bytesOf((p) => model.decode(p, input('latents', shape)), 'float32');
}

function bytesOf(build: (p: Params) => Tensor, precision: DrawingShape['precision']): number {
  const weights = countParams(declareParams(build));
  if (precision === 'float32')
    return OF_WEIGHTS * FLOAT * weights + aliveIn(build(bindParams(({ name, shape }) => input(name, shape))));
  const held = bindParams(({ name, shape }) => cast(stored(`/${name}`, 0, shape, precision), 'float32'));
  const options = { type: precision, kernels: CPU_HALF_KERNELS[precision], isWeight: () => false };
  return OF_WEIGHTS * HELD_HALF * weights + aliveIn(inHalf({ y: build(held) }, options).outputs.y!);
}

const aliveIn = (result: Tensor): number => OF_VALUES * estimateMemory([result]).alive;

/** A plan in words. */
export function describeDrawing({ encoders, network, decoder, total }: DrawingPlan): string {
  return `about ${formatGib(total)} (text encoders ${formatGib(encoders)}, the network ${formatGib(network)}, the decoder ${formatGib(decoder)})`;
}

/**
 * The plan of pictures that fit.
 *
 * @param limit bytes that there are beside the text encoders
 * @throws CollimateError CONFIG where they do not, with settings that would.
 */
export function checkDrawing(model: DiffusionModel, shape: DrawingShape, limit: number): DrawingPlan {
  const plan = planDrawing(model, shape);
  if (plan.total - plan.encoders <= limit) return plan;
  const { width, height } = shape.size;
  throw new CollimateError(
    'CONFIG',
    `draw: pictures of ${width}×${height} take ${describeDrawing(plan)}, and there are ${formatGib(limit + plan.encoders)}`,
    suggest(model, shape, limit),
  );
}

/** The first of these changes that fits, each added to those before. */
function suggest(model: DiffusionModel, shape: DrawingShape, limit: number): string {
  const { step, own } = model.latent;
  const flags: string[] = [];
  let changed = shape;
  for (const [flag, patch] of changesOf(shape, step)) {
    flags.push(flag);
    changed = { ...changed, ...patch };
    const { total, encoders } = planDrawing(model, changed);
    if (total - encoders <= limit) return `With ${flags.join(' ')} it takes about ${formatGib(total)}.`;
  }
  return `Free memory, or draw smaller pictures; the model's own size is ${own.width}×${own.height}.`;
}

function changesOf(
  { batch, precision, size, tile }: DrawingShape,
  step: number,
): [flag: string, Partial<DrawingShape>][] {
  const smaller = (share: number): [string, Partial<DrawingShape>] => {
    const side = (length: number) => Math.max(step, Math.round((length * share) / step) * step);
    const less = { width: side(size.width), height: side(size.height) };
    return [`--width ${less.width} --height ${less.height}`, { size: less }];
  };
  return [
    ...(batch > 1 ? [['--batch-size 1', { batch: 1 }] as [string, object]] : []),
    ...(isTiled(size, TILE) && tile === undefined ? [[`--vae-tile ${TILE}`, { tile: TILE }] as [string, object]] : []),
    ...(precision === 'float32' ? [['--precision bfloat16', { precision: 'bfloat16' }] as [string, object]] : []),
    smaller(0.75),
  ];
}
