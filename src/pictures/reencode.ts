// Pictures from outside, decoded and written anew, so that what is stored is a picture and nothing else but the text that
// says how it was drawn, where it has one.

import { encodePng, PARAMETERS } from './image.ts';
import { decodeOutside } from './outside.ts';
import { readPngText } from './png-text.ts';
import type { PictureRemark } from './remarks.ts';

/** Letters of the text that are kept. */
const MOST_LETTERS = 10_000;

/** A picture written anew as PNG, without metadata other than the text `parameters`. */
export interface ReencodedPicture {
  readonly png: Buffer;
  readonly width: number;
  readonly height: number;
  /** What had to be done to it. */
  readonly remarks: readonly PictureRemark[];
}

/**
 * A picture as `decodeOutside` reads it, as PNG. The same pixels always give the same bytes, apart from the text of how
 * they were drawn.
 *
 * @throws CollimateError USAGE for what `decodeOutside` refuses.
 */
export async function reencodePicture(bytes: Uint8Array): Promise<ReencodedPicture> {
  const { rgb, width, height, remarks } = await decodeOutside(bytes);
  const png = await encodePng(rgb, width, height, readDrawnText(bytes) || undefined);
  return { png, width, height, remarks };
}

/** The text of a PNG file that says how it was drawn, as far as it can be printed. */
export function readDrawnText(bytes: Uint8Array): string | undefined {
  const text = readPngText(bytes, PARAMETERS);
  return text
    ?.replace(/[^\P{Cc}\n]/gu, '')
    .slice(0, MOST_LETTERS)
    .trim();
}
