// The parameters that a component's config.json implies: names and shapes, from the code that uses them.

import { input } from '../engine/graph/tensor.ts';
import { declareParams, type ParamSpec } from '../engine/nn/params.ts';
import { clip } from './clip/clip.ts';
import type { ClipConfig, ClipTextConfig } from './clip/config.ts';
import { clipTextHidden } from './clip/text.ts';
import type { UnetConfig } from './unet/config.ts';
import { unet } from './unet/unet.ts';
import { type VaeConfig, vaeReduction } from './vae/config.ts';
import { vaeDecode } from './vae/decoder.ts';
import { vaeEncode } from './vae/encoder.ts';

/** The checked configs of the components that hold weights. */
export interface ComponentConfigs {
  readonly unet: UnetConfig;
  readonly vae: VaeConfig;
  readonly text: ClipTextConfig;
}

/** The parameters of each component, in the order in which the model asks for them. */
export function declareComponents({ unet, vae, text }: ComponentConfigs): {
  unet: ParamSpec[];
  vae: ParamSpec[];
  text_encoder: ParamSpec[];
} {
  return { unet: declareUnet(unet), vae: declareVae(vae), text_encoder: declareText(text) };
}

/** The parameters of a whole CLIP. */
export function declareClip(config: ClipConfig): ParamSpec[] {
  const { image_size: side, num_channels: channels } = config.vision;
  return declareParams((p) =>
    clip(p, config, input('ids', [1, 1], 'int32'), input('pixels', [1, channels, side, side])),
  );
}

function declareUnet(config: UnetConfig): ParamSpec[] {
  const side = 2 ** (config.block_out_channels.length - 1);
  const latents = input('latents', [1, config.in_channels, side, side]);
  const context = input('context', [1, 1, config.cross_attention_dim]);
  return declareParams((p) => unet(p, config, latents, input('timesteps', [1]), context));
}

function declareVae(config: VaeConfig): ParamSpec[] {
  const side = vaeReduction(config);
  return declareParams((p) => {
    vaeEncode(p, config, input('pixels', [1, config.in_channels, side, side]));
    vaeDecode(p, config, input('latents', [1, config.latent_channels, 1, 1]));
  });
}

function declareText(config: ClipTextConfig): ParamSpec[] {
  return declareParams((p) => clipTextHidden(p, config, input('ids', [1, 1], 'int32')));
}
