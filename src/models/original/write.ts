// Writing a model as one file in the original layout, tensor by tensor.

import { elementCount, type NamedTensor, type TensorSource, toFloat32 } from '../../engine/weights/tensor.ts';
import { type FloatDtype, type LazyTensor, lazyTensor, writeTensors } from '../../engine/weights/write-safetensors.ts';
import { CollimateError } from '../../util/errors.ts';
import type { ComponentConfigs } from '../declare.ts';
import type { WeightedComponent } from '../pipeline.ts';
import { type OriginalEntry, originalLayout } from './layout.ts';
import { configsMetadata, type RawConfigs } from './open.ts';
import type { TextTower } from './text-keys.ts';
import { tokenizerMetadata } from './tokenizer.ts';

export interface OriginalParts {
  readonly configs: ComponentConfigs;
  readonly raw: RawConfigs;
  /** Its folder, or the texts of its files by name; none where the model has none. */
  readonly tokenizer: string | Readonly<Record<string, string>> | undefined;
  /** Where each component's parameters are read, by canonical key. */
  readonly sources: Readonly<Record<WeightedComponent, TensorSource>>;
}

/**
 * Writes `model.diffusion_model.*`, `first_stage_model.*` and `cond_stage_model.*`; the configs go into the metadata.
 *
 * @param dtype how floats are stored; without it as they are in their sources
 * @throws CollimateError WEIGHTS, DISK_FULL or STORAGE; an old file is then untouched.
 */
export function writeOriginal(path: string, parts: OriginalParts, dtype?: FloatDtype): void {
  const { configs, raw, sources, tokenizer } = parts;
  const tower = towerOf(configs);
  const layout = originalLayout(configs, tower);
  const tensors = new Map<string, LazyTensor>();
  for (const [component, entries] of Object.entries(layout))
    addTensors(path, tensors, sources[component as WeightedComponent], entries, dtype);
  const own = { ...configsMetadata(raw), ...tokenizerMetadata(tokenizer, tower) };
  writeTensors(path, tensors, { format: 'pt', ...modelSpec(configs, raw), ...own });
}

/** 2.x came with OpenCLIP's text encoder, whose activation is the exact GELU. */
function towerOf({ text }: ComponentConfigs): TextTower {
  return text.hidden_act === 'gelu' ? 'openclip' : 'transformers';
}

/** The parameters that share an original tensor, in the order of their parts. */
function addTensors(
  path: string,
  tensors: Map<string, LazyTensor>,
  source: TensorSource,
  entries: ReadonlyMap<string, OriginalEntry>,
  dtype: FloatDtype | undefined,
): void {
  const groups = new Map<string, { entry: OriginalEntry; names: string[] }>();
  for (const [name, entry] of entries) {
    const group = groups.get(entry.from) ?? { entry, names: [] };
    group.names[entry.part?.index ?? 0] = name;
    groups.set(entry.from, group);
  }
  for (const [original, { entry, names }] of groups) {
    if (tensors.has(original)) throw new CollimateError('WEIGHTS', `writing ${path}: ${original} would be there twice`);
    const read = () => fuse(source, names, entry.stored);
    tensors.set(original, lazyTensor(source, names, entry.stored, dtype, read));
  }
}

function fuse(source: TensorSource, names: readonly string[], shape: readonly number[]): NamedTensor {
  if (names.length === 1) return { ...source.read(names[0]!), shape };
  const data = new Float32Array(elementCount(shape));
  names.reduce((offset, name) => {
    const part = toFloat32(name, source.read(name)).data;
    data.set(part, offset);
    return offset + part.length;
  }, 0);
  return { dtype: 'float32', shape, data };
}

/** What other programs read from a file's metadata (Stability AI's modelspec 1.0.0). */
function modelSpec({ unet, text, vae }: ComponentConfigs, { scheduler }: RawConfigs): Record<string, string> {
  const velocity = scheduler.prediction_type === 'v_prediction';
  const version = text.hidden_act === 'gelu' ? (velocity ? 'v2-768-v' : 'v2-512') : 'v1';
  const [side] = [unet.sample_size ?? 64].flat();
  const pixels = side! * 2 ** (vae.block_out_channels.length - 1);
  return {
    'modelspec.sai_model_spec': '1.0.0',
    'modelspec.architecture': `stable-diffusion-${version}`,
    'modelspec.implementation': 'https://github.com/Stability-AI/stablediffusion',
    'modelspec.prediction_type': velocity ? 'v' : 'epsilon',
    'modelspec.resolution': `${pixels}x${pixels}`,
  };
}
