// The transformer that the towers of CLIP and SigLIP share.

import { add, checkpoint, gelu, quickGelu } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { CLIP_ATTENTION, multiHeadAttention } from '../../engine/nn/attention.ts';
import { layerNorm, linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { geluTanh } from '../activations.ts';

const ACTIVATIONS = { gelu, quick_gelu: quickGelu, gelu_pytorch_tanh: geluTanh };

type Activation = keyof typeof ACTIVATIONS;

/** The function of that name in config.json. */
export function activateBy(name: Activation, x: Tensor): Tensor {
  return ACTIVATIONS[name](x);
}

/** What decides a tower's transformer, by the names of config.json. */
export interface EncoderConfig {
  readonly hidden_act: Activation;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly layer_norm_eps: number;
  readonly num_attention_heads: number;
  readonly num_hidden_layers: number;
}

/**
 * Transformer blocks with the norms before attention and MLP; `x` and the result are [B, T, C].
 *
 * @param mask added to the scores [B, h, T, T]; broadcasts
 */
export function clipEncoder(p: Params, config: EncoderConfig, x: Tensor, mask?: Tensor): Tensor {
  return clipEncoderLayers(p, config, x, { mask }).at(-1)!;
}

export interface EncoderOptions {
  /** Added to the scores [B, h, T, T]; broadcasts. */
  readonly mask?: Tensor | undefined;
  /** Marks ends of blocks so that `grad` can compute what lies between them again. */
  readonly gradientCheckpointing?: boolean;
}

/** As `clipEncoder`, with what goes in and what comes out of each block. */
export function clipEncoderLayers(
  p: Params,
  config: EncoderConfig,
  x: Tensor,
  { mask, gradientCheckpointing = false }: EncoderOptions = {},
): Tensor[] {
  const states = [x];
  for (let i = 0; i < config.num_hidden_layers; i++) {
    const y = encoderLayer(p.in('layers').in(i), config, states[i]!, mask);
    states.push(gradientCheckpointing ? checkpoint(y) : y);
  }
  return states;
}

function encoderLayer(p: Params, config: EncoderConfig, x: Tensor, mask?: Tensor): Tensor {
  const { hidden_size: channels, layer_norm_eps: eps } = config;
  const options = { heads: config.num_attention_heads, names: CLIP_ATTENTION, bias: true, ...(mask && { mask }) };
  const attended = layerNorm(p.in('layer_norm1'), x, eps);
  const y = add(x, multiHeadAttention(p.in('self_attn'), attended, attended, options));
  const hidden = linear(p.in('mlp.fc1'), layerNorm(p.in('layer_norm2'), y, eps), config.intermediate_size);
  return add(y, linear(p.in('mlp.fc2'), activateBy(config.hidden_act, hidden), channels));
}
