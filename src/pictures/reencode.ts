// Pictures from outside: looked at before they are decoded, decoded, and written anew, so that what is stored is a picture and
// nothing else but the text that says how it was drawn, where it has one.

import sharp from 'sharp';
import { CollimateError } from '../util/errors.ts';
import { PARAMETERS } from './image.ts';
import { addPngText, readPngText } from './png-text.ts';

/** More than any image model draws, and 160 MB when decoded. */
const MOST_PIXELS = 40_000_000;
export const MOST_BYTES = 32 * 1024 * 1024;
const FORMATS: readonly string[] = ['png', 'jpeg', 'webp'];
/** How sharp reads what may be hostile. */
export const CAREFUL = { limitInputPixels: MOST_PIXELS, failOn: 'error', pages: 1 } as const;

/** Letters of the text that are kept. */
const MOST_LETTERS = 10_000;

/** A picture written anew as PNG, without metadata other than the text `parameters`. */
export interface ReencodedPicture {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
}

/**
 * Decodes a PNG, JPEG or WebP file, told by its content and not by its name, and writes it anew as PNG in sRGB on white,
 * turned as its EXIF data says. The same pixels always give the same bytes, apart from the text of how they were drawn.
 *
 * @throws CollimateError USAGE for what is no such picture, cut off, or larger than 32 MB or 40 million pixels.
 */
export async function reencodePicture(bytes: Uint8Array): Promise<ReencodedPicture> {
  if (bytes.length > MOST_BYTES) throw refused(`the file has ${bytes.length} bytes, more than 32 MB`);
  const { format, width = 0, height = 0 } = await refuseErrors(() => sharp(bytes, CAREFUL).metadata());
  if (!FORMATS.includes(format)) throw refused(`the file is ${format}, not PNG, JPEG or WebP`);
  if (width * height > MOST_PIXELS)
    throw refused(`the picture has ${width} × ${height} pixels, more than ${MOST_PIXELS / 1e6} million`);
  const { data, info } = await refuseErrors(() =>
    sharp(bytes, CAREFUL)
      .rotate()
      .flatten({ background: '#fff' })
      .toColourspace('srgb')
      .raw()
      .toBuffer({ resolveWithObject: true }),
  );
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const png = await sharp(data, { raw }).toColourspace('srgb').png({ compressionLevel: 9 }).toBuffer();
  const text = readDrawnText(bytes);
  return { png: text ? addPngText(png, PARAMETERS, text) : png, width: info.width, height: info.height };
}

/** The text of a PNG file that says how it was drawn, as far as it can be printed. */
export function readDrawnText(bytes: Uint8Array): string | undefined {
  const text = readPngText(bytes, PARAMETERS);
  return text
    ?.replace(/[^\P{Cc}\n]/gu, '')
    .slice(0, MOST_LETTERS)
    .trim();
}

async function refuseErrors<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw refused(`the file is no picture that can be read (${(error as Error).message.split('\n')[0]})`);
  }
}

function refused(message: string): CollimateError {
  return new CollimateError('USAGE', message, 'Give a whole PNG, JPEG or WebP picture.');
}
