// The denoisers of Stable Diffusion XL and 3.5 medium as published, over the configs of the small fixtures: what their config.json files
// have at full size. Their text encoders keep the widths that the denoiser asks for and are as shallow as the fixtures'.

export interface WideModel {
  /** A folder in the layout of diffusers whose configs these numbers replace. */
  readonly fixture: string;
  /** By the names of components. */
  readonly configs: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** How many parameters the published denoiser has, where that is known to the last one. */
  readonly parameters?: number;
}

const CLIP_L = { hidden_size: 768, intermediate_size: 3072, num_attention_heads: 12, projection_dim: 768 };
const CLIP_G = { hidden_size: 1280, intermediate_size: 5120, num_attention_heads: 20, projection_dim: 1280 };
const FOUR_LEVELS = {
  block_out_channels: [128, 256, 512, 512],
  down_block_types: Array.from({ length: 4 }, () => 'DownEncoderBlock2D'),
  up_block_types: Array.from({ length: 4 }, () => 'UpDecoderBlock2D'),
  layers_per_block: 2,
  norm_num_groups: 32,
  sample_size: 1024,
};

export const WIDE: Readonly<Record<'xl' | 'sd35', WideModel>> = {
  xl: {
    fixture: 'test/fixtures/sdxl/sd',
    parameters: 2_567_463_684,
    configs: {
      unet: {
        addition_time_embed_dim: 256,
        attention_head_dim: [5, 10, 20],
        block_out_channels: [320, 640, 1280],
        cross_attention_dim: 2048,
        down_block_types: ['DownBlock2D', 'CrossAttnDownBlock2D', 'CrossAttnDownBlock2D'],
        layers_per_block: 2,
        norm_num_groups: 32,
        projection_class_embeddings_input_dim: 2816,
        sample_size: 128,
        transformer_layers_per_block: [1, 2, 10],
        up_block_types: ['CrossAttnUpBlock2D', 'CrossAttnUpBlock2D', 'UpBlock2D'],
      },
      text_encoder: CLIP_L,
      text_encoder_2: CLIP_G,
      vae: FOUR_LEVELS,
    },
  },
  sd35: {
    fixture: 'test/fixtures/sd35/sd',
    configs: {
      transformer: {
        attention_head_dim: 64,
        caption_projection_dim: 1536,
        dual_attention_layers: Array.from({ length: 13 }, (_, i) => i),
        joint_attention_dim: 4096,
        num_attention_heads: 24,
        num_layers: 24,
        pooled_projection_dim: 2048,
        pos_embed_max_size: 384,
        sample_size: 128,
      },
      text_encoder: CLIP_L,
      text_encoder_2: CLIP_G,
      text_encoder_3: { d_model: 4096, d_ff: 10240, d_kv: 64, num_heads: 64 },
      vae: FOUR_LEVELS,
    },
  },
};
