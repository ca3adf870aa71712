// Stable Diffusion 1.x and 2.x: a U-Net that sees the hidden states of one CLIP text tower.

import { input } from '../../engine/graph/tensor.ts';
import { declareParams, type ParamSpec } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import { parseClipTextConfig } from '../clip/config.ts';
import { clipTextHidden } from '../clip/text.ts';
import { variancePreserving } from '../diffusion/variance-preserving.ts';
import { parseUnetConfig, pooledWidth, TIME_IDS, type UnetConfig } from '../unet/config.ts';
import { unet } from '../unet/unet.ts';
import { parseVaeConfig, type VaeConfig, vaeReduction } from '../vae/config.ts';
import { AUTOENCODER, checkColors, codecOf, declareVae, picturesOf } from './autoencoder.ts';
import { checkUnet } from './check-unet.ts';
import { CLIP_TOWER, clipEncoderOf, declareTower } from './clip-encoder.ts';
import type { Family, LatentDesign, PartClass } from './model.ts';

/** For configs that leave `sample_size` out. */
const LATENT_SIDE = 64;

export const UNET: PartClass = {
  library: 'diffusers',
  className: 'UNet2DConditionModel',
  weightFile: 'diffusion_pytorch_model.safetensors',
};

export const STABLE_DIFFUSION: Family = {
  className: 'StableDiffusionPipeline',
  words: 'Stable Diffusion 1.x and 2.x',
  parts: { unet: UNET, vae: AUTOENCODER, text_encoder: CLIP_TOWER },
  tokenizers: ['tokenizer'],
  index: { feature_extractor: [null, null], requires_safety_checker: false, safety_checker: [null, null] },
  writtenAs: '0.21.0',
  design(raw, _index, model) {
    const where = (part: string) => `${model}/${part}/config.json`;
    const config = parseUnetConfig(raw.unet!, where('unet'));
    const vae = parseVaeConfig(raw.vae!, where('vae'));
    const text = parseClipTextConfig(raw.text_encoder!, where('text_encoder'));
    checkUnet(model, { unet: config, vae, width: text.hidden_size, encoders: "the text encoder's hidden_size" });
    checkColors(model, vae);
    if (pooledWidth(config) !== undefined)
      throw new CollimateError(
        'MODEL_CONFIG',
        `${where('unet')}: addition_embed_type: expected null, got "text_time": this is Stable Diffusion XL's U-Net`,
        'Use the model_index.json that was published with it, whose _class_name is StableDiffusionXLPipeline.',
      );
    const encoder = clipEncoderOf('text_encoder', text, (p, ids, options) => ({
      hidden: clipTextHidden(p, text, ids, options),
    }));
    const shapes = ([length]: readonly number[]) => ({ context: [length!, text.hidden_size] });
    return {
      denoiser: 'unet',
      fixed: new Set(),
      declare: {
        unet: () => declareUnet(config),
        vae: () => declareVae(vae),
        text_encoder: () => declareTower(text),
      },
      latent: unetLatents(config, vae),
      prompts: {
        encoders: [encoder],
        shapes,
        combine: ([outputs]) => ({ context: outputs!.hidden! }),
        noneIsZero: false,
      },
      conditions: shapes([text.max_position_embeddings]),
      process: () => variancePreserving(raw.scheduler!, `${model}/scheduler`),
      denoise: (p, latents, times, { context }, options) => unet(p, config, latents, times, context!, options),
      ...codecOf(vae),
    };
  },
};

/** What latents of a U-Net are. */
export function unetLatents(config: UnetConfig, vae: VaeConfig, side = LATENT_SIDE): LatentDesign {
  const reduction = vaeReduction(vae);
  return {
    channels: vae.latent_channels,
    reduction,
    own: picturesOf(vae, config.sample_size ?? side),
    // The autoencoder's reduction times what the U-Net's levels halve.
    step: reduction * 2 ** (config.block_out_channels.length - 1),
  };
}

/** The parameters of a U-Net, in the order in which it asks for them. */
export function declareUnet(config: UnetConfig): ParamSpec[] {
  const side = 2 ** (config.block_out_channels.length - 1);
  const latents = input('latents', [1, config.in_channels, side, side]);
  const context = input('context', [1, 1, config.cross_attention_dim]);
  const pooled = pooledWidth(config);
  const added =
    pooled === undefined
      ? undefined
      : { pooled: input('pooled', [1, pooled]), timeIds: input('time_ids', [1, TIME_IDS]) };
  return declareParams((p) => unet(p, config, latents, input('timesteps', [1]), context, { added }));
}
