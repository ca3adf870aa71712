// Files of Stable Diffusion 1.x, whose text encoder has Hugging Face's names, and 2.x, whose has OpenCLIP's.

import type { RawConfigs } from '../families/model.ts';
import { STABLE_DIFFUSION } from '../families/stable-diffusion.ts';
import { parseUnetConfig } from '../unet/config.ts';
import { parseVaeConfig } from '../vae/config.ts';
import type { OriginalFormat, Shapes } from './format.ts';
import { inferTextConfig, inferUnetConfig, inferVaeConfig, UNET_PREFIX, VAE_PREFIX } from './infer.ts';
import { findPredictionType, findSampleSize, schedulerConfig } from './prediction.ts';
import { type TextTower, textPlacing } from './text-keys.ts';
import { originalUnetKeys } from './unet-keys.ts';
import { vaePlacing } from './vae-keys.ts';

const TEXT_PREFIX: Readonly<Record<TextTower, string>> = {
  transformers: 'cond_stage_model.transformer.',
  openclip: 'cond_stage_model.model.',
};

/** The kind of text encoder that a file holds, if any. */
function findTower(source: Shapes): TextTower | undefined {
  if (source.has(`${TEXT_PREFIX.transformers}text_model.embeddings.token_embedding.weight`)) return 'transformers';
  return source.has(`${TEXT_PREFIX.openclip}token_embedding.weight`) ? 'openclip' : undefined;
}

/** 2.x came with OpenCLIP's text encoder, whose activation is the exact GELU. */
function towerOf({ text_encoder: text }: RawConfigs): TextTower {
  return text?.hidden_act === 'gelu' ? 'openclip' : 'transformers';
}

export const STABLE_DIFFUSION_FILES: OriginalFormat = {
  family: STABLE_DIFFUSION,
  matches: (source) => findTower(source) !== undefined,
  missing: (source) => missingPrefixes(source, [UNET_PREFIX, VAE_PREFIX, 'cond_stage_model.']),
  infer(path, source, asked) {
    const tower = findTower(source)!;
    const prediction = findPredictionType(path, source.metadata, tower === 'openclip', asked);
    const sampleSize = findSampleSize(source.metadata, prediction);
    return {
      unet: inferUnetConfig(source, sampleSize),
      vae: inferVaeConfig(source, sampleSize),
      text_encoder: inferTextConfig(source, tower, TEXT_PREFIX[tower]),
      scheduler: schedulerConfig(prediction),
    };
  },
  placings(raw, source) {
    const tower = (source && findTower(source)) ?? towerOf(raw);
    const unetKey = originalUnetKeys(parseUnetConfig(raw.unet!));
    return {
      unet: ({ name }) => ({ from: UNET_PREFIX + unetKey(name) }),
      vae: vaePlacing(parseVaeConfig(raw.vae!), VAE_PREFIX),
      text_encoder: textPlacing(tower, TEXT_PREFIX[tower]),
    };
  },
  passedOver: [
    /^cond_stage_model\.model\.(text_projection|logit_scale|attn_mask|transformer\.resblocks\.\d+\..*)$/,
    /^cond_stage_model\.transformer\.text_projection\.weight$/,
  ],
  paddings: (raw) => ({ tokenizer: towerOf(raw) === 'openclip' ? '!' : '<|endoftext|>' }),
  kohyaSpec(raw) {
    const isNewer = towerOf(raw) === 'openclip';
    return {
      ss_v2: isNewer ? 'True' : 'False',
      ss_base_model_version: `sd_${isNewer ? 'v2' : 'v1'}${predictsVelocity(raw) ? '_v' : ''}`,
      ss_network_module: 'networks.lora',
    };
  },
  modelSpec(raw) {
    const velocity = predictsVelocity(raw);
    const version = towerOf(raw) === 'openclip' ? (velocity ? 'v2-768-v' : 'v2-512') : 'v1';
    return {
      'modelspec.architecture': `stable-diffusion-${version}`,
      'modelspec.implementation': 'https://github.com/Stability-AI/stablediffusion',
      'modelspec.prediction_type': velocity ? 'v' : 'epsilon',
    };
  },
  index: {},
};

function predictsVelocity({ scheduler }: RawConfigs): boolean {
  return scheduler!.prediction_type === 'v_prediction';
}

/** The prefixes, as patterns, that no name of a file starts with. */
export function missingPrefixes(source: Shapes, prefixes: readonly string[]): string[] {
  const names = source.names();
  return prefixes.filter((prefix) => !names.some((name) => name.startsWith(prefix))).map((prefix) => `${prefix}*`);
}
