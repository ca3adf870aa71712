// From a decoded picture to what CLIP's vision tower sees: short side to the tower's size, centre crop, CLIP's mean and
// deviation. The resizing is Pillow's, to the bit, because CLIP was trained on its pixels.

import { CollimateError } from '../../util/errors.ts';

/** An RGB picture, 3 bytes a pixel, row by row. */
export type RgbImage = { readonly width: number; readonly height: number; readonly rgb: Uint8Array };

/** Mean and deviation of each channel over CLIP's training pictures (Radford et al., 2021; the published constants). */
export const CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073] as const;
export const CLIP_DEVIATION = [0.26862954, 0.26130258, 0.27577711] as const;

/** Fraction bits of Pillow's fixed-point weights: 32 less 8 for the pixel and 2 for overshoot. */
const PRECISION = 22;

/**
 * CLIP's pixel values of one picture.
 *
 * @param size side of the vision tower's input in pixels, such as 224.
 * @returns [3, size, size], normalised, about −1.8 … 2.2.
 * @throws CollimateError SHAPE where the data do not fit the width and height.
 */
export function preprocessImage(image: RgbImage, size: number): Float32Array {
  const { width, height, rgb } = image;
  if (width < 1 || height < 1 || rgb.length !== width * height * 3)
    throw new CollimateError('SHAPE', `preprocess: expected ${width}×${height}×3 bytes of RGB, got ${rgb.length}`);
  const short = Math.min(width, height);
  const scaled = (side: number) => (side === short ? size : Math.floor((size * side) / short));
  const resized = resizeBicubic(image, scaled(width), scaled(height));
  return normalise(resized, size);
}

/**
 * Resizes as Pillow does with BICUBIC: cubic convolution (Keys, 1981, a = −½) widened by the ratio when shrinking,
 * first along rows, then along columns, rounded to bytes in between.
 */
export function resizeBicubic(image: RgbImage, width: number, height: number): RgbImage {
  const rows = width === image.width ? image : resample(image, width, 'x');
  return height === rows.height ? rows : resample(rows, height, 'y');
}

type Weights = { first: number; weights: Int32Array };

function resample(image: RgbImage, length: number, axis: 'x' | 'y'): RgbImage {
  const alongX = axis === 'x';
  const [width, height] = alongX ? [length, image.height] : [image.width, length];
  const taps = pixelWeights(alongX ? image.width : image.height, length);
  const stride = alongX ? 3 : image.width * 3;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, target = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const { first, weights } = taps[alongX ? x : y]!;
      const source = alongX ? (y * image.width + first) * 3 : (first * image.width + x) * 3;
      for (let channel = 0; channel < 3; channel++)
        rgb[target++] = weightedByte(image.rgb, source + channel, stride, weights);
    }
  }
  return { width, height, rgb };
}

function weightedByte(data: Uint8Array, start: number, stride: number, weights: Int32Array): number {
  let sum = 1 << (PRECISION - 1);
  for (let i = 0; i < weights.length; i++) sum += data[start + i * stride]! * weights[i]!;
  return Math.min(255, Math.max(0, sum >> PRECISION));
}

/** Which source pixels make up each target pixel, and how much of each; the weights of a pixel sum to 1. */
function pixelWeights(from: number, to: number): Weights[] {
  const ratio = from / to;
  const widening = Math.max(1, ratio);
  const support = 2 * widening;
  return Array.from({ length: to }, (_, target) => {
    const centre = (target + 0.5) * ratio;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(from, Math.trunc(centre + support + 0.5));
    const raw = Array.from({ length: end - first }, (_, i) => cubic((first + i - centre + 0.5) / widening));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: Int32Array.from(raw, (weight) => fixedPoint(weight / total)) };
  });
}

function fixedPoint(weight: number): number {
  return Math.trunc(weight * (1 << PRECISION) + (weight < 0 ? -0.5 : 0.5));
}

/** Keys' kernel with a = −½; zero from 2 on. */
function cubic(distance: number): number {
  const x = Math.abs(distance);
  if (x < 1) return (1.5 * x - 2.5) * x * x + 1;
  return x < 2 ? -0.5 * (((x - 5) * x + 8) * x - 4) : 0;
}

/** The centre square in [0, 1], less the mean, over the deviation, channel by channel. */
function normalise(image: RgbImage, size: number): Float32Array {
  const top = roundHalfEven((image.height - size) / 2);
  const left = roundHalfEven((image.width - size) / 2);
  const values = new Float32Array(3 * size * size);
  let target = 0;
  for (let channel = 0; channel < 3; channel++) {
    const [mean, deviation] = [CLIP_MEAN[channel]!, CLIP_DEVIATION[channel]!];
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const byte = image.rgb[((top + y) * image.width + left + x) * 3 + channel]!;
        values[target++] = (byte / 255 - mean) / deviation;
      }
    }
  }
  return values;
}

/** Python's rounding of halves, which decides the crop where the margin is odd. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 && floor % 2 === 0 ? floor : Math.round(value);
}
