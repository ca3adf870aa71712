// Stable Diffusion XL: a U-Net that sees two text towers, the text as one vector, and the sizes of the picture (Podell et al.,
// 2023, "SDXL").

import { concat } from '../../engine/graph/functions.ts';
import { CollimateError } from '../../util/errors.ts';
import { parseClipTextConfig } from '../clip/config.ts';
import { variancePreserving } from '../diffusion/variance-preserving.ts';
import { parseUnetConfig, pooledWidth, TIME_IDS } from '../unet/config.ts';
import { unet } from '../unet/unet.ts';
import { parseVaeConfig } from '../vae/config.ts';
import { AUTOENCODER, checkColors, codecOf, declareVae } from './autoencoder.ts';
import { checkUnet } from './check-unet.ts';
import { CLIP_TOWER, clipEncoderOf, declareTower, PROJECTED_TOWER, statesAndPooled } from './clip-encoder.ts';
import type { Family, RawConfig } from './model.ts';
import { declareUnet, UNET, unetLatents } from './stable-diffusion.ts';

const LATENT_SIDE = 128;

export const STABLE_DIFFUSION_XL: Family = {
  className: 'StableDiffusionXLPipeline',
  words: 'Stable Diffusion XL',
  parts: { unet: UNET, vae: AUTOENCODER, text_encoder: CLIP_TOWER, text_encoder_2: PROJECTED_TOWER },
  tokenizers: ['tokenizer', 'tokenizer_2'],
  index: { feature_extractor: [null, null], force_zeros_for_empty_prompt: true, image_encoder: [null, null] },
  writtenAs: '0.30.0',
  design(raw, index, model) {
    const where = (part: string) => `${model}/${part}/config.json`;
    const config = parseUnetConfig(raw.unet!, where('unet'));
    const vae = parseVaeConfig(raw.vae!, where('vae'));
    const first = parseClipTextConfig(raw.text_encoder!, where('text_encoder'));
    const second = parseClipTextConfig(raw.text_encoder_2!, where('text_encoder_2'));
    const width = first.hidden_size + second.hidden_size;
    checkUnet(model, { unet: config, vae, width, encoders: "the text encoders' hidden_size together" });
    checkColors(model, vae);
    if (pooledWidth(config) !== second.projection_dim)
      throw new CollimateError(
        'MODEL_CONFIG',
        `${model}: unet: expected to be told a text of ${second.projection_dim} numbers, text_encoder_2's projection_dim, got ${pooledWidth(config) ?? 'none (addition_embed_type is not "text_time")'}`,
        'Use the U-Net and the text encoders of one model.',
      );
    const shapes = ([length]: readonly number[]) => ({ context: [length!, width], pooled: [second.projection_dim] });
    return {
      denoiser: 'unet',
      fixed: new Set(),
      declare: {
        unet: () => declareUnet(config),
        vae: () => declareVae(vae),
        text_encoder: () => declareTower(first),
        text_encoder_2: () => declareTower(second, true),
      },
      latent: unetLatents(config, vae, LATENT_SIDE),
      prompts: {
        encoders: [
          clipEncoderOf('text_encoder', first, statesAndPooled(first, false)),
          clipEncoderOf('text_encoder_2', second, statesAndPooled(second, true)),
        ],
        shapes,
        combine: ([one, two]) => ({ context: concat([one!.states!, two!.states!], 2), pooled: two!.pooled! }),
        noneIsZero: readFlag(index, model),
      },
      sizing: {
        name: 'time_ids',
        width: TIME_IDS,
        of: (original, { top, left }, target) => [
          original.height,
          original.width,
          top,
          left,
          target.height,
          target.width,
        ],
      },
      conditions: { ...shapes([first.max_position_embeddings]), time_ids: [TIME_IDS] },
      process: () => variancePreserving(raw.scheduler!, `${model}/scheduler`),
      denoise: (p, latents, times, { context, pooled, time_ids: timeIds }, options) =>
        unet(p, config, latents, times, context!, { ...options, added: { pooled: pooled!, timeIds: timeIds! } }),
      ...codecOf(vae),
    };
  },
};

function readFlag({ force_zeros_for_empty_prompt: value = true }: RawConfig, model: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new CollimateError(
    'MODEL_CONFIG',
    `${model}/model_index.json: force_zeros_for_empty_prompt: expected true or false, got ${JSON.stringify(value)}`,
    'Use the model_index.json that the model was published with.',
  );
}
