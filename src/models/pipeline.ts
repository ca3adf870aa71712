// A diffusion model on disk, a folder in the diffusers layout or one file in the original one: what is in it, read when it
// is asked for.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { checkParameters, listUnused } from '../engine/weights/check-parameters.ts';
import { hashWeightsAside } from '../engine/weights/hash.ts';
import { openParameters, type ReadOptions, readAll } from '../engine/weights/read-weights.ts';
import { isPickled, refusePickled } from '../engine/weights/safetensors.ts';
import type { TensorSource } from '../engine/weights/tensor.ts';
import { CollimateError } from '../util/errors.ts';
import { hashJson } from '../util/hash.ts';
import { readJsonObject } from './config.ts';
import type { PredictionType } from './diffusion/schedule.ts';
import { findFamily, listComponents } from './families/families.ts';
import type { Design, DiffusionModel, Family, RawConfigs } from './families/model.ts';
import { inspectOriginal, listUnusedOf, openOriginal } from './original/open.ts';

export interface OpenPipelineOptions extends ReadOptions {
  /** What a file in the original layout predicts, where neither it nor a .yaml beside it says so. */
  readonly predictionType?: PredictionType;
  /** `clip` leaves out the text encoders without which the family draws as well: T5. */
  readonly textEncoders?: 'clip';
}

/**
 * Opens a model: a folder with `model_index.json` and a folder for each component; or a `.safetensors` file in the original
 * layout.
 *
 * @throws CollimateError MODEL_CONFIG where a part is missing or not of the supported kind, WEIGHTS for a damaged file.
 * @example
 * const model = openPipeline('models/tiny');
 * model.latent.own; // { width: 32, height: 32 }
 */
export function openPipeline(path: string, options: OpenPipelineOptions = {}): DiffusionModel {
  return isFolder(path) ? openFolder(path, options) : openFile(path, options);
}

/** The identity of the files that a component is read from. */
export async function hashComponent({ folder, layout }: DiffusionModel, component: string): Promise<string> {
  return layout === 'original'
    ? hashJson([await hashWeightsAside(folder), component])
    : hashWeightsAside(join(folder, component));
}

function openFolder(folder: string, options: OpenPipelineOptions): DiffusionModel {
  const file = join(folder, INDEX);
  if (!existsSync(file)) throw refuseFolder(folder);
  const listed = readJsonObject(file);
  const family = findFamily(file, listed);
  const leftOut = options.textEncoders === 'clip' ? optionalEncoders(family, listed) : [];
  const index = { ...listed, ...Object.fromEntries(leftOut.map((name) => [name, [null, null]])) };
  const components = listComponents(file, index, family);
  const raw: RawConfigs = {
    ...Object.fromEntries(components.map((name) => [name, readJsonObject(join(folder, name, 'config.json'))])),
    scheduler: readJsonObject(join(folder, 'scheduler', 'scheduler_config.json')),
  };
  const design = family.design(raw, index, folder);
  const tokenizers = family.tokenizers.filter((name) => !leftOut.includes(name) && existsSync(join(folder, name)));
  const read = readers(folder, design, (component) => openParameters(join(folder, component), options));
  return {
    family,
    folder,
    layout: 'diffusers',
    components,
    index,
    raw,
    leftOut,
    tokenizers: Object.fromEntries(tokenizers.map((name) => [name, join(folder, name)])),
    ...design,
    ...read,
    unused: () => components.flatMap((component) => unusedIn(component, read.open(component), design)),
  };
}

const INDEX = 'model_index.json';

/** A folder that is no pipeline, by what it is instead. */
function refuseFolder(folder: string): CollimateError {
  const [config, above] = [join(folder, 'config.json'), dirname(resolve(folder))];
  const { _class_name, architectures, model_type } = existsSync(config) ? readJsonObject(config) : {};
  const kind = _class_name ?? (Array.isArray(architectures) ? architectures[0] : undefined) ?? model_type;
  const file = readdirSync(folder).find((name) => name.endsWith('.safetensors'));
  const hint = existsSync(join(above, INDEX))
    ? `Name the folder above it, ${above}.`
    : kind === undefined && file
      ? `Name the file itself where it is a whole model: ${join(folder, file)}.`
      : `A model is a folder with ${INDEX} and a folder for each component, or one .safetensors file.`;
  const what = kind === undefined ? '' : `; the folder has a component or a model of its own, ${JSON.stringify(kind)}`;
  return new CollimateError('MODEL_CONFIG', `${join(folder, INDEX)}: there is no such file${what}`, hint);
}

function openFile(file: string, { predictionType, textEncoders }: OpenPipelineOptions): DiffusionModel {
  const original = inspectOriginal(file, predictionType);
  const { family, index } = original;
  const leftOut = textEncoders === 'clip' ? optionalEncoders(family, original.raw) : [];
  const without = <T>(parts: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(parts).filter(([name]) => !leftOut.includes(name)));
  const [raw, tokenizers] = [without(original.raw), without(original.tokenizers)];
  const design = family.design(raw, index, file);
  return {
    family,
    folder: file,
    layout: 'original',
    components: Object.keys(family.parts).filter((name) => raw[name] !== undefined),
    index,
    raw,
    leftOut,
    tokenizers,
    ...design,
    ...readers(file, design, (component) => openOriginal(file, original, component)),
    unused: () => listUnusedOf(file, original),
  };
}

/** The text encoders that are there and may be missing, and their tokenizers. */
function optionalEncoders({ parts }: Family, there: Readonly<Record<string, unknown>>): string[] {
  const optional = Object.keys(parts).filter((name) => parts[name]!.optional && name.startsWith('text_encoder'));
  return optional
    .filter((name) => there[name] !== undefined && !(Array.isArray(there[name]) && there[name][0] == null))
    .flatMap((name) => [name, name.replace('text_encoder', 'tokenizer')]);
}

function readers(
  path: string,
  { declare }: Design,
  read: (component: string) => TensorSource,
): Pick<DiffusionModel, 'open' | 'parameters'> {
  const open = (component: string): TensorSource => {
    const source = read(component);
    try {
      checkParameters(`${path}/${component}`, source, declare[component]!());
      return source;
    } catch (error) {
      source.close();
      throw error;
    }
  };
  return { open, parameters: (component) => readAll(open(component)) };
}

function unusedIn(component: string, source: TensorSource, { declare }: Design): string[] {
  try {
    return listUnused(source, declare[component]!()).map((name) => `${component}.${name}`);
  } finally {
    source.close();
  }
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
