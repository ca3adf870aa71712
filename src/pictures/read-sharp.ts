// What sharp holds, as a picture. Apart from `image.ts`, so that the types of the package need none of sharp's.

import type { Sharp } from 'sharp';
import type { Picture } from './image.ts';

/** What sharp holds as RGB bytes of sRGB. */
export async function readSharp(image: Sharp): Promise<Picture> {
  const { data, info } = await image.toColourspace('srgb').removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { rgb: new Uint8Array(data), width: info.width, height: info.height };
}
