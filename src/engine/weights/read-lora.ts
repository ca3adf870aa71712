// Reading LoRA files in any spelling into the one form, checked against the model that they are to adapt.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CollimateError } from '../../util/errors.ts';
import { type Adapter, type Adapters, isWhole } from './adapter.ts';
import { type AdapterParts, buildAdapters, type Module } from './build-adapter.ts';
import { checkFinite, readFinite } from './finite.ts';
import type { Lora } from './lora.ts';
import { type LoraAlphas, parseAdapterConfig, parseAdapterMetadata } from './lora-alpha.ts';
import { describeForeignKey, flatModule, type LoraKey, parseLoraKey } from './lora-keys.ts';
import { openSafetensors } from './safetensors.ts';
import type { Float32Tensor, TensorSource } from './tensor.ts';
import type { ViewEntry } from './view.ts';

/** A parameter of the base model by its canonical key. */
export interface BaseParameter {
  readonly name: string;
  readonly shape: readonly number[];
  /** Its key in the original layout, below `model.diffusion_model.`, where files may use that, */
  readonly original?: string;
  /** which part of that it is where several are one, */
  readonly part?: ViewEntry['part'];
  /** and how its numbers stand there otherwise. */
  readonly form?: ViewEntry['form'];
}

/** What of a model a LoRA may adapt. */
export interface LoraBase<Name extends string = string> {
  /** The component that denoises. */
  readonly denoiser: string;
  /** Parameters by component: what `declareParams` returns for each. */
  readonly parts: Readonly<Record<Name, readonly BaseParameter[]>>;
}

/** File names inside a folder, in the order of preference. */
const FILES = ['pytorch_lora_weights.safetensors', 'adapter_model.safetensors'];

/** A layer's place: one module, or several that a file adapts as one. */
type Target = { component: string; modules: readonly Module[] };

/**
 * Reads a plain LoRA in diffusers', PEFT's or kohya's spelling, the U-Net's blocks named as in either layout, at any rank and alpha. A file without alpha means alpha = rank.
 *
 * @param path a file, or a folder with `pytorch_lora_weights.safetensors` or `adapter_model.safetensors`
 * @throws CollimateError WEIGHTS where it is damaged, of another kind, or made for another base model.
 */
export function readLora<Name extends string>(path: string, base: LoraBase<Name>): Lora<Name> {
  const adapters: Adapters = readAdapters(path, base);
  for (const layers of Object.values(adapters))
    for (const [module, adapter] of layers)
      if (isWhole(adapter))
        throw bad(
          path,
          `${module}: expected a plain LoRA, got ${adapter.kind}`,
          'Such adapters are merged: convert its base model with --lora, and use the merged one.',
        );
  return adapters as Lora as Lora<Name>;
}

/**
 * Reads an adapter for merging: what `readLora` reads, and LoHa, LoKr, Tucker's form and DoRA as LyCORIS and PEFT write them.
 *
 * @throws CollimateError WEIGHTS as `readLora`, but for the kind.
 */
