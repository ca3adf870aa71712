// What makes two pictures the same one: their pixels and their size, whatever file holds them, and however it was packed.

import { decode } from 'fast-png';
import { CollimateError } from '../util/errors.ts';
import { sha256 } from '../util/hash.ts';
import type { Picture } from './image.ts';
import { stripPngText } from './png-text.ts';

/** The identity of a picture: SHA-256 of `rgb8 WIDTHxHEIGHT`, a line feed, and its RGB bytes in rows from the top. */
export function hashPixels({ rgb, width, height }: Picture): string {
  return sha256(Buffer.concat([Buffer.from(`rgb8 ${width}x${height}\n`), rgb]));
}

/** `hashPixels` of a PNG file as `encodePng` writes it; undefined for what is damaged, or of another form. */
export function hashPng(png: Uint8Array): string | undefined {
  const { width, height, data, channels, depth, palette } = decodeOrNothing(png) ?? {};
  if (!width || !height || channels !== 3 || depth !== 8 || palette) return undefined;
  return hashPixels({ rgb: data as Uint8Array, width, height });
}

/** At once, where `decodePng` answers later: a file's name is checked wherever it is read. */
function decodeOrNothing(png: Uint8Array): ReturnType<typeof decode> | undefined {
  try {
    return decode(stripPngText(png));
  } catch {
    return undefined;
  }
}

/** @throws CollimateError SHAPE for what `hashPng` knows nothing of. */
export function hashPicture(png: Uint8Array): string {
  const hash = hashPng(png);
  if (hash !== undefined) return hash;
  throw new CollimateError(
    'SHAPE',
    `picture: expected a PNG file of RGB with 8 bits a channel, got ${png.length} bytes of something else`,
    'Write it with `encodePng`.',
  );
}

/** How pictures were known before `hashPixels`: by their PNG file without its texts, and so by who had packed it. */
export function hashPackedPng(png: Uint8Array): string {
  return sha256(stripPngText(png));
}
