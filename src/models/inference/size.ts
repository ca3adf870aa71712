// The size of the pictures that are asked of a model: its own, or another one that its levels can halve.

import { CollimateError } from '../../util/errors.ts';
import type { DiffusionModel, PictureSize } from '../families/model.ts';

/** What a size is chosen by: 0 or nothing is the model's own. */
export type SizeSettings = { readonly [Side in keyof PictureSize]?: number | undefined };

/**
 * The size that settings ask of a model; undefined where that is its own, which is so a recipe without a size.
 *
 * @throws CollimateError CONFIG where the model cannot draw it, with the nearest sizes that it can.
 */
export function chooseSize(
  { latent }: Pick<DiffusionModel, 'latent'>,
  { width = 0, height = 0 }: SizeSettings,
): PictureSize | undefined {
  const { own, step, most = Infinity } = latent;
  const wanted = { width: width || own.width, height: height || own.height };
  if (wanted.width === own.width && wanted.height === own.height) return undefined;
  for (const side of ['width', 'height'] as const) {
    if (wanted[side] > most)
      throw new CollimateError(
        'CONFIG',
        `generate.${side}: expected at most ${most}, where this model's table of positions ends, got ${wanted[side]}`,
        `Set it to ${Math.floor(most / step) * step} or less, or to 0 for the model's own ${own[side]}.`,
      );
    if (wanted[side] % step === 0) continue;
    const below = Math.max(step, Math.floor(wanted[side] / step) * step);
    const nearest = [...new Set([below, Math.ceil(wanted[side] / step) * step])].join(' or ');
    throw new CollimateError(
      'CONFIG',
      `generate.${side}: expected a multiple of ${step}, which this model can divide, got ${wanted[side]}`,
      `Set it to ${nearest}, or to 0 for the model's own ${own[side]}.`,
    );
  }
  return wanted;
}
