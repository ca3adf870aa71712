// Writing a model as one file in the original layout, tensor by tensor.

import { elementCount, type NamedTensor, type TensorSource, toFloat32 } from '../../engine/weights/tensor.ts';
import { reform } from '../../engine/weights/view.ts';
import { type FloatDtype, type LazyTensor, lazyTensor, writeTensors } from '../../engine/weights/write-safetensors.ts';
import { CollimateError } from '../../util/errors.ts';
import type { DiffusionModel } from '../families/model.ts';
import { type OriginalEntry, originalLayout } from './format.ts';
import { formatOf } from './formats.ts';
import { configsMetadata } from './open.ts';
import { tokenizerMetadata } from './tokenizer.ts';

/**
 * Writes all components under their original names; the configs go into the metadata.
 *
 * @param sources where each component's parameters are read, by canonical key
 * @param dtype how floats are stored; without it as they are in their sources
 * @throws CollimateError WEIGHTS, DISK_FULL or STORAGE; an old file is then untouched.
 */
export function writeOriginal(
  path: string,
  model: DiffusionModel,
  sources: Readonly<Record<string, TensorSource>>,
  dtype?: FloatDtype,
): void {
  const { raw, tokenizers, latent, family } = model;
  const format = formatOf(family);
  if (!format)
    throw new CollimateError('USAGE', `writing ${path}: ${family.words} has no layout in one file`, 'Name a folder.');
  const tensors = new Map<string, LazyTensor>();
  for (const [component, entries] of Object.entries(originalLayout(model.declare, format.placings(raw))))
    addTensors(path, tensors, sources[component]!, entries, dtype);
  for (const [name, twin] of Object.entries(format.twins ?? {}))
    if (tensors.has(twin)) tensors.set(name, tensors.get(twin)!);
  const own = { ...configsMetadata(raw), ...tokenizerMetadata(tokenizers, format.paddings(raw)) };
  const spec = {
    'modelspec.sai_model_spec': '1.0.0',
    ...format.modelSpec(raw),
    'modelspec.resolution': `${latent.own.width}x${latent.own.height}`,
  };
  writeTensors(path, tensors, { format: 'pt', ...spec, ...own });
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
    const read = () => fuse(source, names, entry);
    const { places, ...made } = lazyTensor(source, names, entry.stored, dtype, read);
    // Bytes of another form cannot be copied.
    tensors.set(original, places && !entry.form ? { ...made, places } : made);
  }
}

function fuse(source: TensorSource, names: readonly string[], { stored: shape, form }: OriginalEntry): NamedTensor {
  if (names.length === 1) {
    const tensor = source.read(names[0]!);
    return { ...(form ? reform(tensor, form) : tensor), shape };
  }
  const data = new Float32Array(elementCount(shape));
  names.reduce((offset, name) => {
    const part = toFloat32(name, source.read(name)).data;
    data.set(part, offset);
    return offset + part.length;
  }, 0);
  return { dtype: 'float32', shape, data };
}
