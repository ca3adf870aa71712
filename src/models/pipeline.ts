// A Stable Diffusion model as a folder in the diffusers layout: what is in it, read when it is asked for.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CollimateError } from '../util/errors.ts';
import { type ReadOptions, readParameters } from '../weights/read-weights.ts';
import type { Float32Tensor } from '../weights/tensor.ts';
import { type ClipTextConfig, parseClipTextConfig } from './clip/config.ts';
import { readJsonObject } from './config.ts';
import { parseUnetConfig, type UnetConfig } from './unet/config.ts';
import { parseVaeConfig, type VaeConfig } from './vae/config.ts';

/** The components that hold weights. */
export const WEIGHTED_COMPONENTS = ['unet', 'vae', 'text_encoder'] as const;
export type WeightedComponent = (typeof WEIGHTED_COMPONENTS)[number];

/** The one class of each component that is built here. */
export const COMPONENT_CLASSES: Readonly<Record<WeightedComponent, readonly [library: string, name: string]>> = {
  unet: ['diffusers', 'UNet2DConditionModel'],
  vae: ['diffusers', 'AutoencoderKL'],
  text_encoder: ['transformers', 'CLIPTextModel'],
};

/** An opened model folder; its configs are checked, its weights not read yet. */
export interface Pipeline {
  readonly folder: string;
  readonly unet: UnetConfig;
  readonly vae: VaeConfig;
  readonly text: ClipTextConfig;
  /** `scheduler/scheduler_config.json` as it is. */
  readonly scheduler: Readonly<Record<string, unknown>>;
  /** The folder of the tokenizer's files; none where the model was saved without one. */
  readonly tokenizer: string | undefined;
  /** All parameters of a component by canonical key, read anew at each call. @throws CollimateError WEIGHTS */
  parameters(component: WeightedComponent): Map<string, Float32Tensor>;
}

/**
 * Opens a model folder: `model_index.json`, `unet/`, `vae/`, `text_encoder/`, `scheduler/` and, if there is one, `tokenizer/`.
 *
 * @throws CollimateError MODEL_CONFIG where a part is missing or not of the supported kind.
 * @example
 * const model = openPipeline('models/tiny');
 * model.unet.block_out_channels; // [64, 128]
 */
export function openPipeline(folder: string, options: ReadOptions = {}): Pipeline {
  requireFolder(folder);
  const index = join(folder, 'model_index.json');
  const listed = readJsonObject(index);
  for (const component of WEIGHTED_COMPONENTS) checkClass(index, component, listed[component]);
  const configOf = (component: string, name = 'config.json'): [Record<string, unknown>, string] => {
    const file = join(folder, component, name);
    return [readJsonObject(file), file];
  };
  const tokenizer = join(folder, 'tokenizer');
  return {
    folder,
    unet: parseUnetConfig(...configOf('unet')),
    vae: parseVaeConfig(...configOf('vae')),
    text: parseClipTextConfig(...configOf('text_encoder')),
    scheduler: configOf('scheduler', 'scheduler_config.json')[0],
    tokenizer: existsSync(tokenizer) ? tokenizer : undefined,
    parameters: (component) => readParameters(join(folder, component), options),
  };
}

function requireFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  const problem = found ? 'expected a folder, got a file' : 'there is no such folder';
  throw new CollimateError(
    'MODEL_CONFIG',
    `model ${folder}: ${problem}`,
    'Name a folder in the diffusers layout, with a model_index.json in it.',
  );
}

function checkClass(index: string, component: WeightedComponent, listed: unknown): void {
  const expected = COMPONENT_CLASSES[component][1];
  const name = Array.isArray(listed) ? listed[1] : undefined;
  if (name === expected) return;
  throw new CollimateError(
    'MODEL_CONFIG',
    `${index}: ${component}: expected ${expected}, got ${name === undefined ? 'nothing' : JSON.stringify(name)}`,
    'Use a Stable Diffusion 1.x or 2.x model.',
  );
}
