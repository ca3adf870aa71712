// A Stable Diffusion model, a folder in the diffusers layout or one file in the original one: what is in it, read when it
// is asked for.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkParameters } from '../engine/weights/check-parameters.ts';
import { hashWeights } from '../engine/weights/hash.ts';
import { openParameters, type ReadOptions, readAll } from '../engine/weights/read-weights.ts';
import { isPickled, refusePickled } from '../engine/weights/safetensors.ts';
import type { Float32Tensor, TensorSource } from '../engine/weights/tensor.ts';
import { CollimateError } from '../util/errors.ts';
import { hashJson } from '../util/hash.ts';
import { type ClipTextConfig, parseClipTextConfig } from './clip/config.ts';
import { readJsonObject } from './config.ts';
import { type ComponentConfigs, declareComponents } from './declare.ts';
import type { PredictionType } from './diffusion/schedule.ts';
import { checkFamily, checkFit } from './family.ts';
import { inspectOriginal, openOriginal, type RawConfigs } from './original/open.ts';
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

/** An opened model; its configs are checked, its weights not read yet. */
export interface Pipeline {
  /** The folder, or the file. */
  readonly folder: string;
  readonly layout: 'diffusers' | 'original';
  readonly unet: UnetConfig;
  readonly vae: VaeConfig;
  readonly text: ClipTextConfig;
  /** `scheduler/scheduler_config.json` as it is. */
  readonly scheduler: Readonly<Record<string, unknown>>;
  /** The config.json contents as they are. */
  readonly raw: RawConfigs;
  /** The folder of the tokenizer's files, or their texts by name; none where the model was saved without one. */
  readonly tokenizer: string | Readonly<Record<string, string>> | undefined;
  /**
   * The parameters of a component by canonical key, read when asked for; the caller closes the source.
   *
   * @throws CollimateError WEIGHTS, also where they are not those of the config: the first keys that differ are named.
   */
  open(component: WeightedComponent): TensorSource;
  /** All of them as float32, read anew at each call. @throws CollimateError WEIGHTS */
  parameters(component: WeightedComponent): Map<string, Float32Tensor>;
}

export interface OpenPipelineOptions extends ReadOptions {
  /** What a file in the original layout predicts, where neither it nor a .yaml beside it says so. */
  readonly predictionType?: PredictionType;
}

/**
 * Opens a model: a folder with `model_index.json`, `unet/`, `vae/`, `text_encoder/`, `scheduler/` and, if there is one,
 * `tokenizer/`; or a `.safetensors` file in the original layout.
 *
 * @throws CollimateError MODEL_CONFIG where a part is missing or not of the supported kind, WEIGHTS for a damaged file.
 * @example
 * const model = openPipeline('models/tiny');
 * model.unet.block_out_channels; // [64, 128]
 */
export function openPipeline(path: string, options: OpenPipelineOptions = {}): Pipeline {
  return isFolder(path) ? openFolder(path, options) : openFile(path, options);
}

/** The identity of the files that a component is read from. */
export function hashComponent({ folder, layout }: Pipeline, component: string): string {
  return layout === 'original' ? hashJson([hashWeights(folder), component]) : hashWeights(join(folder, component));
}

function openFolder(folder: string, options: ReadOptions): Pipeline {
  const index = join(folder, 'model_index.json');
  const listed = readJsonObject(index);
  checkFamily(index, listed);
  for (const component of WEIGHTED_COMPONENTS) checkClass(index, component, listed);
  const fileOf = (component: string, name = 'config.json') => join(folder, component, name);
  const raw = {
    unet: readJsonObject(fileOf('unet')),
    vae: readJsonObject(fileOf('vae')),
    text_encoder: readJsonObject(fileOf('text_encoder')),
    scheduler: readJsonObject(fileOf('scheduler', 'scheduler_config.json')),
  };
  const configs = {
    unet: parseUnetConfig(raw.unet, fileOf('unet')),
    vae: parseVaeConfig(raw.vae, fileOf('vae')),
    text: parseClipTextConfig(raw.text_encoder, fileOf('text_encoder')),
  };
  checkFit(folder, configs);
  const tokenizer = join(folder, 'tokenizer');
  return {
    folder,
    layout: 'diffusers',
    ...configs,
    scheduler: raw.scheduler,
    raw,
    tokenizer: existsSync(tokenizer) ? tokenizer : undefined,
    ...readers(folder, configs, (component) => openParameters(join(folder, component), options)),
  };
}

function openFile(file: string, { predictionType }: OpenPipelineOptions): Pipeline {
  const model = inspectOriginal(file, predictionType);
  checkFit(file, model.configs);
  return {
    folder: file,
    layout: 'original',
    ...model.configs,
    scheduler: model.raw.scheduler,
    raw: model.raw,
    tokenizer: model.tokenizer,
    ...readers(file, model.configs, (component) => openOriginal(file, model, component)),
  };
}

function readers(
  path: string,
  configs: ComponentConfigs,
  read: (component: WeightedComponent) => TensorSource,
): Pick<Pipeline, 'open' | 'parameters'> {
  const open = (component: WeightedComponent): TensorSource => {
    const source = read(component);
    try {
      checkParameters(`${path}/${component}`, source, declareComponents(configs)[component]);
      return source;
    } catch (error) {
      source.close();
      throw error;
    }
  };
  return { open, parameters: (component) => readAll(open(component)) };
}

function isFolder(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory()) return true;
  if (found && isPickled(path)) throw refusePickled(path);
  if (found && path.endsWith('.safetensors')) return false;
  throw new CollimateError(
    'MODEL_CONFIG',
    `model ${path}: ${found ? 'expected a folder or a .safetensors file' : 'there is no such folder or file'}`,
    'Name a folder in the diffusers layout, with a model_index.json in it, or a .safetensors file in the original one.',
  );
}

function checkClass(index: string, component: WeightedComponent, listed: Readonly<Record<string, unknown>>): void {
  const expected = COMPONENT_CLASSES[component][1];
  const entry = listed[component];
  const name: unknown = Array.isArray(entry) ? entry[1] : undefined;
  if (name === expected) return;
  const whole = listed._class_name;
  const of = whole === undefined || whole === 'StableDiffusionPipeline' ? '' : ` (its _class_name is ${String(whole)})`;
  throw new CollimateError(
    'MODEL_CONFIG',
    `${index}: ${component}: expected ${expected}, got ${name === undefined ? 'nothing' : JSON.stringify(name)}${of}`,
    'Use a Stable Diffusion 1.x or 2.x model.',
  );
}
