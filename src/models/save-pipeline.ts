// Writing a model folder in the diffusers layout. What was not changed is copied byte for byte.

import { randomBytes } from 'node:crypto';
import { constants, copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Float32Tensor, TensorSource } from '../engine/weights/tensor.ts';
import { type FloatDtype, lazyTensors, writeSafetensors, writeTensors } from '../engine/weights/write-safetensors.ts';
import { CollimateError } from '../util/errors.ts';
import { writeFileAtomic } from '../util/files.ts';
import { configText } from './config-text.ts';
import type { Family, RawConfig, TokenizerSource } from './families/model.ts';
import { STABLE_DIFFUSION } from './families/stable-diffusion.ts';

/** What replaces a component; a part that is left out comes from the source folder. */
export interface ComponentParts {
  readonly config?: Readonly<Record<string, unknown>>;
  /** All in memory, or read one by one as they are written; the caller closes the source. */
  readonly parameters?: ReadonlyMap<string, Float32Tensor> | TensorSource;
}

/** What replaces parts of a folder. */
export interface ModelParts {
  /** By folder. */
  readonly components: Readonly<Record<string, ComponentParts>>;
  /** `scheduler_config.json` */
  readonly scheduler?: RawConfig;
  /** The files of each tokenizer, by folder. */
  readonly tokenizers?: Readonly<Record<string, TokenizerSource>>;
  /** Fields of model_index.json that a new folder gets beside those of its family. */
  readonly index?: RawConfig;
}

/** The parts of a model of Stable Diffusion 1.x or 2.x. */
export interface PipelineParts extends Readonly<Partial<Record<'unet' | 'vae' | 'text_encoder', ComponentParts>>> {
  readonly scheduler?: RawConfig;
  readonly tokenizer?: TokenizerSource;
}

export interface SaveOptions {
  /** The folder that everything else comes from; without it every part must be given. */
  readonly from?: string;
  /** How new weights are stored; default float32, or for those of a source as they are stored there. */
  readonly dtype?: FloatDtype;
}

/** Weights in any form, with indexes and variants. */
const WEIGHTS = /\.(safetensors|bin|ckpt|pt|pth|msgpack|onnx|h5)(\.index(\.\w+)?\.json)?$/;

/**
 * `saveModel` of Stable Diffusion 1.x or 2.x.
 *
 * @throws CollimateError as `saveModel`
 */
export function savePipeline(target: string, parts: PipelineParts, options: SaveOptions = {}): void {
  const { scheduler, tokenizer, ...components } = parts;
  saveModel(
    target,
    STABLE_DIFFUSION,
    { components, ...(scheduler && { scheduler }), ...(tokenizer !== undefined && { tokenizers: { tokenizer } }) },
    options,
  );
}

/**
 * Writes a model folder: under another name first, then renamed, so that `target` is whole or as it was.
 *
 * @throws CollimateError MODEL_CONFIG where a part is neither given nor in `from`, DISK_FULL where there is no room.
 */
