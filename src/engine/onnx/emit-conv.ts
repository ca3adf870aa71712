// The Conv node, and a way round one of its kernels.

import type { AttributeValue, Emitter } from './emitter.ts';

/**
 * Emits Conv of an image [N, I, H, W] with a kernel [O, I, kh, kw].
 *
 * ONNX Runtime 1.30's WebGPU kernel for O a multiple of 4 reads three channels at a time where I is a multiple of 3 but
 * not of 4, and is wrong unless I is 3 itself or the kernel 1×1. Channels of zeros up to a multiple of 4 avoid it.
 */
export function emitConv(
  emitter: Emitter,
  [image, kernel, ...bias]: readonly string[],
  [outputs, inputs, kh, kw]: readonly number[],
  attributes: Record<string, AttributeValue>,
): string {
  const isWrong = outputs! % 4 === 0 && inputs! % 3 === 0 && inputs! % 4 !== 0 && inputs! > 3 && kh! * kw! > 1;
  const missing = emitter.dialect === 'webgpu' && isWrong ? 4 - (inputs! % 4) : 0;
  const widened = [image!, kernel!].map((x) => (missing === 0 ? x : emitter.pad(x, [0, 0, 0, 0], [0, missing, 0, 0])));
  return emitter.emit('Conv', [...widened, ...bias], { kernel_shape: [kh!, kw!], ...attributes });
}
