// Reading LoRA files in any spelling into the one form, checked against the model that they are to adapt.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CollimateError } from '../../util/errors.ts';
import { readFinite } from './finite.ts';
import { LORA_COMPONENTS, type Lora, type LoraComponent, type LoraLayer } from './lora.ts';
import { type LoraAlphas, parseAdapterConfig, parseAdapterMetadata } from './lora-alpha.ts';
import { describeForeignKey, flatModule, type LoraKey, type LoraRole, parseLoraKey } from './lora-keys.ts';
import { openSafetensors } from './safetensors.ts';
import { elementCount, type Float32Tensor, type TensorSource } from './tensor.ts';

/** A parameter of the base model by its canonical key. */
export interface BaseParameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its key in the original layout, below `model.diffusion_model.`, where files may use that. */
  readonly original?: string;
}

/** The parameters that a LoRA may adapt: what `declareParams` returns for a U-Net and for a text encoder. */
export type LoraBase = Readonly<Record<LoraComponent, readonly BaseParameter[]>>;

/** File names inside a folder, in the order of preference. */
const FILES = ['pytorch_lora_weights.safetensors', 'adapter_model.safetensors'];

type Target = { component: LoraComponent; module: string; shape: readonly number[] };
type Parts = { target: Target; spelled: string } & Partial<Record<LoraRole, Float32Tensor>>;

/**
 * Reads a LoRA in diffusers', PEFT's or kohya's spelling, the U-Net's blocks named as in either layout, at any rank and alpha. A file without alpha means alpha = rank.
 *
 * @param path a file, or a folder with `pytorch_lora_weights.safetensors` or `adapter_model.safetensors`
 * @throws CollimateError WEIGHTS where it is damaged, of another kind, or made for another base model.
 */
export function readLora(path: string, base: LoraBase): Lora {
  const file = locateLora(path);
  const source = openSafetensors(file);
  try {
    // First, since it says of which kind the adapter is.
    const alphas = readAlphas(file, source);
    const parts = collect(file, source, indexTargets(base));
    const lora: Record<LoraComponent, Map<string, LoraLayer>> = { unet: new Map(), text_encoder: new Map() };
    for (const part of parts.values()) lora[part.target.component].set(part.target.module, toLayer(file, part, alphas));
    return lora;
  } finally {
    source.close();
  }
}

/** The file itself, where `path` is a folder. @throws CollimateError WEIGHTS where it has none. */
export function locateLora(path: string): string {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return path;
  const found = FILES.map((name) => join(path, name)).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw bad(path, `expected ${FILES.join(' or ')} in the folder, got neither`, 'Name the file itself.');
}

/** Every weight that could be adapted, by flat module name; of a U-Net and a text encoder none are alike. */
function indexTargets(base: LoraBase): Map<string, Target> {
  const targets = new Map<string, Target>();
  for (const component of LORA_COMPONENTS) {
    for (const { name, shape } of base[component]) {
      if (!name.endsWith('.weight') || shape.length < 2) continue;
      const module = name.slice(0, -'.weight'.length);
      const target = { component, module, shape };
      targets.set(flatModule(module), target);
      // transformers saves a text encoder without the tower's name since version 5, and so do those who adapt it.
      if (component === 'text_encoder') targets.set(flatModule(module.replace(/^text_model\./, '')), target);
    }
  }
  return new Map([...indexOriginals(base, targets), ...targets]);
}

/** The same by names of the original layout, as far as each stands for one weight alone. */
function indexOriginals(base: LoraBase, targets: ReadonlyMap<string, Target>): Map<string, Target> {
  const originals = new Map<string, Target>();
  const twice = new Set<string>();
  for (const { name, original } of base.unet) {
    const target = targets.get(flatModule(name.slice(0, -'.weight'.length)));
    if (original === undefined || target === undefined || !name.endsWith('.weight')) continue;
    const key = flatModule(original.slice(0, -'.weight'.length));
    if (originals.has(key)) twice.add(key);
    originals.set(key, target);
  }
  for (const key of twice) originals.delete(key);
  return originals;
}

function collect(file: string, source: TensorSource, targets: Map<string, Target>): Map<string, Parts> {
  const parts = new Map<string, Parts>();
  const strangers: string[] = [];
  for (const name of source.names()) {
    const key = parseLoraKey(name);
    const target = key && findTarget(key, targets);
    if (!key || !target) {
      strangers.push(name);
      continue;
    }
    const part = parts.get(target.module) ?? { target, spelled: key.spelled };
    if (part[key.role]) throw bad(file, `expected one ${key.role} for ${target.module}, got two`, 'Fetch it again.');
    part[key.role] = readFinite(source, name, file);
    parts.set(target.module, part);
  }
  if (strangers.length > 0) throw strange(file, strangers, source.names().length);
  if (parts.size === 0) throw bad(file, 'expected LoRA weights, got an empty file', 'Fetch it again.');
  return parts;
}

function findTarget({ component, module }: LoraKey, targets: Map<string, Target>): Target | undefined {
  const found = targets.get(module);
  return component === undefined || found?.component === component ? found : undefined;
}

function strange(file: string, names: string[], total: number): CollimateError {
  const reason = names.map(describeForeignKey).find((text) => text !== undefined);
  const shown = `${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`;
  return bad(
    file,
    `expected layers of this model alone, got ${names.length} of ${total} keys that it has no place for: ${shown}`,
    reason ? `This file cannot be used here: ${reason}.` : 'It was made for another base model; use it with that one.',
  );
}

function readAlphas(file: string, source: TensorSource): LoraAlphas | undefined {
  const config = join(file, '..', 'adapter_config.json');
  if (source.names().some((name) => name.startsWith('base_model.model.'))) {
    if (existsSync(config)) return parseAdapterConfig(config, readFileSync(config, 'utf8'));
    throw bad(file, 'expected adapter_config.json beside it, got none', 'PEFT keeps alpha there; fetch the folder.');
  }
  const metadata = source.metadata.lora_adapter_metadata;
  return metadata === undefined ? undefined : parseAdapterMetadata(file, metadata);
}

function toLayer(file: string, { target, spelled, down, up, alpha }: Parts, alphas: LoraAlphas | undefined): LoraLayer {
  const { component, module, shape } = target;
  if (!down || !up)
    throw bad(file, `expected both matrices of ${module}, got one`, 'The file is incomplete; fetch it again.');
  const [outputs, inputs] = [shape[0]!, elementCount(shape.slice(1))];
  const rank = down.shape[0] ?? 0;
  if (rank === 0 || down.data.length !== rank * inputs || up.data.length !== outputs * rank)
    throw bad(
      file,
      `${module}: expected matrices for a weight [${shape.join(', ')}], got [${up.shape.join(', ')}] · [${down.shape.join(', ')}]`,
      'This LoRA was made for another base model: one of Stable Diffusion 1.x fits no 2.x, and the other way round.',
    );
  return {
    down: { ...down, shape: [rank, ...shape.slice(1)] },
    up: { ...up, shape: [outputs, rank] },
    alpha: alpha?.data[0] ?? alphas?.of(component, spelled, rank) ?? rank,
  };
}

function bad(file: string, problem: string, hint: string): CollimateError {
  return new CollimateError('WEIGHTS', `LoRA ${file}: ${problem}`, hint);
}