export function readAdapters<Name extends string>(path: string, base: LoraBase<Name>): Adapters<Name> {
  const file = locateLora(path);
  const source = openSafetensors(file);
  try {
    // First, since it says of which kind the adapter is.
    const alphas = readAlphas(file, source, Object.keys(base.parts));
    const parts = collect(file, source, indexTargets(base), base);
    const names = Object.keys(base.parts);
    const found = Object.fromEntries(names.map((name) => [name, new Map<string, Adapter>()]));
    for (const part of parts.values())
      for (const [module, adapter] of buildAdapters(file, part, alphas)) {
        if (found[part.component]!.has(module))
          throw bad(file, `expected one layer for ${module}, got two`, 'Fetch it again.');
        found[part.component]!.set(module, adapter);
      }
    return found as Adapters as Adapters<Name>;
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

/** Every weight that could be adapted, by component and flat module name. */
function indexTargets(base: LoraBase): Map<string, Target> {
  const targets = new Map<string, Target>();
  for (const [component, parameters] of Object.entries(base.parts)) {
    for (const { name, shape } of parameters) {
      if (!name.endsWith('.weight') || shape.length < 2) continue;
      const module = moduleOf(name);
      const target = { component, modules: [{ module, shape }] };
      targets.set(placeOf(component, module), target);
      // transformers saves a text encoder without the tower's name since version 5, and so do those who adapt it.
      if (module.startsWith('text_model.')) targets.set(placeOf(component, module.slice('text_model.'.length)), target);
    }
  }
  return new Map([...indexOriginals(base), ...targets]);
}

/** The same of the denoiser by names of the original layout: each stands for one weight, or for all parts of a fused one. */
function indexOriginals({ denoiser, parts }: LoraBase): Map<string, Target> {
  const originals = new Map<string, Module[]>();
  const twice = new Set<string>();
  for (const { name, shape, original, part, form } of parts[denoiser]!) {
    if (original === undefined || !name.endsWith('.weight') || shape.length < 2) continue;
    const key = placeOf(denoiser, moduleOf(original));
    const modules = originals.get(key) ?? [];
    const index = part?.index ?? 0;
    if (modules[index]) twice.add(key);
    modules[index] = { module: moduleOf(name), shape, ...(form && { form }) };
    originals.set(key, modules);
  }
  for (const key of twice) originals.delete(key);
  return new Map([...originals].map(([key, modules]) => [key, { component: denoiser, modules }]));
}

function moduleOf(weight: string): string {
  return weight.slice(0, -'.weight'.length);
}

function placeOf(component: string, module: string): string {
  return `${component}:${flatModule(module)}`;
}

function collect(
  file: string,
  source: TensorSource,
  targets: ReadonlyMap<string, Target>,
  base: LoraBase,
): Map<string, AdapterParts> {
  const parts = new Map<string, AdapterParts>();
  const strangers: string[] = [];
  for (const name of source.names()) {
    const key = parseLoraKey(name);
    const target = key && findTarget(key, targets, base);
    if (!key || !target) {
      strangers.push(name);
      continue;
    }
    const place = placeOf(target.component, target.modules.map(({ module }) => module).join());
    const part = parts.get(place) ?? { ...target, spelled: key.spelled, tensors: {} };
    if (part.tensors[key.role])
      throw bad(file, `expected one ${key.role} for ${target.modules[0]!.module}, got two`, 'Fetch it again.');
    part.tensors[key.role] = key.role === 'alpha' ? readAlpha(source, name, file) : readFinite(source, name, file);
    parts.set(place, part);
  }
  if (strangers.length > 0) throw strange(file, strangers, source.names().length);
  if (parts.size === 0) throw bad(file, 'expected LoRA weights, got an empty file', 'Fetch it again.');
  return parts;
}

/** One number, which trainers that are told a whole one store as such. */
function readAlpha(source: TensorSource, name: string, file: string): Float32Tensor {
  const { data, shape } = source.read(name);
  if (data.length !== 1) throw bad(file, `${name}: expected one number, got [${shape.join(', ')}]`, 'Fetch it again.');
  const alpha: Float32Tensor = { dtype: 'float32', shape: [], data: Float32Array.of(Number(data[0])) };
  checkFinite(file, name, alpha);
  return alpha;
}

/** Where a spelling does not name the component, the first that has such a module. */
function findTarget(
  { component, module }: LoraKey,
  targets: ReadonlyMap<string, Target>,
  { denoiser, parts }: LoraBase,
): Target | undefined {
  const known = component === 'denoiser' ? denoiser : component;
  const names = known === undefined ? Object.keys(parts) : [known];
  return names.map((name) => targets.get(`${name}:${module}`)).find((target) => target !== undefined);
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

function readAlphas(file: string, source: TensorSource, components: readonly string[]): LoraAlphas | undefined {
  const config = join(file, '..', 'adapter_config.json');
  if (source.names().some((name) => name.startsWith('base_model.model.'))) {
    if (existsSync(config)) return parseAdapterConfig(config, readFileSync(config, 'utf8'));
    throw bad(file, 'expected adapter_config.json beside it, got none', 'PEFT keeps alpha there; fetch the folder.');
  }
  const metadata = source.metadata.lora_adapter_metadata;
  return metadata === undefined ? undefined : parseAdapterMetadata(file, metadata, components);
}

function bad(file: string, problem: string, hint: string): CollimateError {
  return new CollimateError('WEIGHTS', `LoRA ${file}: ${problem}`, hint);
}
