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
  const orOwn = (side: keyof PictureSize) =>
    wanted[side] === own[side] ? '' : `, or to 0 for the model's own ${own[side]}`;
  const describe = (side: keyof PictureSize) =>
    `${wanted[side]}${wanted[side] === own[side] ? ", the size in the model's config" : ''}`;
  for (const side of ['width', 'height'] as const) {
    if (wanted[side] > most)
      throw new CollimateError(
        'CONFIG',
        `generate.${side}: expected at most ${most}, where this model's table of positions ends, got ${describe(side)}`,
        `Set it to ${Math.floor(most / step) * step} or less${orOwn(side)}.`,
      );
    if (wanted[side] % step === 0) continue;
    const below = Math.max(step, Math.floor(wanted[side] / step) * step);
    const nearest = [...new Set([below, Math.ceil(wanted[side] / step) * step])].join(' or ');
    throw new CollimateError(
      'CONFIG',
      `generate.${side}: expected a multiple of ${step}, which this model can divide, got ${describe(side)}`,
      `Set it to ${nearest}${orOwn(side)}.`,
    );
  }
  return wanted.width === own.width && wanted.height === own.height ? undefined : wanted;
}
