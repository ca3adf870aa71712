// The size of the pictures that are asked of a model: its own, or another one that its levels can halve.

import { CollimateError } from '../../util/errors.ts';
import type { Pipeline } from '../pipeline.ts';
import { vaeReduction } from '../vae/config.ts';

/** In pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** What a size is chosen by: 0 or nothing is the model's own. */
export type SizeSettings = { readonly [Side in keyof PictureSize]?: number | undefined };

type Architecture = Pick<Pipeline, 'unet' | 'vae'>;

/** Stable Diffusion's, for configs that leave `sample_size` out. */
const LATENT_SIDE = 64;

/** The size of the pictures that a model was made for. */
export function ownSize({ unet, vae }: Architecture): PictureSize {
  const reduction = vaeReduction(vae);
  const side = unet.sample_size ?? LATENT_SIDE;
  const [height, width] = typeof side === 'number' ? [side, side] : (side as [number, number]);
  return { width: width * reduction, height: height * reduction };
}

/** Width and height of what a model draws are multiples of this: the autoencoder's reduction times what the U-Net's levels halve. */
function sizeStep({ unet, vae }: Architecture): number {
  return vaeReduction(vae) * 2 ** (unet.block_out_channels.length - 1);
}

/**
 * The size that settings ask of a model; undefined where that is its own, which is so a recipe without a size.
 *
 * @throws CollimateError CONFIG where the model cannot draw it, with the nearest sizes that it can.
 */
export function chooseSize(model: Architecture, { width = 0, height = 0 }: SizeSettings): PictureSize | undefined {
  const own = ownSize(model);
  const wanted = { width: width || own.width, height: height || own.height };
  if (wanted.width === own.width && wanted.height === own.height) return undefined;
  const step = sizeStep(model);
  for (const side of ['width', 'height'] as const) {
    if (wanted[side] % step === 0) continue;
    const below = Math.max(step, Math.floor(wanted[side] / step) * step);
    const nearest = [...new Set([below, Math.ceil(wanted[side] / step) * step])].join(' or ');
    throw new CollimateError(
      'CONFIG',
      `generate.${side}: expected a multiple of ${step}, which this model's levels can halve, got ${wanted[side]}`,
      `Set it to ${nearest}, or to 0 for the model's own ${own[side]}.`,
    );
  }
  return wanted;
}
