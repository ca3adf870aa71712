// CLIP's vision tower, by the key names of Hugging Face: `vision_model.…` and `visual_projection.weight`.

import { add, concat, expand, reshape, slice, transpose } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { formatType } from '../../engine/graph/types.ts';
import { conv2d, layerNorm, linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import type { ClipVisionConfig } from './config.ts';
import { clipEncoder } from './encoder.ts';

/**
 * The image at the class token, not projected (Dosovitskiy et al., 2021; Radford et al., 2021).
 *
 * @param pixels [B, num_channels, image_size, image_size], normalised by CLIP's mean and deviation
 * @returns [B, hidden_size]
 * @throws CollimateError SHAPE where the image is not of the config's size.
 */
function clipVisionPooled(p: Params, config: ClipVisionConfig, pixels: Tensor): Tensor {
  const { hidden_size: channels, layer_norm_eps: eps } = config;
  const model = p.in('vision_model');
  // The key is spelled so in every published file.
  const x = layerNorm(model.in('pre_layrnorm'), embedPatches(model.in('embeddings'), config, pixels), eps);
  const hidden = clipEncoder(model.in('encoder'), config, x); // [B, 1 + N, C]
  const first = reshape(slice(hidden, 1, 0, 1), [-1, channels]); // [B, C]
  return layerNorm(model.in('post_layernorm'), first, eps);
}

/** The projected image, not normalised: [B, projection_dim]. */
export function clipImageEmbed(p: Params, config: ClipVisionConfig, pixels: Tensor): Tensor {
  const pooled = clipVisionPooled(p, config, pixels);
  return linear(p.in('visual_projection'), pooled, config.projection_dim, { bias: false });
}

/** A class token and one token for each patch, with their positions: [B, 1 + N, C]. */
function embedPatches(p: Params, config: ClipVisionConfig, pixels: Tensor): Tensor {
  const { hidden_size: channels, num_channels: colors, image_size: size, patch_size: patch } = config;
  const [batch, ...rest] = pixels.shape;
  if (rest.length !== 3 || rest[0] !== colors || rest[1] !== size || rest[2] !== size)
    throw new CollimateError(
      'SHAPE',
      `clip vision: expected pixels [B, ${colors}, ${size}, ${size}], got ${formatType(pixels)}`,
      'Prepare the image for this model first.',
    );
  const init = { normal: 0.02 };
  const grid = conv2d(p.in('patch_embedding'), pixels, channels, patch, { stride: patch, bias: false });
  const patches = transpose(reshape(grid, [batch!, channels, -1]), [0, 2, 1]); // [B, N, C]
  const token = p.get('class_embedding', [channels], init);
  const tokens = concat([expand(reshape(token, [1, 1, channels]), [batch!, 1, channels]), patches], 1);
  return add(tokens, p.in('position_embedding').get('weight', [tokens.shape[1]!, channels], init));
}
