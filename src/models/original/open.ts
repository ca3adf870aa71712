// Opening a file in the original layout: its configs, and its weights as the components that diffusers knows.

import { openSafetensors } from '../../engine/weights/safetensors.ts';
import type { TensorSource } from '../../engine/weights/tensor.ts';
import { createView } from '../../engine/weights/view.ts';
import { CollimateError } from '../../util/errors.ts';
import { parsePythonJson } from '../../util/python-json.ts';
import { parseClipTextConfig } from '../clip/config.ts';
import { configText, rememberText } from '../config-text.ts';
import type { ComponentConfigs } from '../declare.ts';
import type { PredictionType } from '../diffusion/schedule.ts';
import type { WeightedComponent } from '../pipeline.ts';
import { parseUnetConfig } from '../unet/config.ts';
import { parseVaeConfig } from '../vae/config.ts';
import { findTextTower, inferTextConfig, inferUnetConfig, inferVaeConfig, type RawConfig } from './infer.ts';
import { originalLayout, UNET_PREFIX, VAE_PREFIX } from './layout.ts';
import { findPredictionType, findSampleSize, schedulerConfig } from './prediction.ts';

import type { TextTower } from './text-keys.ts';
import { readTokenizerMetadata } from './tokenizer.ts';

/** config.json contents of all parts. */
export type RawConfigs = Readonly<Record<WeightedComponent | 'scheduler', RawConfig>>;

/** Where the configs stand in the metadata of files that are written here, so that nothing has to be inferred. */
const CONFIGS_KEY = 'collimate.config_texts';
/** Where earlier releases had them, as one object. */
const OLD_CONFIGS_KEY = 'collimate.configs';

export interface OriginalModel {
  readonly raw: RawConfigs;
  readonly configs: ComponentConfigs;
  readonly tower: TextTower;
  /** The files of the tokenizer by name. */
  readonly tokenizer: Readonly<Record<string, string>>;
}

/**
 * The configs of a file in the original layout.
 *
 * @throws CollimateError WEIGHTS for a damaged or pickled file, MODEL_CONFIG where it is no Stable Diffusion 1.x or 2.x.
 */
export function inspectOriginal(path: string, asked?: PredictionType): OriginalModel {
  const source = openSafetensors(path);
  try {
    const tower = requireTower(path, source);
    const raw = readConfigs(path, source.metadata, asked) ?? inferConfigs(path, source, tower, asked);
    const configs = {
      unet: parseUnetConfig({ ...raw.unet }, `${path}: U-Net`),
      vae: parseVaeConfig({ ...raw.vae }, `${path}: autoencoder`),
      text: parseClipTextConfig({ ...raw.text_encoder }, `${path}: text encoder`),
    };
    checkStrangers(path, source, { configs, tower });
    return { raw, configs, tower, tokenizer: readTokenizerMetadata(path, source.metadata, tower) };
  } finally {
    source.close();
  }
}

/** One component's weights under their canonical names, read on demand. @throws CollimateError WEIGHTS */
export function openOriginal(path: string, model: OriginalModel, component: WeightedComponent): TensorSource {
  const source = openSafetensors(path);
  const layout = originalLayout(model.configs, model.tower)[component];
  const there = [...layout].filter(([, { from }]) => source.has(from));
  return createView(
    source,
    new Map(
      there.map(([name, entry]) => {
        // A tensor of another size keeps its own shape, for the comparison with the config to name.
        const shape = source.shape(entry.from);
        const fits = shape.join() === entry.stored.join() || shape.join() === entry.shape.join();
        return [name, fits ? entry : { from: entry.from, shape }];
      }),
    ),
  );
}

/** Keys by which other files are known, and what to do with them. */
const FOREIGN: readonly (readonly [key: RegExp, hint: string])[] = [
  [/^conditioner\.embedders\./, 'This is a Stable Diffusion XL model; 1.x and 2.x are supported.'],
  [/(^|\.)joint_blocks\./, 'This is a Stable Diffusion 3 model; 1.x and 2.x are supported.'],
  [/(^|\.)(double|single)_blocks\./, 'This is a FLUX model; Stable Diffusion 1.x and 2.x are supported.'],
  [
    /lora/,
    'This is a LoRA, not a model: name the model it adapts, and merge it with `collimate convert MODEL --lora FILE`.',
  ],
];
const WHOLE = 'Name a whole Stable Diffusion 1.x or 2.x checkpoint, or a folder in the diffusers layout.';

