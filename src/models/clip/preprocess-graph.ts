// Preprocessing as a graph, so that what an encoder says of a picture has a slope by its pixels: resizing is a product with a matrix
// along each side.

import { add, constant, matmul, maximum, minimum, mul, slice } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { cropStart, targetSize } from './preprocess.ts';
import type { Preprocessing } from './preprocessing.ts';
import { resizeMatrix } from './resample.ts';

/**
 * `preprocessImage` of pixels that are not rounded to bytes, before resizing or after.
 *
 * @param pixels [B, 3, H, W]; what lies outside [−1, 1] is cut to it and has no slope
 * @returns [B, 3, side, side]
 */
export function preprocessPixels(pixels: Tensor, how: Preprocessing): Tensor {
  const [, , height, width] = pixels.shape as [number, number, number, number];
  const { side, filter, divisor, mean, deviation } = how;
  const size = targetSize({ width, height }, how);
  let x = within(mul(add(pixels, 1), 127.5));
  if (size.width !== width) {
    const columns = constant(resizeMatrix(width, size.width, filter), [size.width, width]);
    x = within(matmul(x, columns, { transB: true }));
  }
  if (size.height !== height)
    x = within(matmul(constant(resizeMatrix(height, size.height, filter), [size.height, height]), x));
  const { top, left } = cropStart(size, how);
  const square = slice(slice(x, 2, top, top + side), 3, left, left + side);
  const perChannel = (of: (channel: number) => number) => constant([0, 1, 2].map(of), [3, 1, 1]);
  return add(
    mul(
      square,
      perChannel((channel) => 1 / (divisor * deviation[channel]!)),
    ),
    perChannel((channel) => -mean[channel]! / deviation[channel]!),
  );
}

/** Cut to what a byte holds. */
function within(x: Tensor): Tensor {
  return minimum(maximum(x, 0), 255);
}
