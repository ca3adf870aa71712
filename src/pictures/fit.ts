// Bringing a picture of any size to another one: as learning from it wants it, with what has to be given up said.

import sharp from 'sharp';
import type { Picture } from './image.ts';
import { readSharp } from './read-sharp.ts';

export type PictureSides = Pick<Picture, 'width' | 'height'>;

/** By sharp's name: the shorter side fits and the middle is kept; both sides fit; the longer side fits, on white. */
const FITS = { crop: 'cover', stretch: 'fill', pad: 'contain' } as const;

/** What becomes of what does not have the wanted shape. */
export type FitMode = keyof typeof FITS;

/** What sharp is told to do. */
export function resizing({ width, height }: PictureSides, fit: FitMode) {
  return { width, height, fit: FITS[fit], background: '#fff' } as const;
}

/** RGB bytes of a picture in a size; one that has it stays as it is. */
export async function fitPicture(picture: Picture, size: PictureSides, fit: FitMode): Promise<Uint8Array> {
  const { rgb, width, height } = picture;
  if (isOfSize(picture, size)) return rgb;
  const image = sharp(rgb, { raw: { width, height, channels: 3 } });
  return (await readSharp(image.resize(resizing(size, fit)))).rgb;
}

/** Where the kept part of a picture begins, in pixels of the picture as it is scaled: the middle is kept. */
export function cropCorner(
  picture: PictureSides,
  size: PictureSides,
  fit: FitMode,
): { readonly left: number; readonly top: number } {
  if (fit !== 'crop') return { left: 0, top: 0 };
  const scale = Math.max(size.width / picture.width, size.height / picture.height);
  const beyond = (side: keyof PictureSides) =>
    Math.max(0, Math.floor((Math.round(picture[side] * scale) - size[side]) / 2));
  return { left: beyond('width'), top: beyond('height') };
}

export function isOfSize(picture: PictureSides, size: PictureSides): boolean {
  return picture.width === size.width && picture.height === size.height;
}

/** How many pictures a size had to be given to. */
export interface FitCount {
  readonly resized: number;
  /** Different sizes among them. */
  readonly sizes: number;
  /** Those of another shape, which were cropped, stretched or padded. */
  readonly reshaped: number;
}

export function countFits(pictures: readonly PictureSides[], size: PictureSides): FitCount {
  const others = pictures.filter((picture) => !isOfSize(picture, size));
  return {
    resized: others.length,
    sizes: new Set(others.map(({ width, height }) => `${width} ${height}`)).size,
    reshaped: others.filter(({ width, height }) => width * size.height !== height * size.width).length,
  };
}

const RESHAPED: Readonly<Record<FitMode, string>> = {
  crop: 'cropped to their middle',
  stretch: 'stretched',
  pad: 'padded with white',
};

/** Such as `31 pictures of 4 sizes were resized to 64×64, 12 of them cropped to their middle`; undefined for none. */
export function describeFits(
  { resized, sizes, reshaped }: FitCount,
  size: PictureSides,
  fit: FitMode,
): string | undefined {
  if (resized === 0) return undefined;
  const what = `${resized} ${resized === 1 ? 'picture' : 'pictures'} of ${sizes} ${sizes === 1 ? 'size' : 'sizes'}`;
  const rest = reshaped > 0 ? `, ${reshaped} of them ${RESHAPED[fit]}` : '';
  return `${what} ${resized === 1 ? 'was' : 'were'} resized to ${size.width}×${size.height}${rest}`;
}
