// Layers as functions `(params, x, …) → y`. They start as PyTorch's do: weights and biases uniform within 1/√fan_in, norms
// at 1 and 0. Tokens lie either as [B, T, C] or with the channels first, [B, C, T].

import type { ConvOptions } from '../graph/functions.ts';
import * as graph from '../graph/functions.ts';
import type { Tensor } from '../graph/tensor.ts';
import type { Params, QuantizedMatrix } from './params.ts';

/** Which axis comes first after the batch: `tokens` is [B, T, C], `channels` is [B, C, T]. */
export type Layout = 'tokens' | 'channels';

export interface LinearOptions {
  /** Whether there is a `bias`; default true. */
  readonly bias?: boolean;
  /** How `x` lies; default `tokens`. */
  readonly from?: Layout;
  /** How the result lies; default `tokens`. Changing the layout here costs nothing, a transpose would. */
  readonly to?: Layout;
  /** The published weight is a 1×1 convolution's, [O, I, 1, 1]. */
  readonly conv?: boolean;
}

/**
 * `x Wᵀ + b` over the channels; parameters `weight` [O, I] and `bias` [O].
 *
 * @param x [..., I], or [B, I, T] where `from` is `channels`
 * @returns [..., O], or [B, O, T] where `to` is `channels`
 */
export function linear(p: Params, x: Tensor, outputs: number, options: LinearOptions = {}): Tensor {
  const { bias = true, from = 'tokens', to = 'tokens', conv = false } = options;
  const inputs = x.shape.at(from === 'tokens' ? -1 : -2)!;
  const init = { uniform: 1 / Math.sqrt(inputs) };
  const quantized = conv ? undefined : p.quantized?.('weight', [outputs, inputs]);
  if (quantized) return quantizedLinear(quantized, x, bias ? p.get('bias', [outputs], init) : undefined, from, to);
  const weight = conv
    ? graph.reshape(p.get('weight', [outputs, inputs, 1, 1], init), [outputs, inputs])
    : p.get('weight', [outputs, inputs], init);
  const y =
    to === 'tokens'
      ? graph.matmul(x, weight, { transA: from === 'channels', transB: true }) // [..., O]
      : graph.matmul(weight, x, { transB: from === 'tokens' }); // [B, O, T]
  if (!bias) return y;
  const b = p.get('bias', [outputs], init);
  return graph.add(y, to === 'tokens' ? b : graph.reshape(b, [outputs, 1]));
}

/** The product with whole numbers takes rows of tokens: other layouts are transposed. */
function quantizedLinear(
  { matrix, scale }: QuantizedMatrix,
  x: Tensor,
  bias: Tensor | undefined,
  from: Layout,
  to: Layout,
): Tensor {
  const swap = (tensor: Tensor) => graph.transpose(tensor, [0, 2, 1]);
  const y = graph.quantizedMatmul(from === 'tokens' ? x : swap(x), matrix, scale, bias);
  return to === 'tokens' ? y : swap(y);
}

export interface ConvLayerOptions extends ConvOptions {
  /** Whether there is a `bias`; default true. */
  readonly bias?: boolean;
}

/** A square convolution of `x` [B, I, H, W]; parameters `weight` [O, I, k, k] and `bias` [O]. */
export function conv2d(p: Params, x: Tensor, outputs: number, kernel: number, options: ConvLayerOptions = {}): Tensor {
  const { bias = true, ...geometry } = options;
  const inputs = x.shape[1]!;
  const init = { uniform: 1 / Math.sqrt(inputs * kernel * kernel) };
  const weight = p.get('weight', [outputs, inputs, kernel, kernel], init);
  return graph.conv2d(x, weight, bias ? p.get('bias', [outputs], init) : undefined, geometry);
}

/** Layer normalisation over the last axis of `x` [..., C]; parameters `weight` and `bias` [C]. */
export function layerNorm(p: Params, x: Tensor, eps = 1e-5): Tensor {
  const { scale, shift } = affine(p, x.shape.at(-1)!);
  return graph.layerNorm(x, scale, shift, eps);
}

/** Group normalisation of `x` [B, C, H, W]; parameters `weight` and `bias` [C]. */
export function groupNorm(p: Params, x: Tensor, groups: number, eps: number): Tensor {
  const { scale, shift } = affine(p, x.shape[1]!);
  return graph.groupNorm(x, scale, shift, groups, eps);
}

function affine(p: Params, channels: number): { scale: Tensor; shift: Tensor } {
  const scale = p.get('weight', [channels], { constant: 1 });
  return { scale, shift: p.get('bias', [channels], { constant: 0 }) };
}

/** Rows of a table `weight` [V, C] by whole-number `ids` [...]: [..., C]. It starts normal with deviation `std`. */
export function embedding(p: Params, ids: Tensor, rows: number, channels: number, std = 1): Tensor {
  return graph.gather(p.get('weight', [rows, channels], { normal: std }), ids);
}
