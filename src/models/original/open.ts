// Opening a file in the original layout: its configs, and its weights as the components that diffusers knows.

import { openSafetensors } from '../../engine/weights/safetensors.ts';
import type { TensorSource } from '../../engine/weights/tensor.ts';
import { createView } from '../../engine/weights/view.ts';
import { CollimateError } from '../../util/errors.ts';
import { parsePythonJson } from '../../util/python-json.ts';
import { configText, rememberText } from '../config-text.ts';
import type { PredictionType } from '../diffusion/schedule.ts';
import type { Family, RawConfig, RawConfigs, TokenizerSource } from '../families/model.ts';
import { type OriginalFormat, originalLayout } from './format.ts';
import { findFormat } from './formats.ts';
import { readTokenizerMetadata } from './tokenizer.ts';

/** Where the configs stand in the metadata of files that are written here, so that nothing has to be inferred. */
const CONFIGS_KEY = 'collimate.config_texts';
/** Where earlier releases had them, as one object. */
const OLD_CONFIGS_KEY = 'collimate.configs';

export interface OriginalFile {
  readonly family: Family;
  readonly raw: RawConfigs;
  readonly index: RawConfig;
  /** The files of each tokenizer by name. */
  readonly tokenizers: Readonly<Record<string, TokenizerSource>>;
  readonly format: OriginalFormat;
}

/**
 * The configs of a file in the original layout.
 *
 * @throws CollimateError WEIGHTS for a damaged or pickled file, MODEL_CONFIG where it is of no family that is built here.
 */
export function inspectOriginal(path: string, asked?: PredictionType): OriginalFile {
  const source = openSafetensors(path);
  try {
    const format = findFormat(path, source);
    const { family } = format;
    const stored = readConfigs(path, source.metadata, asked) ?? format.infer(path, source, asked);
    const tokenizers = readTokenizerMetadata(path, source.metadata, format.paddings(stored), family.tokenizers);
    const raw = withoutMute(family, stored, tokenizers);
    const index = { _class_name: family.className, ...format.index };
    checkStrangers(path, source, format, stored);
    return { family, raw, index, tokenizers, format };
  } finally {
    source.close();
  }
}

/** Without the encoders that may be left out and whose tokenizer is not there: nobody could ask them. */
function withoutMute(
  family: Family,
  raw: RawConfigs,
  tokenizers: Readonly<Record<string, TokenizerSource>>,
): RawConfigs {
  const isMute = (name: string) =>
    family.parts[name]?.optional && tokenizers[name.replace('text_encoder', 'tokenizer')] === undefined;
  return Object.fromEntries(Object.entries(raw).filter(([name]) => !isMute(name)));
}

/** One component's weights under their canonical names, read on demand. @throws CollimateError WEIGHTS */
export function openOriginal(
  path: string,
  { family, raw, index, format }: OriginalFile,
  component: string,
): TensorSource {
  const source = openSafetensors(path);
  const { declare } = family.design(raw, index, path);
  const layout = originalLayout({ [component]: declare[component]! }, format.placings(raw, source))[component]!;
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

/** What the authors' training left in the file, and what its readers put there. */
const PASSED_OVER = [
  /^model_ema\./,
  /^(betas|alphas_cumprod(_prev)?|sqrt_.*|log_one_minus_alphas_cumprod|posterior_.*|lvlb_weights|logvar|scale_factor|global_step)$/,
  /^first_stage_model\.loss\./,
  /\.position_ids$/,
];

/** Constants, which say nothing that is not in the configs. */
const CONSTANTS = /(^|\.)(position_ids|attn_mask)$/;

/** What a file holds that is passed over, but for constants. @throws CollimateError WEIGHTS */
export function listUnusedOf(path: string, { raw, format }: OriginalFile): string[] {
  const source = openSafetensors(path);
  try {
    const twins = Object.keys(format.twins ?? {});
    return listStrangers(path, source, format, raw).filter((name) => !CONSTANTS.test(name) && !twins.includes(name));
  } finally {
    source.close();
  }
}

/** Keys that the model has no place for. */
function listStrangers(path: string, source: TensorSource, format: OriginalFormat, raw: RawConfigs): string[] {
  const { declare } = format.family.design(raw, { ...format.index }, path);
  const layout = originalLayout(declare, format.placings(raw, source));
  const known = new Set(Object.values(layout).flatMap((part) => [...part.values()].map(({ from }) => from)));
  return source.names().filter((name) => !known.has(name));
}

/** A file whose layers were renamed or doubled is not read half. */
function checkStrangers(path: string, source: TensorSource, format: OriginalFormat, raw: RawConfigs): void {
  const { family, passedOver } = format;
  const rules = [...PASSED_OVER, ...passedOver];
  const strangers = listStrangers(path, source, format, raw).filter((name) => !rules.some((rule) => rule.test(name)));
  if (strangers.length === 0) return;
  const more = strangers.length > 3 ? `, and ${strangers.length - 3} more` : '';
  throw new CollimateError(
    'WEIGHTS',
    `model ${path}: expected the weights of ${family.words} alone, got ${strangers.slice(0, 3).join(', ')}${more}`,
    'This file holds another architecture or more than a model; use the plain checkpoint.',
  );
}
