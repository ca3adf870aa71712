// The way from latents back to pictures: whole, or in tiles that take less memory.

import { input } from '../../engine/graph/tensor.ts';
import type { Params } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import type { DiffusionModel, PictureSize } from '../families/model.ts';
import type { EngineOptions } from './device.ts';
import { blame, diagnose } from './diagnose.ts';
import { type LatentSizes, latentSizes, picturesAtOnce } from './latents.ts';
import { openNetwork, takePadded } from './network.ts';
import { cutTiles, joinTiles, type Planes, takeTile } from './tiles.ts';

export interface LatentDecoder {
  /**
   * RGB bytes of each picture of `latents` [pictures, channels, h, w], scaled as the network sees them.
   *
   * @throws CollimateError NON_FINITE that names the first layer whose output is no number.
   */
  decode(latents: Float32Array): Promise<Uint8Array[]>;
  dispose(): Promise<void>;
}

export interface DecoderOptions {
  /** Default those of the model's own pictures. */
  readonly sizes?: LatentSizes;
  /** The side in pixels of the tiles that larger pictures are decoded in; default is whole pictures. */
  readonly tile?: number | undefined;
}

/** The way back from `openLatentEncoder`; compiled when it is first needed. */
export function createDecoder(
  pipeline: DiffusionModel,
  batchSize: number,
  engine: EngineOptions,
  { sizes = latentSizes(pipeline), tile }: DecoderOptions = {},
): LatentDecoder {
  const open = (batch: number, height: number, width: number) => openPixels(pipeline, engine, [batch, height, width]);
  return isTiled(sizes.picture, tile) ? decodeInTiles(open, sizes, tile) : decodeWhole(open, sizes, batchSize);
}

/** Whether pictures are larger than a tile. */
export function isTiled({ width, height }: PictureSize, tile: number | undefined): tile is number {
  return tile !== undefined && (width > tile || height > tile);
}

/** Latents of one shape to pixels [batch, 3, H, W]. */
interface Pixels {
  of(latents: Float32Array): Promise<Float32Array>;
  dispose(): Promise<void>;
}

type OpenPixels = (batch: number, height: number, width: number) => Promise<Pixels>;

async function openPixels(
  pipeline: DiffusionModel,
  engine: EngineOptions,
  [batch, height, width]: readonly [number, number, number],
): Promise<Pixels> {
  const who = `${pipeline.folder}/vae`;
  const { channels } = pipeline.latent;
  const pixelsOf = (p: Params) => pipeline.decode(p, input('latents', [batch, channels, height, width]));
  const network = await openNetwork((p) => ({ pixels: pixelsOf(p) }), pipeline.open('vae'), who, engine);
  async function refuse(feeds: { latents: Float32Array }): Promise<never> {
    const error = new CollimateError('NON_FINITE', `decoder: pixels of ${who} are no numbers`);
    throw blame(error, await diagnose((p) => [pixelsOf(p)], pipeline.open('vae'), who, feeds, engine), 'vae');
  }
  return {
    async of(latents) {
      const { pixels } = await network.run({ latents });
      // A clamped NaN would be a black picture.
      if (!pixels!.every(Number.isFinite)) await refuse({ latents });
      return pixels!;
    },
    dispose: () => network.dispose(),
  };
}

function decodeWhole(open: OpenPixels, sizes: LatentSizes, batchSize: number): LatentDecoder {
  const { height, width, length, picture } = sizes;
  const batch = picturesAtOnce(sizes, batchSize);
  const plane = picture.width * picture.height;
  let network: Pixels | undefined;
  return {
    async decode(latents) {
      network ??= await open(batch, height, width);
      const count = latents.length / length;
      const pictures: Uint8Array[] = [];
      for (let start = 0; start < count; start += batch) {
        const pixels = await network.of(takePadded(latents, length, start, batch));
        const there = Math.min(batch, count - start);
        for (let i = 0; i < there; i++) pictures.push(toRgb(pixels, i * 3 * plane, plane));
      }
      return pictures;
    },
    dispose: async () => network?.dispose(),
  };
}

/** One picture after another, and of each the tiles of one shape after another: a network at a time is open. */
function decodeInTiles(open: OpenPixels, sizes: LatentSizes, side: number): LatentDecoder {
  const { height, width, length, picture } = sizes;
  const scale = picture.height / height;
  const tiles = cutTiles(sizes, side / scale);
  const shapes = new Map(tiles.flat().map((tile) => [`${tile.height}×${tile.width}`, tile]));
  async function decodeOne(latents: Float32Array): Promise<Uint8Array> {
    const decoded: Planes[][] = tiles.map(() => []);
    for (const shape of shapes.values()) {
      const network = await open(1, shape.height, shape.width);
      try {
        for (const [i, row] of tiles.entries())
          for (const [j, tile] of row.entries()) {
            if (tile.height !== shape.height || tile.width !== shape.width) continue;
            const values = await network.of(takeTile({ values: latents, height, width }, tile));
            decoded[i]![j] = { values, height: scale * tile.height, width: scale * tile.width };
          }
      } finally {
        await network.dispose();
      }
    }
    return toRgb(joinTiles(decoded, picture, side), 0, picture.width * picture.height);
  }
  return {
    async decode(latents) {
      const pictures: Uint8Array[] = [];
      for (let start = 0; start < latents.length; start += length)
        pictures.push(await decodeOne(latents.subarray(start, start + length)));
      return pictures;
    },
    dispose: async () => {},
  };
}

/** RGB bytes [height, width, 3] of float32 [3, height, width] at `offset`; values outside [−1, 1] are clamped. */
export function toRgb(pixels: Float32Array, offset: number, plane: number): Uint8Array {
  const rgb = new Uint8ClampedArray(3 * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = (pixels[offset + c * plane + i]! + 1) * 127.5;
  }
  return new Uint8Array(rgb.buffer);
}
