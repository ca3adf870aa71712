// The configs of a file in the original layout, told from the names and shapes of its tensors, since the file has none.
// What shapes cannot tell is Stable Diffusion's own.

import type { RawConfig } from '../families/model.ts';
import type { Shapes } from './format.ts';
import type { TextTower } from './text-keys.ts';

export const UNET_PREFIX = 'model.diffusion_model.';
export const VAE_PREFIX = 'first_stage_model.';

/** Heads of 1.x; 2.x has heads of this many channels instead. */
const HEADS = 8;
const HEAD_WIDTH = 64;
const GROUPS = 32;

/** How many numbers from 0 on have a name `name(i)`. */
export function countNames(source: Shapes, name: (i: number) => string): number {
  let i = 0;
  while (source.has(name(i))) i++;
  return i;
}

/** config.json of the U-Net, with as many transformer blocks everywhere as in the middle. */
export function inferUnetConfig(source: Shapes, sampleSize: number): RawConfig {
  const key = (name: string) => `${UNET_PREFIX}${name}`;
  const has = (name: string) => source.has(key(name));
  const shape = (name: string) => source.shape(key(name));
  const channels: number[] = [];
  const attends: boolean[] = [];
  let layers = 0;
  let level = 0;
  for (let n = 1; ; n++) {
    if (has(`input_blocks.${n}.0.in_layers.2.weight`)) {
      channels[level] = shape(`input_blocks.${n}.0.in_layers.2.weight`)[0]!;
      attends[level] = has(`input_blocks.${n}.1.norm.weight`);
      if (level === 0) layers++;
    } else if (has(`input_blocks.${n}.0.op.weight`)) level++;
    else break;
  }
  const up = channels.map((_, i) => has(`output_blocks.${i * (layers + 1)}.1.norm.weight`));
  const middle = 'middle_block.1';
  const linear = shape(`${middle}.proj_in.weight`).length === 2;
  return {
    _class_name: 'UNet2DConditionModel',
    act_fn: 'silu',
    attention_head_dim: linear ? channels.map((width) => width / HEAD_WIDTH) : HEADS,
    block_out_channels: channels,
    center_input_sample: false,
    cross_attention_dim: shape(`${middle}.transformer_blocks.0.attn2.to_k.weight`)[1]!,
    down_block_types: attends.map((attending) => (attending ? 'CrossAttnDownBlock2D' : 'DownBlock2D')),
    downsample_padding: 1,
    flip_sin_to_cos: true,
    freq_shift: 0,
    in_channels: shape('input_blocks.0.0.weight')[1]!,
    layers_per_block: layers,
    mid_block_scale_factor: 1,
    norm_eps: 1e-5,
    norm_num_groups: GROUPS,
    out_channels: shape('out.2.weight')[0]!,
    sample_size: sampleSize,
    transformer_layers_per_block: countNames(source, (i) => key(`${middle}.transformer_blocks.${i}.norm1.weight`)),
    up_block_types: up.map((attending) => (attending ? 'CrossAttnUpBlock2D' : 'UpBlock2D')),
    use_linear_projection: linear,
  };
}

/** config.json of the autoencoder, of whose pictures each side is `sampleSize` latents long. */
export function inferVaeConfig(source: Shapes, sampleSize: number): RawConfig {
  const key = (name: string) => `${VAE_PREFIX}${name}`;
  const shape = (name: string) => source.shape(key(name));
  const levels = countNames(source, (i) => key(`encoder.down.${i}.block.0.norm1.weight`));
  const every = <T>(value: T) => new Array<T>(levels).fill(value);
  return {
    _class_name: 'AutoencoderKL',
    act_fn: 'silu',
    block_out_channels: every(0).map((_, i) => shape(`encoder.down.${i}.block.0.conv1.weight`)[0]!),
    down_block_types: every('DownEncoderBlock2D'),
    in_channels: shape('encoder.conv_in.weight')[1]!,
    latent_channels: shape('decoder.conv_in.weight')[1]!,
    layers_per_block: countNames(source, (i) => key(`encoder.down.0.block.${i}.norm1.weight`)),
    norm_num_groups: GROUPS,
    out_channels: shape('decoder.conv_out.weight')[0]!,
    sample_size: sampleSize * 2 ** (levels - 1),
    scaling_factor: 0.18215,
    up_block_types: every('UpDecoderBlock2D'),
  };
}

/** Transformer blocks of each level of a U-Net, from the outside; 1 where a level does not attend. */
export function countLayers(source: Shapes, layersPerBlock: number, levels: number): number[] {
  return Array.from({ length: levels }, (_, level) => {
    const block = level * (layersPerBlock + 1) + 1;
    return Math.max(
      1,
      countNames(source, (i) => `${UNET_PREFIX}input_blocks.${block}.1.transformer_blocks.${i}.norm1.weight`),
    );
  });
}

/** config.json of a text encoder below a prefix. */
export function inferTextConfig(source: Shapes, tower: TextTower, prefix: string): RawConfig {
  const fields = tower === 'transformers' ? inferClip(source, prefix) : inferOpenClip(source, prefix);
  const width = fields.hidden_size;
  return {
    architectures: ['CLIPTextModel'],
    bos_token_id: 0,
    eos_token_id: 2,
    hidden_act: tower === 'transformers' ? 'quick_gelu' : 'gelu',
    layer_norm_eps: 1e-5,
    model_type: 'clip_text_model',
    num_attention_heads: width / HEAD_WIDTH,
    pad_token_id: 1,
    projection_dim: width,
    ...fields,
  };
}

type TextSizes = Record<
  'hidden_size' | 'intermediate_size' | 'max_position_embeddings' | 'num_hidden_layers' | 'vocab_size',
  number
>;

function inferClip(source: Shapes, prefix: string): TextSizes {
  const shape = (name: string) => source.shape(`${prefix}text_model.${name}`);
  const [vocabulary, width] = shape('embeddings.token_embedding.weight') as [number, number];
  return {
    hidden_size: width,
    intermediate_size: shape('encoder.layers.0.mlp.fc1.weight')[0]!,
    max_position_embeddings: shape('embeddings.position_embedding.weight')[0]!,
    num_hidden_layers: countNames(source, (i) => `${prefix}text_model.encoder.layers.${i}.mlp.fc1.weight`),
    vocab_size: vocabulary,
  };
}

function inferOpenClip(source: Shapes, prefix: string): TextSizes {
  const shape = (name: string) => source.shape(`${prefix}${name}`);
  const [vocabulary, width] = shape('token_embedding.weight') as [number, number];
  const layers = countNames(source, (i) => `${prefix}transformer.resblocks.${i}.mlp.c_fc.weight`);
  return {
    hidden_size: width,
    intermediate_size: shape('transformer.resblocks.0.mlp.c_fc.weight')[0]!,
    max_position_embeddings: shape('positional_embedding')[0]!,
    // Stable Diffusion 2 takes the states before the last layer, which only a whole tower (with its projection) has.
    num_hidden_layers: source.has(`${prefix}text_projection`) ? layers - 1 : layers,
    vocab_size: vocabulary,
  };
}
