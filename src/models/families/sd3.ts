// Stable Diffusion 3 and 3.5: a transformer that sees two CLIP towers and T5, trained by flow matching.

import { concat, pad, zeros } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { declareParams } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import { parseClipTextConfig } from '../clip/config.ts';
import { rectifiedFlow } from '../diffusion/rectified-flow.ts';
import { parseSd3Config, type Sd3Config } from '../sd3/config.ts';
import { POSITIONS, sd3Transformer } from '../sd3/transformer.ts';
import { parseVaeConfig, vaeReduction } from '../vae/config.ts';
import { AUTOENCODER, checkColors, codecOf, declareVae, picturesOf } from './autoencoder.ts';
import { clipEncoderOf, declareTower, PROJECTED_TOWER, statesAndPooled } from './clip-encoder.ts';
import type { Family, PartClass } from './model.ts';
import { T5_TOKENS, t5EncoderOf } from './t5-encoder.ts';

const T5: PartClass = {
  library: 'transformers',
  className: 'T5EncoderModel',
  weightFile: 'model.safetensors',
  optional: true,
};

export const STABLE_DIFFUSION_3: Family = {
  className: 'StableDiffusion3Pipeline',
  words: 'Stable Diffusion 3 and 3.5',
  parts: {
    transformer: {
      library: 'diffusers',
      className: 'SD3Transformer2DModel',
      weightFile: 'diffusion_pytorch_model.safetensors',
    },
    vae: AUTOENCODER,
    text_encoder: PROJECTED_TOWER,
    text_encoder_2: PROJECTED_TOWER,
    text_encoder_3: T5,
  },
  tokenizers: ['tokenizer', 'tokenizer_2', 'tokenizer_3'],
  index: { feature_extractor: [null, null], image_encoder: [null, null] },
  writtenAs: '0.31.0',
  design(raw, _index, model) {
    const where = (part: string) => `${model}/${part}/config.json`;
    const config = parseSd3Config(raw.transformer!, where('transformer'));
    const vae = parseVaeConfig(raw.vae!, where('vae'));
    const first = parseClipTextConfig(raw.text_encoder!, where('text_encoder'));
    const second = parseClipTextConfig(raw.text_encoder_2!, where('text_encoder_2'));
    const t5 = raw.text_encoder_3 && t5EncoderOf(raw.text_encoder_3, where('text_encoder_3'));
    const { joint_attention_dim: width, pooled_projection_dim: pooled } = config;
    check(model, 'in_channels', config.in_channels, vae.latent_channels, "the autoencoder's latent_channels");
    check(model, 'out_channels', config.out_channels, vae.latent_channels, "the autoencoder's latent_channels");
    check(model, 'pooled_projection_dim', pooled, first.projection_dim + second.projection_dim, 'both projection_dim');
    if (t5) check(model, 'joint_attention_dim', width, t5.width, "text_encoder_3's d_model");
    checkColors(model, vae);
    const shapes = ([clip, , long = T5_TOKENS]: readonly number[]) => ({
      context: [clip! + long, width],
      pooled: [pooled],
    });
    return {
      denoiser: 'transformer',
      fixed: new Set([POSITIONS]),
      declare: {
        transformer: () => declareTransformer(config),
        vae: () => declareVae(vae),
        text_encoder: () => declareTower(first, true),
        text_encoder_2: () => declareTower(second, true),
        ...(t5 && { text_encoder_3: t5.declare }),
      },
      latent: {
        channels: vae.latent_channels,
        reduction: vaeReduction(vae),
        own: picturesOf(vae, config.sample_size),
        step: vaeReduction(vae) * config.patch_size,
        most: vaeReduction(vae) * config.patch_size * config.pos_embed_max_size,
      },
      prompts: {
        encoders: [
          clipEncoderOf('text_encoder', first, statesAndPooled(first, true)),
          clipEncoderOf('text_encoder_2', second, statesAndPooled(second, true)),
          ...(t5 ? [t5.encoder] : []),
        ],
        shapes,
        combine([one, two, three], [, , long = T5_TOKENS]) {
          const states = concat([one!.states!, two!.states!], 2);
          const ofClip = pad(states, 2, 0, width - states.shape[2]!); // [B, T, width]
          const ofT5 = three?.states ?? zeros([states.shape[0]!, long, width]);
          return { context: concat([ofClip, ofT5], 1), pooled: concat([one!.pooled!, two!.pooled!], 1) };
        },
        noneIsZero: false,
        ...(!t5 && { note: "The model's T5 text encoder is left out: its tokens are zeros." }),
      },
      conditions: shapes([first.max_position_embeddings]),
      process: () => rectifiedFlow(raw.scheduler!, `${model}/scheduler`),
      denoise: (p, latents, timesteps, { context, pooled: whole }, options) =>
        sd3Transformer(p, config, { latents, timesteps, context: context!, pooled: whole! }, options),
      ...codecOf(vae),
    };
  },
};

function declareTransformer(config: Sd3Config) {
  const { in_channels: channels, patch_size: side, joint_attention_dim: width, pooled_projection_dim: pooled } = config;
  return declareParams((p) =>
    sd3Transformer(p, config, {
      latents: input('latents', [1, channels, side, side]),
      timesteps: input('timesteps', [1]),
      context: input('context', [1, 1, width]),
      pooled: input('pooled', [1, pooled]),
    }),
  );
}

function check(model: string, field: string, got: number, expected: number, whose: string): void {
  if (got === expected) return;
  throw new CollimateError(
    'MODEL_CONFIG',
    `${model}: transformer: ${field}: expected ${expected}, ${whose}, got ${got}`,
    'Use the components of one model.',
  );
}
