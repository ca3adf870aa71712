// Convolution and its two gradients as ONNX nodes. The ways were chosen by measurement (bench/convolution.ts).

import type { ConvAttrs } from '../graph/ops.ts';
import { emitConv } from './emit-conv.ts';
import type { Emitter } from './emitter.ts';
import { emitMatmul, type LoweringContext } from './lowering.ts';

function convAttributes({ stride, padding }: ConvAttrs, [kh, kw]: readonly number[]) {
  return { kernel_shape: [kh!, kw!], strides: [stride, stride], pads: [...padding] };
}

export function lowerConv({ emitter, names, inputs, attrs }: LoweringContext<'conv2d'>): string[] {
  const kernel = inputs[1]!.shape;
  return [emitConv(emitter, names, kernel, convAttributes(attrs, kernel.slice(2)))];
}

/** Stride 1: a convolution with the kernel transposed and flipped. Else ConvTranspose, which knows strides. */
export function lowerConvInputGrad({
  emitter,
  names: [g, w],
  inputs,
  attrs,
}: LoweringContext<'conv2dInputGrad'>): string[] {
  const { stride, padding, inputShape } = attrs;
  const [kh, kw] = inputs[1]!.shape.slice(2) as [number, number];
  const [top, left, bottom, right] = padding;
  if (stride === 1) {
    const swapped = emitter.emit('Transpose', [w!], { perm: [1, 0, 2, 3] });
    const kernel = kh * kw === 1 ? swapped : flip(emitter, swapped);
    const [o, i] = inputs[1]!.shape as [number, number];
    const pads = [kh - 1 - top, kw - 1 - left, kh - 1 - bottom, kw - 1 - right];
    return [emitConv(emitter, [g!, kernel], [i, o, kh, kw], { pads })];
  }
  const [gh, gw] = inputs[0]!.shape.slice(2) as [number, number];
  const missing = [
    inputShape[2]! - ((gh - 1) * stride + kh - top - bottom),
    inputShape[3]! - ((gw - 1) * stride + kw - left - right),
  ];
  return [emitter.emit('ConvTranspose', [g!, w!], { ...convAttributes(attrs, [kh, kw]), output_padding: missing })];
}

function flip(emitter: Emitter, kernel: string): string {
  const integers = (a: number, b: number) => emitter.integers([a, b]);
  return emitter.emit('Slice', [kernel, integers(-1, -1), integers(-1000, -1000), integers(2, 3), integers(-1, -1)]);
}

/**
 * `dw[o, i, y, x] = Σ_{n, p} g[n, o, p] · x[n, i, p shifted by (y, x)]`: one product for each position of the kernel.
 */
export function lowerConvWeightGrad(context: LoweringContext<'conv2dWeightGrad'>): string[] {
  const { emitter, names, inputs, attrs } = context;
  const [, , kh, kw] = attrs.kernelShape as [number, number, number, number];
  const [n, o, gh, gw] = inputs[1]!.shape as [number, number, number, number];
  const i = inputs[0]!.shape[1]!;
  const shifted = attrs.stride === 1 && kh * kw > 1 ? shiftRows(context) : shiftWindows(context);
  const length = attrs.stride === 1 && kh * kw > 1 ? gh * paddedWidth(context) : gh * gw;
  const gradient =
    length === gh * gw
      ? names[1]!
      : emitter.emit('Pad', [names[1]!, emitter.integers([0, paddedWidth(context) - gw]), '', emitter.integers([3])]);
  // Long rows: a product for each image and a sum after it. Short rows and many channels: all images in one product.
  const together = o * i > 2 * length * Math.max(o, i) ** 0.5;
  const parts = together
    ? productOfAll(emitter, gradient, shifted, [n, o, i, length])
    : productPerImage(emitter, gradient, shifted, [n, o, i, length]);
  const stacked = parts.length === 1 ? parts[0]! : emitter.emit('Concat', parts, { axis: 0 }); // [kh·kw, O, I]
  const ordered = emitter.emit('Transpose', [stacked], { perm: [1, 2, 0] });
  return [emitter.emit('Reshape', [ordered, emitter.integers(attrs.kernelShape)])];
}