function requireTower(path: string, source: TensorSource): TextTower {
  const names = source.names();
  const tower = findTextTower(source);
  const parts = [UNET_PREFIX, VAE_PREFIX].filter((prefix) => !names.some((name) => name.startsWith(prefix)));
  if (tower && parts.length === 0) return tower;
  const hint = FOREIGN.find(([key]) => names.some((name) => key.test(name)))?.[1] ?? WHOLE;
  const missing = [...parts, ...(tower ? [] : ['cond_stage_model.'])].map((prefix) => `${prefix}*`);
  throw new CollimateError('MODEL_CONFIG', `model ${path}: expected ${missing.join(' and ')}, got none`, hint);
}

/** What goes into the metadata, for `readConfigs`: the texts of all configs, as they were. */
export function configsMetadata(raw: RawConfigs): Record<string, string> {
  const texts = Object.fromEntries(Object.entries(raw).map(([part, config]) => [part, configText(config)]));
  return { [CONFIGS_KEY]: JSON.stringify(texts) };
}

function readConfigs(path: string, metadata: Readonly<Record<string, string>>, asked?: PredictionType) {
  const key = metadata[CONFIGS_KEY] === undefined ? OLD_CONFIGS_KEY : CONFIGS_KEY;
  const json = metadata[key];
  if (json === undefined) return undefined;
  try {
    const stored = parsePythonJson(json) as Record<keyof RawConfigs, string | RawConfig>;
    const raw = Object.fromEntries(Object.entries(stored).map(([part, config]) => [part, parseConfigText(config)]));
    const configs = raw as unknown as RawConfigs;
    return asked ? { ...configs, scheduler: { ...configs.scheduler, prediction_type: asked } } : configs;
  } catch (cause) {
    throw new CollimateError('MODEL_CONFIG', `model ${path}: ${key} is no JSON`, 'Convert it again.', {
      cause,
    });
  }
}

function parseConfigText(stored: string | RawConfig): RawConfig {
  if (typeof stored !== 'string') return stored;
  const config = parsePythonJson(stored) as RawConfig;
  rememberText(config, stored);
  return config;
}

function inferConfigs(path: string, source: TensorSource, tower: TextTower, asked?: PredictionType): RawConfigs {
  const prediction = findPredictionType(path, source.metadata, tower, asked);
  const sampleSize = findSampleSize(source.metadata, prediction);
  return {
    unet: inferUnetConfig(source, sampleSize),
    vae: inferVaeConfig(source, sampleSize),
    text_encoder: inferTextConfig(source, tower),
    scheduler: schedulerConfig(prediction),
  };
}

/** What the authors' training left in the file, and what only a whole text tower needs. */
const PASSED_OVER = [
  /^model_ema\./,
  /^(betas|alphas_cumprod(_prev)?|sqrt_.*|log_one_minus_alphas_cumprod|posterior_.*|lvlb_weights|logvar|scale_factor|global_step)$/,
  /^first_stage_model\.loss\./,
  /\.position_ids$/,
  /^cond_stage_model\.model\.(text_projection|logit_scale|attn_mask|transformer\.resblocks\.\d+\..*)$/,
  /^cond_stage_model\.transformer\.text_projection\.weight$/,
];

/** Keys that the model has no place for; a file whose layers were renamed or doubled is not read half. */
function checkStrangers(
  path: string,
  source: TensorSource,
  { configs, tower }: Pick<OriginalModel, 'configs' | 'tower'>,
): void {
  const layout = originalLayout(configs, tower);
  const known = new Set(Object.values(layout).flatMap((part) => [...part.values()].map(({ from }) => from)));
  const strangers = source.names().filter((name) => !known.has(name) && !PASSED_OVER.some((rule) => rule.test(name)));
  if (strangers.length === 0) return;
  const more = strangers.length > 3 ? `, and ${strangers.length - 3} more` : '';
  throw new CollimateError(
    'WEIGHTS',
    `model ${path}: expected the weights of Stable Diffusion alone, got ${strangers.slice(0, 3).join(', ')}${more}`,
    'This file holds another architecture or more than a model; use the plain checkpoint.',
  );
}
