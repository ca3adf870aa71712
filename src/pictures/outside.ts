// The one decoder of pictures from outside: imports, uploads, folders of pre-training pairs and of references. Whatever
// comes in by any of these ways is the same pixels, and what had to be done to it is said.

import sharp, { type Metadata } from 'sharp';
import { CollimateError } from '../util/errors.ts';
import { type FitMode, type PictureSides, resizing } from './fit.ts';
import type { Picture } from './image.ts';
import { listChunks } from './png-chunks.ts';
import { readSharp } from './read-sharp.ts';
import type { PictureRemark } from './remarks.ts';

/** More than any image model draws, and 160 MB when decoded. */
const MOST_PIXELS = 40_000_000;
export const MOST_BYTES = 32 * 1024 * 1024;
/** How sharp reads what may be hostile: the first frame alone, and nothing that is damaged. */
export const CAREFUL = { limitInputPixels: MOST_PIXELS, failOn: 'error', pages: 1 } as const;

/** sharp's name of each format that is read (AVIF is a kind of HEIF), and the endings of its files. */
const FORMATS: Readonly<Record<string, string>> = {
  png: 'a?png',
  jpeg: 'jpe?g|jpe|jfif',
  webp: 'webp',
  gif: 'gif',
  heif: 'avif',
  tiff: 'tiff?',
};
export const FORMAT_NAMES = 'PNG, JPEG, WebP, GIF, AVIF or TIFF';
/** Names of files that may be such pictures; what they are is told by their content. */
export const PICTURE_NAME = new RegExp(`\\.(${Object.values(FORMATS).join('|')})$`, 'i');

/** A picture as pixels in sRGB, with what had to be done to it. */
export interface OutsidePicture extends Picture {
  readonly remarks: readonly PictureRemark[];
}

/**
 * Decodes a picture, told by its content and not by its name: turned as its EXIF data says, laid on white, its color profile
 * converted to sRGB, 8 bits a channel, the first frame.
 *
 * @param size bring it to this size, as the model's pictures have it
 * @param fit how, where it has another shape; default cropped to its middle
 * @throws CollimateError USAGE for what is no such picture, cut off, or larger than 32 MB or 40 million pixels.
 */
export async function decodeOutside(
  bytes: Uint8Array,
  size?: PictureSides,
  fit: FitMode = 'crop',
): Promise<OutsidePicture> {
  const found = await lookAt(bytes);
  const remarks = await makeRemarks(bytes, found);
  return refuseErrors(async () => {
    const upright = sharp(await reduceProfiled(bytes, found), CAREFUL).rotate();
    const sized = size ? upright.resize(resizing(size, fit)) : upright;
    return { ...(await readSharp(sized.flatten({ background: '#fff' }))), remarks };
  });
}

/** The size of a file that `decodeOutside` takes, and whether it can have transparent parts; nothing is decoded. */
export async function inspectOutside(
  bytes: Uint8Array,
): Promise<PictureSides & { readonly mayBeTransparent: boolean }> {
  const { hasAlpha, autoOrient } = await lookAt(bytes);
  return { ...autoOrient, mayBeTransparent: hasAlpha };
}

async function lookAt(bytes: Uint8Array): Promise<Metadata> {
  if (bytes.length > MOST_BYTES) throw refused(`the file has ${bytes.length} bytes, more than 32 MB`);
  const found = await refuseErrors(() => sharp(bytes, CAREFUL).metadata());
  const { format, width = 0, height = 0, depth } = found;
  if (FORMATS[format] === undefined) throw refused(`the file is ${format}, not ${FORMAT_NAMES}`);
  if (width * height > MOST_PIXELS)
    throw refused(`the picture has ${width} × ${height} pixels, more than ${MOST_PIXELS / 1e6} million`);
  // Numbers of other kinds do not say which of them is white.
  if (depth !== 'uchar' && depth !== 'ushort')
    throw refused(`the picture has channels of ${depth}, not of 8 or 16 bits`);
  return found;
}

async function makeRemarks(bytes: Uint8Array, found: Metadata): Promise<PictureRemark[]> {
  const { hasAlpha, orientation = 1, icc, depth, pages = 1 } = found;
  const made: Readonly<Record<PictureRemark, boolean>> = {
    // GIF always has the channel.
    transparent: hasAlpha && !(await refuseErrors(() => sharp(bytes, CAREFUL).stats())).isOpaque,
    turned: orientation > 1,
    profile: icc !== undefined && !isSrgb(icc),
    deep: depth === 'ushort',
    frames: pages > 1 || isAnimatedPng(bytes, found),
  };
  return (Object.keys(made) as PictureRemark[]).filter((remark) => made[remark]);
}

/** A profile that calls itself sRGB changes nothing worth a word; names are Latin letters, or in UTF-16. */
function isSrgb(icc: Buffer): boolean {
  return ['sRGB', 's\0R\0G\0B'].some((name) => icc.includes(name, 0, 'latin1'));
}

/** sharp shows the first picture of an animated PNG, and does not tell that there are others. */
function isAnimatedPng(bytes: Uint8Array, { format }: Metadata): boolean {
  return format === 'png' && (listChunks(bytes)?.some(({ type }) => type === 'acTL') ?? false);
}

/** sharp leaves the color profile of 16 bits unused, so that such a picture is reduced to 8 bits under its profile first. */
async function reduceProfiled(bytes: Uint8Array, { depth, icc }: Metadata): Promise<Uint8Array> {
  if (depth !== 'ushort' || icc === undefined) return bytes;
  return sharp(bytes, CAREFUL).keepMetadata().toColourspace('srgb').png({ compressionLevel: 0 }).toBuffer();
}

async function refuseErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refused(`the file is no picture that can be read (${(error as Error).message.split('\n')[0]})`);
  }
}

function refused(message: string): CollimateError {
  return new CollimateError('USAGE', message, `Give a whole ${FORMAT_NAMES} picture.`);
}
