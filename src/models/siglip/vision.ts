// SigLIP's vision tower, by the key names of Hugging Face: no class token; a learned probe attends to the patches.

import { add, attention, expand, matmul, reshape, split, transpose } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { formatType } from '../../engine/graph/types.ts';
import { conv2d, layerNorm, linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import { activateBy, clipEncoder } from '../clip/encoder.ts';
import type { SiglipVisionConfig } from './config.ts';

const INIT = { normal: 0.02 };

/**
 * The image, not normalised (Zhai et al., 2023).
 *
 * @param pixels [B, 3, image_size, image_size], prepared as the model's config says
 * @returns [B, hidden_size]
 * @throws CollimateError SHAPE where the image is not of the config's size.
 */
export function siglipImageEmbed(p: Params, config: SiglipVisionConfig, pixels: Tensor): Tensor {
  const model = p.in('vision_model');
  const x = clipEncoder(model.in('encoder'), config, embedPatches(model.in('embeddings'), config, pixels));
  return poolByAttention(model.in('head'), config, layerNorm(model.in('post_layernorm'), x, config.layer_norm_eps));
}

/** One token for each patch, with its position: [B, N, C]. */
function embedPatches(p: Params, config: SiglipVisionConfig, pixels: Tensor): Tensor {
  const { hidden_size: channels, image_size: size, patch_size: patch } = config;
  const [batch, ...rest] = pixels.shape;
  if (rest.length !== 3 || rest[0] !== 3 || rest[1] !== size || rest[2] !== size)
    throw new CollimateError(
      'SHAPE',
      `siglip vision: expected pixels [B, 3, ${size}, ${size}], got ${formatType(pixels)}`,
      'Prepare the image for this model first.',
    );
  const grid = conv2d(p.in('patch_embedding'), pixels, channels, patch, { stride: patch });
  const patches = transpose(reshape(grid, [batch!, channels, -1]), [0, 2, 1]); // [B, N, C]
  return add(patches, p.in('position_embedding').get('weight', [patches.shape[1]!, channels], INIT));
}

/** A learned probe asks all patches, and an MLP follows: [B, N, C] to [B, C]. */
function poolByAttention(p: Params, config: SiglipVisionConfig, x: Tensor): Tensor {
  const { hidden_size: channels, num_attention_heads: heads, intermediate_size: inner, layer_norm_eps: eps } = config;
  const [batch] = x.shape as [number];
  const probe = expand(p.get('probe', [1, 1, channels], INIT), [batch, 1, channels]);
  const packed = p.in('attention');
  const width = { uniform: 1 / Math.sqrt(channels) };
  const equal = [channels, channels, channels];
  const matrices = split(packed.get('in_proj_weight', [3 * channels, channels], width), equal, 0);
  const biases = split(packed.get('in_proj_bias', [3 * channels], { constant: 0 }), equal, 0);
  const project = (part: number, source: Tensor) => {
    const product = matmul(matrices[part]!, source, { transB: true }); // [B, C, T]
    return reshape(add(product, reshape(biases[part]!, [channels, 1])), [batch, heads, channels / heads, -1]);
  };
  const o = attention(project(0, probe), project(1, x), project(2, x), 1 / Math.sqrt(channels / heads)); // [B, h, d, 1]
  const attended = linear(packed.in('out_proj'), reshape(o, [batch, channels]), channels);
  const hidden = linear(p.in('mlp.fc1'), layerNorm(p.in('layernorm'), attended, eps), inner);
  return add(attended, linear(p.in('mlp.fc2'), activateBy(config.hidden_act, hidden), channels));
}