function paddedWidth({ inputs, attrs }: LoweringContext<'conv2dWeightGrad'>): number {
  return inputs[0]!.shape[3]! + attrs.padding[1] + attrs.padding[3];
}

function eachPosition(
  [, , kh, kw]: readonly number[],
  shift: (position: readonly [number, number]) => string,
): string[] {
  return Array.from({ length: kh! * kw! }, (_, k) => shift([Math.floor(k / kw!), k % kw!]));
}

/**
 * Stride 1: with rows of the padded width W' laid end to end, a shift by (y, x) is the range that starts at y·W' + x, one
 * contiguous copy an image and channel. What it holds beyond the right edge meets zeros of the padded gradient.
 */
function shiftRows(context: LoweringContext<'conv2dWeightGrad'>): string[] {
  const { emitter, names, inputs, attrs } = context;
  const [n, i, h] = inputs[0]!.shape as [number, number, number];
  const [top, left, bottom, right] = attrs.padding;
  const width = paddedWidth(context);
  const rows = h + top + bottom;
  const length = inputs[1]!.shape[2]! * width;
  const padded = emitter.emit('Pad', [
    names[0]!,
    emitter.integers([top, left, bottom + 1, right]),
    '',
    emitter.integers([2, 3]),
  ]);
  const flat = emitter.emit('Reshape', [padded, emitter.integers([n, i, (rows + 1) * width])]);
  return eachPosition(attrs.kernelShape, ([y, x]) =>
    emitter.emit('Slice', [
      flat,
      emitter.integers([y * width + x]),
      emitter.integers([y * width + x + length]),
      emitter.integers([2]),
    ]),
  );
}

/** Any stride: the window that each position of the kernel sees. */
function shiftWindows({ emitter, names, inputs, attrs }: LoweringContext<'conv2dWeightGrad'>): string[] {
  const [top, left, bottom, right] = attrs.padding;
  const { stride } = attrs;
  const [gh, gw] = inputs[1]!.shape.slice(2) as [number, number];
  const padded =
    top + left + bottom + right === 0
      ? names[0]!
      : emitter.emit('Pad', [names[0]!, emitter.integers([top, left, bottom, right]), '', emitter.integers([2, 3])]);
  return eachPosition(attrs.kernelShape, ([y, x]) => {
    const ends = [y + (gh - 1) * stride + 1, x + (gw - 1) * stride + 1];
    return emitter.emit('Slice', [
      padded,
      emitter.integers([y, x]),
      emitter.integers(ends),
      emitter.integers([2, 3]),
      emitter.integers([stride, stride]),
    ]);
  });
}

/** [1, O, I] for each position: a product for each image, then the sum over images. */
function productPerImage(
  emitter: Emitter,
  gradient: string,
  shifted: readonly string[],
  [n, o, i, length]: readonly [number, number, number, number],
): string[] {
  const g = emitter.emit('Reshape', [gradient, emitter.integers([n, o, length])]);
  return shifted.map((x) => {
    const product = emitMatmul(emitter, g, emitter.emit('Reshape', [x, emitter.integers([n, i, length])]), {
      transB: true,
    });
    return emitter.emit('ReduceSum', [product, emitter.integers([0])], { keepdims: 1 });
  });
}

/** [1, O, I] for each position: channels first, so that the sum over images is inside one product. */
function productOfAll(
  emitter: Emitter,
  gradient: string,
  shifted: readonly string[],
  [n, o, i, length]: readonly [number, number, number, number],
): string[] {
  const channelsFirst = (x: string, channels: number) => {
    const swapped = emitter.emit('Transpose', [emitter.emit('Reshape', [x, emitter.integers([n, channels, length])])], {
      perm: [1, 0, 2],
    });
    return emitter.emit('Reshape', [swapped, emitter.integers([1, channels, n * length])]);
  };
  const g = channelsFirst(gradient, o);
  return shifted.map((x) => emitMatmul(emitter, g, channelsFirst(x, i), { transB: true }));
}
