// From a decoded picture to what CLIP's vision tower sees, by the model's own preprocessing: resized, cropped, normalised.

import { CollimateError } from '../../util/errors.ts';
import { clipPreprocessing, type Preprocessing } from './preprocessing.ts';
import { type RgbImage, resizePicture } from './resample.ts';

/**
 * CLIP's pixel values of one picture.
 *
 * @param how the model's preprocessing, or the side of the vision tower's input in pixels, such as 224, for CLIP's own.
 * @returns [3, side, side], normalised; with CLIP's own constants about −1.8 … 2.2.
 * @throws CollimateError SHAPE where the data do not fit the width and height.
 */
export function preprocessImage(image: RgbImage, how: Preprocessing | number): Float32Array {
  const { width, height, rgb } = image;
  if (width < 1 || height < 1 || rgb.length !== width * height * 3)
    throw new CollimateError('SHAPE', `preprocess: expected ${width}×${height}×3 bytes of RGB, got ${rgb.length}`);
  const preprocessing = typeof how === 'number' ? clipPreprocessing(how) : how;
  const size = targetSize(image, preprocessing);
  return normalise(resizePicture(image, size.width, size.height, preprocessing.filter), preprocessing);
}

/** Both sides where they are said, else the shorter one as said and the longer in proportion, rounded down. */
export function targetSize(
  { width, height }: Pick<RgbImage, 'width' | 'height'>,
  { resize }: Preprocessing,
): { width: number; height: number } {
  if (typeof resize !== 'number') return resize;
  const short = Math.min(width, height);
  const scaled = (side: number) => (side === short ? resize : Math.floor((resize * side) / short));
  return { width: scaled(width), height: scaled(height) };
}

/** Where the centre square begins. */
export function cropStart({ width, height }: Pick<RgbImage, 'width' | 'height'>, { side }: Preprocessing) {
  return { top: roundHalfEven((height - side) / 2), left: roundHalfEven((width - side) / 2) };
}

/** The centre square, less the mean, over the deviation, channel by channel. */
function normalise(image: RgbImage, preprocessing: Preprocessing): Float32Array {
  const { side, divisor, mean, deviation } = preprocessing;
  const { top, left } = cropStart(image, preprocessing);
  const values = new Float32Array(3 * side * side);
  let target = 0;
  for (let channel = 0; channel < 3; channel++) {
    const [middle, width] = [mean[channel]!, deviation[channel]!];
    for (let y = 0; y < side; y++) {
      for (let x = 0; x < side; x++) {
        const byte = image.rgb[((top + y) * image.width + left + x) * 3 + channel]!;
        values[target++] = (byte / divisor - middle) / width;
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