export function saveModel(target: string, family: Family, parts: ModelParts, options: SaveOptions = {}): void {
  checkComplete(target, family, parts, options);
  const fresh = `${resolve(target)}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    if (options.from !== undefined) copyFolder(options.from, fresh, (path) => isReplaced(path, parts));
    else writeJson(join(fresh, 'model_index.json'), modelIndex(family, parts));
    for (const [name, part] of Object.entries(parts.components)) writeComponent(fresh, name, family, part, options);
    if (parts.scheduler) writeJson(join(fresh, 'scheduler/scheduler_config.json'), parts.scheduler);
    for (const [folder, files] of Object.entries(parts.tokenizers ?? {})) writeTokenizer(join(fresh, folder), files);
    replaceFolder(target, fresh);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    throw asDiskFull(target, error);
  }
}

function checkComplete(target: string, family: Family, parts: ModelParts, { from }: SaveOptions): void {
  if (from !== undefined) {
    if (existsSync(join(from, 'model_index.json'))) return;
    throw new CollimateError(
      'MODEL_CONFIG',
      `saving ${target}: expected ${from}/model_index.json, got no such file`,
      'Name the folder of the model that was changed.',
    );
  }
  const wanted = Object.entries(family.parts).flatMap(([name, { optional }]) => (optional ? [] : [name]));
  const given = parts.components;
  const missing =
    wanted.find((name) => !given[name]?.config || !given[name].parameters) ??
    (parts.scheduler ? undefined : 'scheduler');
  if (missing)
    throw new CollimateError(
      'MODEL_CONFIG',
      `saving ${target}: expected ${missing} with its config and weights, got nothing`,
      'Give every part, or a folder to take the others from.',
    );
}

function isReplaced(path: string, parts: ModelParts): boolean {
  const [component, ...rest] = path.split('/');
  const file = rest.join('/');
  // A checkpoint beside the folders holds the same model in one file, and would be the old one; dot files are a cache's.
  if (component!.startsWith('.') || (rest.length === 0 && WEIGHTS.test(component!))) return true;
  if (component!.startsWith('tokenizer')) return parts.tokenizers?.[component!] !== undefined;
  if (component === 'scheduler') return parts.scheduler !== undefined && file === 'scheduler_config.json';
  const part = parts.components[component!];
  if (part === undefined) return false;
  return file === 'config.json' ? part.config !== undefined : part.parameters !== undefined && WEIGHTS.test(file);
}

function writeComponent(
  folder: string,
  component: string,
  family: Family,
  { config, parameters }: ComponentParts,
  { dtype }: SaveOptions,
): void {
  if (config) writeJson(join(folder, component, 'config.json'), config);
  if (!parameters) return;
  const path = join(folder, component, family.parts[component]!.weightFile);
  const metadata = { format: 'pt' };
  if (parameters instanceof Map) writeSafetensors(path, parameters, { metadata, ...(dtype && { dtype }) });
  else writeTensors(path, lazyTensors(parameters as TensorSource, dtype), metadata);
}

function writeTokenizer(folder: string, files: TokenizerSource): void {
  if (typeof files === 'string') copyFolder(files, folder, () => false);
  else for (const [name, text] of Object.entries(files)) writeFileAtomic(join(folder, name), text);
}

/** model_index.json of a new folder, its fields in the order of their names. */
function modelIndex(family: Family, { components, scheduler, tokenizers, index }: ModelParts): Record<string, unknown> {
  const classes = Object.entries(family.parts).map(([name, { library, className }]) => [
    name,
    components[name] ? [library, className] : [null, null],
  ]);
  const readers = family.tokenizers.map((name) => [
    name,
    tokenizers?.[name] === undefined
      ? [null, null]
      : ['transformers', name === 'tokenizer_3' ? 'T5TokenizerFast' : 'CLIPTokenizer'],
  ]);
  const fields = Object.entries({
    ...family.index,
    ...index,
    ...Object.fromEntries([...classes, ...readers]),
    scheduler: ['diffusers', scheduler?._class_name ?? 'DDIMScheduler'],
  }).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    _class_name: family.className,
    _diffusers_version: family.writtenAs,
    ...Object.fromEntries(fields),
  };
}

function writeJson(path: string, value: object): void {
  writeFileAtomic(path, configText(value));
}

/** Copies files, leaving out those that `skip` names by their path below `from`, with `/`. */
function copyFolder(from: string, to: string, skip: (path: string) => boolean, below = ''): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(join(from, below), { withFileTypes: true })) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    const isFolder = entry.isDirectory();
    if (isFolder) {
      mkdirSync(join(to, path), { recursive: true });
      copyFolder(from, to, skip, path);
    } else if (!skip(path)) copyFileSync(join(from, path), join(to, path), constants.COPYFILE_FICLONE);
  }
}

function replaceFolder(target: string, fresh: string): void {
  mkdirSync(dirname(resolve(target)), { recursive: true });
  const old = `${fresh}.old`;
  try {
    if (existsSync(target)) renameSync(target, old);
    renameSync(fresh, target);
  } catch (cause) {
    if (existsSync(old) && !existsSync(target)) renameSync(old, target);
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'EPERM'].includes(code)) throw cause;
    throw new CollimateError(
      'STORAGE',
      `saving ${target}: another process was writing it at the same time (${code})`,
      'What it wrote is whole; let one process at a time write there, or name another folder.',
      { cause },
    );
  } finally {
    rmSync(old, { recursive: true, force: true });
  }
}

function asDiskFull(target: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') return error;
  return new CollimateError(
    'DISK_FULL',
    `no room left on the disk while writing ${target}`,
    'Free some space and run the same command again; what was stored before is intact.',
    { cause: error },
  );
}
