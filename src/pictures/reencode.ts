// Pictures from outside, decoded and written anew, so that what is stored is a picture and nothing else but the text that
// says how it was drawn, where it has one.

import { readDrawnText } from './drawn-text.ts';
import { encodePng } from './image.ts';
import { decodeOutside } from './outside.ts';
import type { PictureRemark } from './remarks.ts';

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
