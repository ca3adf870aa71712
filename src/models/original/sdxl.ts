// Files of Stable Diffusion XL: CLIP-L by Hugging Face's names, bigG by OpenCLIP's.

import type { TensorSource } from '../../engine/weights/tensor.ts';
import type { PredictionType } from '../diffusion/schedule.ts';
import type { RawConfig } from '../families/model.ts';
import { STABLE_DIFFUSION_XL } from '../families/sdxl.ts';
import { parseUnetConfig } from '../unet/config.ts';
import { parseVaeConfig } from '../vae/config.ts';
import type { OriginalFormat } from './format.ts';
import { countLayers, inferTextConfig, inferUnetConfig, inferVaeConfig, UNET_PREFIX, VAE_PREFIX } from './infer.ts';
import { findPredictionType, schedulerConfig } from './prediction.ts';
import { missingPrefixes } from './stable-diffusion.ts';
import { textPlacing } from './text-keys.ts';
import { originalUnetKeys } from './unet-keys.ts';
import { vaePlacing } from './vae-keys.ts';

const FIRST = 'conditioner.embedders.0.transformer.';
const SECOND = 'conditioner.embedders.1.model.';
/** Latents along a side of 1024 pixels. */
const SIDE = 128;
const TIME_WIDTH = 256;

export const STABLE_DIFFUSION_XL_FILES: OriginalFormat = {
  family: STABLE_DIFFUSION_XL,
  matches: (source) => source.names().some((name) => name.startsWith('conditioner.embedders.')),
  missing: (source) => missingPrefixes(source, [UNET_PREFIX, VAE_PREFIX, FIRST, SECOND]),
  infer(path, source, asked) {
    const prediction =
      source.has('v_pred') && !asked ? 'v_prediction' : findPredictionType(path, source.metadata, false, asked);
    return {
      unet: inferUnet(source),
      vae: { ...inferVaeConfig(source, SIDE), scaling_factor: 0.13025, force_upcast: true },
      text_encoder: inferTextConfig(source, 'transformers', FIRST),
      text_encoder_2: inferSecond(source),
      scheduler: inferScheduler(source, prediction),
    };
  },
  placings(raw) {
    const unetKey = originalUnetKeys(parseUnetConfig(raw.unet!));
    return {
      unet: ({ name }) => ({ from: UNET_PREFIX + unetKey(name) }),
      vae: vaePlacing(parseVaeConfig(raw.vae!), VAE_PREFIX),
      text_encoder: textPlacing('transformers', FIRST),
      text_encoder_2: textPlacing('openclip', SECOND),
    };
  },
  passedOver: [
    /^conditioner\.embedders\.1\.model\.(logit_scale|attn_mask)$/,
    /^conditioner\.embedders\.0\.(logit_scale|text_projection)$/,
    // How models that predict velocities, and end in noise alone, are marked.
    /^(v_pred|ztsnr|edm_mean|edm_std)$/,
    /^denoiser\.sigmas$/,
  ],
  paddings: () => ({ tokenizer: '<|endoftext|>', tokenizer_2: '!' }),
  modelSpec: (raw) => ({
    'modelspec.architecture': 'stable-diffusion-xl-v1-base',
    'modelspec.implementation': 'https://github.com/Stability-AI/generative-models',
    'modelspec.prediction_type': raw.scheduler!.prediction_type === 'v_prediction' ? 'v' : 'epsilon',
  }),
  kohyaSpec: () => ({
    ss_v2: 'False',
    ss_base_model_version: 'sdxl_base_v1-0',
    ss_network_module: 'networks.lora',
  }),
  kohyaBlocks: true,
  index: { force_zeros_for_empty_prompt: true },
};

function inferUnet(source: TensorSource): RawConfig {
  const config = inferUnetConfig(source, SIDE);
  const channels = config.block_out_channels as number[];
  const layers = countLayers(source, config.layers_per_block as number, channels.length);
  return {
    ...config,
    transformer_layers_per_block: [...layers.slice(0, -1), config.transformer_layers_per_block],
    addition_embed_type: 'text_time',
    addition_time_embed_dim: TIME_WIDTH,
    projection_class_embeddings_input_dim: source.shape(`${UNET_PREFIX}label_emb.0.0.weight`)[1]!,
  };
}

function inferSecond(source: TensorSource): RawConfig {
  const { num_hidden_layers: layers, ...config } = inferTextConfig(source, 'openclip', SECOND);
  return {
    ...config,
    architectures: ['CLIPTextModelWithProjection'],
    // All layers are there: the states before the last are taken here, not by leaving it out.
    num_hidden_layers: (layers as number) + 1,
    projection_dim: source.shape(`${SECOND}text_projection`)[1]!,
  };
}

function inferScheduler(source: TensorSource, prediction: PredictionType): RawConfig {
  return {
    ...schedulerConfig(prediction),
    _class_name: 'EulerDiscreteScheduler',
    interpolation_type: 'linear',
    timestep_spacing: 'leading',
    ...(source.has('ztsnr') && { rescale_betas_zero_snr: true, timestep_spacing: 'trailing' }),
  };
}
