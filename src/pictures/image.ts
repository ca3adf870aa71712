// Pictures as tensors, as PNG bytes, enlarged, and laid out in grids. Pictures are RGB bytes `[height, width, 3]`.

import sharp from 'sharp';
import { addPngText } from './png-text.ts';
import { readSharp } from './read-sharp.ts';

/** A picture with its size. */
export interface Picture {
  readonly rgb: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/**
 * RGB bytes `[32, 32, 3]` to float32 `[3, 32, 32]` in [-1, 1], `v / 127.5 - 1`; into `target` from `offset` where given.
 */
export function sceneToTensor(
  rgb: Uint8Array,
  target: Float32Array = new Float32Array(rgb.length),
  offset = 0,
): Float32Array {
  const plane = rgb.length / 3;
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) target[offset + c * plane + i] = rgb[3 * i + c]! / 127.5 - 1;
  }
  return target;
}

/** The way back from `sceneToTensor`, of `size`×`size` pixels from `offset`, by default the rest as one square; values outside [-1, 1] are clamped. */
export function tensorToScene(tensor: Float32Array, offset = 0, size = squareSide(tensor.length - offset)): Uint8Array {
  const plane = size * size;
  const rgb = new Uint8ClampedArray(3 * plane);
  for (let i = 0; i < plane; i++) {
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = (tensor[offset + c * plane + i]! + 1) * 127.5;
  }
  return new Uint8Array(rgb.buffer);
}

/** The side of a square of `values` numbers, three a pixel. */
function squareSide(values: number): number {
  return Math.sqrt(values / 3);
}

/** Each pixel as a block of `factor` by `factor`, unsmoothed. `width` is that of `rgb`, by default that of a square. */
export function enlarge(rgb: Uint8Array, factor: number, width = squareSide(rgb.length)): Uint8Array {
  const height = rgb.length / 3 / width;
  const large = new Uint8Array(rgb.length * factor * factor);
  for (let y = 0, at = 0; y < height * factor; y++) {
    for (let x = 0; x < width * factor; x++, at += 3) {
      const from = (Math.floor(y / factor) * width + Math.floor(x / factor)) * 3;
      large[at] = rgb[from]!;
      large[at + 1] = rgb[from + 1]!;
      large[at + 2] = rgb[from + 2]!;
    }
  }
  return large;
}

/** Where programs look for how a picture was drawn. */
export const PARAMETERS = 'parameters';

/** RGB bytes as a PNG file, by default of a square picture, with how they were drawn as text where given. */
export async function encodePng(
  rgb: Uint8Array,
  width = squareSide(rgb.length),
  height = width,
  parameters?: string,
): Promise<Buffer> {
  const png = await sharp(rgb, { raw: { width, height, channels: 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return parameters === undefined ? png : addPngText(png, PARAMETERS, parameters);
}

/** A PNG file of our own as RGB bytes; an alpha channel is dropped. Pictures from outside are `decodeOutside`'s business. */
export function decodePng(bytes: Uint8Array): Promise<Picture> {
  return readSharp(sharp(bytes));
}

/** Square pictures of one size in rows of `columns`, each enlarged by `factor`, with a light gap between them. */
export function contactSheet(images: readonly Uint8Array[], columns: number, factor = 4): Picture {
  const gap = factor;
  const tile = squareSide(images[0]?.length ?? 0) * factor;
  const width = columns * (tile + gap) + gap;
  const height = Math.ceil(images.length / columns) * (tile + gap) + gap;
  const rgb = new Uint8Array(width * height * 3).fill(250);
  images.forEach((image, index) => {
    const large = enlarge(image, factor);
    const left = gap + (index % columns) * (tile + gap);
    const top = gap + Math.floor(index / columns) * (tile + gap);
    for (let y = 0; y < tile; y++) {
      rgb.set(large.subarray(y * tile * 3, (y + 1) * tile * 3), ((top + y) * width + left) * 3);
    }
  });
  return { rgb, width, height };
}
