// Convolution and its two gradients as ONNX nodes. The ways were chosen by the profile of a training step (`collimate bench --unet bench/unet-64-128`).

import type { ConvAttrs, OpAttrs } from '../graph/ops.ts';
import type { Shape } from '../graph/types.ts';
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
 *
 * Long rows and few channels: a product for each image, and the sum over images after it. Else channels come first, so that
 * the sum over images is inside one product.
 */
export function lowerConvWeightGrad({ emitter, names, inputs, attrs }: LoweringContext<'conv2dWeightGrad'>): string[] {
  const [o, i] = attrs.kernelShape as [number, number, number, number];
  const geometry = geometryOf(inputs[0]!.shape, inputs[1]!.shape, attrs);
  const { n, length } = geometry;
  const together = o * i > 2 * length * Math.max(o, i) ** 0.5;
  const [x, g] = names.map((name) => (together ? emitter.emit('Transpose', [name], { perm: [1, 0, 2, 3] }) : name));
  const asMatrices = (name: string, channels: number) =>
    emitter.emit('Reshape', [name, emitter.integers(together ? [1, channels, n * length] : [n, channels, length])]);
  const gradient = asMatrices(geometry.endToEnd ? padRight(emitter, g!, geometry) : g!, o);
  const parts = shift(emitter, x!, geometry).map((shifted) => {
    const product = emitMatmul(emitter, gradient, asMatrices(shifted, i), { transB: true });
    return together ? product : emitter.emit('ReduceSum', [product, emitter.integers([0])], { keepdims: 1 });
  });
  const stacked = parts.length === 1 ? parts[0]! : emitter.emit('Concat', parts, { axis: 0 }); // [kh·kw, O, I]
  const ordered = emitter.emit('Transpose', [stacked], { perm: [1, 2, 0] });
  return [emitter.emit('Reshape', [ordered, emitter.integers(attrs.kernelShape)])];
}

/** How the positions of a kernel see an image. */
interface Geometry extends ConvAttrs {
  /** Images. */
  readonly n: number;
  readonly image: readonly [number, number];
  readonly gradient: readonly [number, number];
  readonly kernel: readonly [number, number];
  /** Padded rows are laid end to end: a shift is then one contiguous range. */
  readonly endToEnd: boolean;
  readonly paddedWidth: number;
  /** Products of one image and pair of channels at one position of the kernel. */
  readonly length: number;
}

function geometryOf(x: Shape, g: Shape, { stride, padding, kernelShape }: OpAttrs['conv2dWeightGrad']): Geometry {
  const [n, , height, width] = x as [number, number, number, number];
  const [, , gh, gw] = g as [number, number, number, number];
  const [, , kh, kw] = kernelShape as [number, number, number, number];
  const endToEnd = stride === 1 && kh * kw > 1;
  const paddedWidth = width + padding[1] + padding[3];
  const length = gh * (endToEnd ? paddedWidth : gw);
  return {
    n,
    stride,
    padding,
    image: [height, width],
    gradient: [gh, gw],
    kernel: [kh, kw],
    endToEnd,
    paddedWidth,
    length,
  };
}

/** Zeros at the end of each row of the gradient: they meet what a shifted range holds beyond the right edge. */
function padRight(emitter: Emitter, g: string, { gradient, paddedWidth }: Geometry): string {
  return emitter.pad(g, [0, 0, 0, 0], [0, 0, 0, paddedWidth - gradient[1]]);
}

/** What each position (y, x) of the kernel sees of an image [.., .., H, W], row by row of the kernel. */
function shift(emitter: Emitter, image: string, geometry: Geometry): string[] {
  const { kernel, padding, endToEnd } = geometry;
  const [top, left, bottom, right] = padding;
  const below = endToEnd ? bottom + 1 : bottom; // the last range reaches into one row more
  const padded = top + left + below + right === 0 ? image : emitter.pad(image, [0, 0, top, left], [0, 0, below, right]);
  const take = endToEnd ? rangesOf(emitter, padded, geometry) : windowsOf(emitter, padded, geometry);
  return Array.from({ length: kernel[0] * kernel[1] }, (_, k) => take(Math.floor(k / kernel[1]), k % kernel[1]));
}

/** With rows of the padded width W' end to end, a shift by (y, x) is the range from y·W' + x: one copy a channel. */
function rangesOf(emitter: Emitter, padded: string, { paddedWidth, length }: Geometry) {
  const flat = emitter.emit('Reshape', [padded, emitter.integers([0, 0, -1])]);
  return (y: number, x: number): string => {
    const start = y * paddedWidth + x;
    const bounds = [start, start + length, 2].map((value) => emitter.integers([value]));
    return emitter.emit('Slice', [flat, ...bounds]);
  };
}

function windowsOf(emitter: Emitter, padded: string, { stride, gradient }: Geometry) {
  return (y: number, x: number): string => {
    const ends = [y + (gradient[0] - 1) * stride + 1, x + (gradient[1] - 1) * stride + 1];
    const bounds = [[y, x], ends, [2, 3], [stride, stride]].map((values) => emitter.integers(values));
    return emitter.emit('Slice', [padded, ...bounds]);
  };
}
