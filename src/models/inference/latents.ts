// The sizes of a pipeline's latents, and its autoencoder with its scaling, from pictures to latents. The way back is `decoder.ts`.

import { input } from '../../engine/graph/tensor.ts';
import type { Params } from '../../engine/nn/params.ts';
import { sceneToTensor } from '../../pictures/image.ts';
import { CollimateError } from '../../util/errors.ts';
import type { DiffusionModel, PictureSize } from '../families/model.ts';
import type { EngineOptions } from './device.ts';
import { blame, diagnose } from './diagnose.ts';
import { inBatches, openNetwork } from './network.ts';
import { type PipelineOrPath, toPipeline } from './opened.ts';

/** The sizes of a pipeline's latents and of the pictures that they stand for. */
export interface LatentSizes {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** Numbers in the latents of one picture. */
  readonly length: number;
  readonly picture: PictureSize;
}

export interface LatentEncoder extends LatentSizes {
  /**
   * Latent means as the network sees them, [pictures, channels, height, width], of RGB bytes of the pipeline's size.
   *
   * @throws CollimateError NON_FINITE that names the first layer whose output is no number.
   */
  encode(rgbs: readonly Uint8Array[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Pixels in one batch at most: activations of full resolution are the largest tensors of all. */
const PIXELS_AT_ONCE = 2 ** 18;

/** @param picture the size of the pictures; default the model's own. */
export function latentSizes({ latent }: Pick<DiffusionModel, 'latent'>, picture = latent.own): LatentSizes {
  const { channels, reduction } = latent;
  const [height, width] = [picture.height / reduction, picture.width / reduction];
  return { channels, height, width, length: channels * height * width, picture };
}

/** How many pictures go through the autoencoder at once. */
export function picturesAtOnce({ picture }: LatentSizes, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(PIXELS_AT_ONCE / (picture.width * picture.height))));
}

/** @throws CollimateError MODEL_CONFIG or WEIGHTS where the folder does not hold a whole autoencoder. */
export async function openLatentEncoder(
  model: PipelineOrPath,
  { batchSize = 32, ...engine }: EngineOptions & { batchSize?: number } = {},
): Promise<LatentEncoder> {
  const pipeline = toPipeline(model);
  const sizes = latentSizes(pipeline);
  const { width, height } = sizes.picture;
  const batch = picturesAtOnce(sizes, batchSize);
  const who = `${pipeline.folder}/vae`;
  const latentsOf = (p: Params) => pipeline.encode(p, input('pixels', [batch, 3, height, width]));
  const network = await openNetwork((p) => ({ latents: latentsOf(p) }), pipeline.open('vae'), who, engine);
  async function refuse(feeds: { pixels: Float32Array }): Promise<never> {
    const error = new CollimateError('NON_FINITE', `encoder: latents of ${who} are no numbers`);
    throw blame(error, await diagnose((p) => [latentsOf(p)], pipeline.open('vae'), who, feeds, engine), 'vae');
  }
  return {
    ...sizes,
    async encode(rgbs) {
      for (const rgb of rgbs) checkPicture(rgb, width, height);
      const latents = new Float32Array(rgbs.length * sizes.length);
      for (const { start, items } of inBatches(rgbs, batch)) {
        const pixels = new Float32Array(batch * 3 * height * width);
        items.forEach((rgb, i) => void sceneToTensor(rgb, pixels, i * rgb.length));
        const result = await network.run({ pixels });
        if (!result.latents!.every(Number.isFinite)) await refuse({ pixels });
        latents.set(result.latents!.subarray(0, items.length * sizes.length), start * sizes.length);
      }
      return latents;
    },
    dispose: () => network.dispose(),
  };
}

function checkPicture(rgb: Uint8Array, width: number, height: number): void {
  if (rgb.length === 3 * width * height) return;
  throw new CollimateError(
    'SHAPE',
    `latents: expected RGB bytes of ${width}×${height} pixels, ${3 * width * height} in all, got ${rgb.length}`,
    'Resize the picture to the size that the model draws.',
  );
}
