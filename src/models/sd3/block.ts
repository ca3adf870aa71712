// A block of the transformer: image and text tokens attend to one another, then each goes through its own MLP.

import { add, mul } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { geluTanh } from '../activations.ts';
import { jointAttention, selfAttention } from './attention.ts';
import type { Sd3Config } from './config.ts';
import { continuousNorm, modulate, modulations, plainNorm } from './modulation.ts';

/** Image tokens [B, N, C] and text tokens [B, S, C]. */
export interface TokenStreams {
  readonly x: Tensor;
  readonly text: Tensor;
}

/**
 * One joint block; the last leaves the text as it was.
 *
 * @param activated the embedding of time and text after its activation, [B, C]
 */
export function jointBlock(
  p: Params,
  config: Sd3Config,
  { x, text }: TokenStreams,
  activated: Tensor,
  i: number,
): TokenStreams {
  const isLast = i === config.num_layers - 1;
  const isDual = config.dual_attention_layers.includes(i);
  const of = modulations(p.in('norm1'), activated, isDual ? 9 : 6);
  const normed = plainNorm(x);
  const ofText = isLast ? undefined : modulations(p.in('norm1_context'), activated, 6);
  const normedText = ofText
    ? modulate(plainNorm(text), ofText[0]!, ofText[1]!)
    : continuousNorm(p.in('norm1_context'), text, activated);
  const attended = jointAttention(p.in('attn'), config, modulate(normed, of[0]!, of[1]!), normedText, isLast);
  let image = add(x, mul(attended.x, of[2]!));
  // The second attention looks at the same normalised tokens as the first.
  if (isDual) image = add(image, mul(selfAttention(p.in('attn2'), config, modulate(normed, of[6]!, of[7]!)), of[8]!));
  image = withMlp(p.in('ff'), image, of);
  if (!ofText) return { x: image, text };
  return { x: image, text: withMlp(p.in('ff_context'), add(text, mul(attended.text!, ofText[2]!)), ofText) };
}

/** `x + gate·MLP(modulated norm of x)`; shift, scale and gate are the fourth to sixth modulation. */
function withMlp(p: Params, x: Tensor, [, , , shift, scale, gate]: readonly Tensor[]): Tensor {
  const channels = x.shape[2]!;
  const hidden = geluTanh(linear(p.in('net.0.proj'), modulate(plainNorm(x), shift!, scale!), 4 * channels));
  return add(x, mul(linear(p.in('net.2'), hidden, channels), gate!));
}
