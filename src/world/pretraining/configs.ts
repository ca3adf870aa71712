// The architectures of the models that ship with the package, as the config.json files that they are published with.

const DIFFUSERS = '0.14.0';

const FIRST_UNET = {
  _class_name: 'UNet2DConditionModel',
  _diffusers_version: DIFFUSERS,
  sample_size: 16,
  in_channels: 4,
  out_channels: 4,
  center_input_sample: false,
  flip_sin_to_cos: true,
  freq_shift: 0,
  down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D'],
  mid_block_type: 'UNetMidBlock2DCrossAttn',
  up_block_types: ['CrossAttnUpBlock2D', 'UpBlock2D'],
  block_out_channels: [48, 96],
  layers_per_block: 1,
  downsample_padding: 1,
  mid_block_scale_factor: 1,
  act_fn: 'silu',
  norm_num_groups: 16,
  norm_eps: 1e-5,
  cross_attention_dim: 64,
  attention_head_dim: 4,
  use_linear_projection: false,
};

const FIRST_VAE = {
  _class_name: 'AutoencoderKL',
  _diffusers_version: DIFFUSERS,
  in_channels: 3,
  out_channels: 3,
  down_block_types: ['DownEncoderBlock2D', 'DownEncoderBlock2D'],
  up_block_types: ['UpDecoderBlock2D', 'UpDecoderBlock2D'],
  block_out_channels: [24, 32],
  layers_per_block: 1,
  act_fn: 'silu',
  latent_channels: 4,
  norm_num_groups: 8,
  sample_size: 32,
  scaling_factor: 1,
};

const TEXT = {
  model_type: 'clip_text_model',
  hidden_size: 64,
  intermediate_size: 256,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  max_position_embeddings: 16,
  hidden_act: 'quick_gelu',
  layer_norm_eps: 1e-5,
  projection_dim: 64,
};

const FIRST_VISION = {
  model_type: 'clip_vision_model',
  hidden_size: 96,
  intermediate_size: 384,
  num_hidden_layers: 3,
  num_attention_heads: 4,
  image_size: 32,
  patch_size: 4,
  hidden_act: 'quick_gelu',
  layer_norm_eps: 1e-5,
  projection_dim: 64,
};

/** The architectures of a world's models, but for the size of the vocabulary. */
export interface ModelConfigs {
  readonly unet: typeof FIRST_UNET;
  readonly vae: typeof FIRST_VAE;
  readonly vision: Readonly<Record<string, unknown>>;
}

export const CONFIGS: ModelConfigs = { unet: FIRST_UNET, vae: FIRST_VAE, vision: FIRST_VISION };

/** Pictures of 48×48 pixels become latents of 4×24×24; the U-Net has a thin level more for them, and listens to words on two. */
export const SECOND_CONFIGS: ModelConfigs = {
  unet: {
    ...FIRST_UNET,
    sample_size: 24,
    down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D'],
    up_block_types: ['CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'UpBlock2D'],
    block_out_channels: [24, 48, 96],
    norm_num_groups: 8,
  },
  vae: { ...FIRST_VAE, block_out_channels: [16, 32], sample_size: 48 },
  vision: { ...FIRST_VISION, image_size: 48, patch_size: 6 },
};

/** CLIP for a vocabulary whose last two ids are the start and the end token. */
export function clipConfig(vocabSize: number, { vision }: ModelConfigs) {
  const ids = {
    vocab_size: vocabSize,
    bos_token_id: vocabSize - 2,
    eos_token_id: vocabSize - 1,
    pad_token_id: vocabSize - 1,
  };
  return {
    architectures: ['CLIPModel'],
    model_type: 'clip',
    projection_dim: 64,
    logit_scale_init_value: 2.6592,
    text_config: { ...TEXT, ...ids },
    vision_config: vision,
  };
}

/** The text tower alone, as a pipeline's text_encoder. */
export function textEncoderConfig(vocabSize: number, configs: ModelConfigs) {
  return { architectures: ['CLIPTextModel'], ...clipConfig(vocabSize, configs).text_config };
}

export const SCHEDULER_CONFIG = {
  _class_name: 'DDIMScheduler',
  _diffusers_version: DIFFUSERS,
  num_train_timesteps: 1000,
  beta_start: 0.00085,
  beta_end: 0.012,
  beta_schedule: 'scaled_linear',
  trained_betas: null,
  clip_sample: false,
  set_alpha_to_one: false,
  steps_offset: 1,
  prediction_type: 'epsilon',
};

export const MODEL_INDEX = {
  _class_name: 'StableDiffusionPipeline',
  _diffusers_version: DIFFUSERS,
  feature_extractor: [null, null],
  requires_safety_checker: false,
  safety_checker: [null, null],
  scheduler: ['diffusers', 'DDIMScheduler'],
  text_encoder: ['transformers', 'CLIPTextModel'],
  tokenizer: ['transformers', 'CLIPTokenizer'],
  unet: ['diffusers', 'UNet2DConditionModel'],
  vae: ['diffusers', 'AutoencoderKL'],
};
