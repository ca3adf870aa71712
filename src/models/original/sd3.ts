// Files of Stable Diffusion 3 and 3.5 that hold their text encoders.

import type { TensorSource } from '../../engine/weights/tensor.ts';
import type { RawConfig, RawConfigs } from '../families/model.ts';
import { STABLE_DIFFUSION_3 } from '../families/sd3.ts';
import { parseVaeConfig } from '../vae/config.ts';
import type { OriginalFormat, Shapes } from './format.ts';
import { countNames, inferTextConfig, inferVaeConfig, VAE_PREFIX } from './infer.ts';
import { sd3Placing } from './sd3-keys.ts';
import { missingPrefixes } from './stable-diffusion.ts';
import { textPlacing } from './text-keys.ts';
import { vaePlacing } from './vae-keys.ts';

const PREFIX = 'model.diffusion_model.';
const FIRST = 'text_encoders.clip_l.transformer.';
const SECOND = 'text_encoders.clip_g.transformer.';
const THIRD = 'text_encoders.t5xxl.transformer.';
const SIDE = 128;
const HEAD_WIDTH = 64;
const PATCH = 2;

export const STABLE_DIFFUSION_3_FILES: OriginalFormat = {
  family: STABLE_DIFFUSION_3,
  matches: (source) => source.names().some((name) => name.startsWith(`${PREFIX}joint_blocks.`)),
  missing: (source) => missingPrefixes(source, [VAE_PREFIX, FIRST, SECOND]),
  infer(_path, source) {
    return {
      transformer: inferTransformer(source),
      vae: {
        ...inferVaeConfig(source, SIDE),
        scaling_factor: 1.5305,
        shift_factor: 0.0609,
        use_quant_conv: false,
        use_post_quant_conv: false,
        force_upcast: true,
      },
      text_encoder: inferTower(source, FIRST, 'quick_gelu'),
      text_encoder_2: inferTower(source, SECOND, 'gelu'),
      ...(hasT5(source) && { text_encoder_3: inferT5(source) }),
      scheduler: { _class_name: 'FlowMatchEulerDiscreteScheduler', num_train_timesteps: 1000, shift: 3 },
    };
  },
  placings: (raw) => ({
    transformer: sd3Placing(raw.transformer!.num_layers as number, PREFIX),
    vae: vaePlacing(parseVaeConfig(raw.vae!), VAE_PREFIX),
    text_encoder: textPlacing('transformers', FIRST),
    text_encoder_2: textPlacing('transformers', SECOND),
    text_encoder_3: textPlacing('transformers', THIRD),
  }),
  // T5 ties both; diffusers' from_single_file leaves the one without numbers where the file has the other alone.
  twins: { [`${THIRD}encoder.embed_tokens.weight`]: `${THIRD}shared.weight` },
  passedOver: [/^text_encoders\.\w+\.(logit_scale|transformer\.(encoder\.embed_tokens\.weight|logit_scale))$/],
  paddings: () => ({ tokenizer: '<|endoftext|>', tokenizer_2: '!' }),
  modelSpec: (raw) => ({
    'modelspec.architecture': `stable-diffusion-${versionOf(raw)}`,
    'modelspec.implementation': 'https://github.com/Stability-AI/sd3.5',
  }),
  // Its scripts tell sizes alone, which modelspec has.
  kohyaSpec: () => ({ ss_v2: 'False', ss_base_model_version: 'sd3', ss_network_module: 'networks.lora_sd3' }),
  kohyaBlocks: true,
  index: {},
};

/** 3.5 has norms of queries and keys, its medium size also blocks of two attentions. */
function versionOf({ transformer }: RawConfigs): string {
  if (transformer!.qk_norm == null) return 'v3-medium';
  const dual = transformer!.dual_attention_layers as number[] | undefined;
  return dual?.length ? 'v3.5-medium' : 'v3.5-large';
}

function hasT5(source: Shapes): boolean {
  return source.has(`${THIRD}shared.weight`);
}

function inferTransformer(source: Shapes): RawConfig {
  const shape = (name: string) => source.shape(PREFIX + name);
  const block = (i: number, name: string) => `${PREFIX}joint_blocks.${i}.${name}`;
  const layers = countNames(source, (i) => block(i, 'x_block.attn.qkv.weight'));
  const [width, channels] = shape('x_embedder.proj.weight') as [number, number];
  return {
    _class_name: 'SD3Transformer2DModel',
    attention_head_dim: HEAD_WIDTH,
    caption_projection_dim: width,
    dual_attention_layers: Array.from({ length: layers }, (_, i) => i).filter((i) =>
      source.has(block(i, 'x_block.attn2.qkv.weight')),
    ),
    in_channels: channels,
    joint_attention_dim: shape('context_embedder.weight')[1]!,
    num_attention_heads: width / HEAD_WIDTH,
    num_layers: layers,
    out_channels: shape('final_layer.linear.weight')[0]! / PATCH ** 2,
    patch_size: PATCH,
    pooled_projection_dim: shape('y_embedder.mlp.0.weight')[1]!,
    pos_embed_max_size: Math.sqrt(shape('pos_embed')[1]!),
    qk_norm: source.has(block(0, 'x_block.attn.ln_q.weight')) ? 'rms_norm' : null,
    sample_size: SIDE,
  };
}

function inferTower(source: TensorSource, prefix: string, activation: string): RawConfig {
  return {
    ...inferTextConfig(source, 'transformers', prefix),
    architectures: ['CLIPTextModelWithProjection'],
    hidden_act: activation,
    projection_dim: source.shape(`${prefix}text_projection.weight`)[0]!,
  };
}

function inferT5(source: Shapes): RawConfig {
  const block = (i: number, name: string) => `${THIRD}encoder.block.${i}.layer.${name}`;
  const [rows, width] = source.shape(`${THIRD}shared.weight`) as [number, number];
  const [buckets, heads] = source.shape(block(0, '0.SelfAttention.relative_attention_bias.weight')) as [number, number];
  return {
    architectures: ['T5EncoderModel'],
    model_type: 't5',
    d_model: width,
    d_kv: source.shape(block(0, '0.SelfAttention.q.weight'))[0]! / heads,
    d_ff: source.shape(block(0, '1.DenseReluDense.wi_0.weight'))[0]!,
    num_layers: countNames(source, (i) => block(i, '0.SelfAttention.q.weight')),
    num_heads: heads,
    relative_attention_num_buckets: buckets,
    relative_attention_max_distance: 128,
    layer_norm_epsilon: 1e-6,
    feed_forward_proj: 'gated-gelu',
    vocab_size: rows,
    eos_token_id: 1,
    pad_token_id: 0,
  };
}
