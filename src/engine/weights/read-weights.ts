// Reading the weights of a component wherever they lie: one file, or shards behind one index.

import { CollimateError } from '../../util/errors.ts';
import { readFinite } from './finite.ts';
import { canonicalKey, canonicalShape, isBufferKey } from './keys.ts';
import { locateWeights, type WeightLocation } from './locate.ts';
import { openSafetensors } from './safetensors.ts';
import { type Float32Tensor, type NamedTensor, type TensorSource, toFloat32 } from './tensor.ts';
import { createView, type ViewEntry } from './view.ts';

/** Options of reading a component's weights. */
export type ReadOptions = {
  /** Such as `fp16`; without it the plain files, or the only variant there is. */
  variant?: string;
};

type ShardLocation = Extract<WeightLocation, { kind: 'shards' }>;

/**
 * Opens a safetensors file, an index, or a component folder; tensors are read on demand.
 *
 * @throws CollimateError WEIGHTS
 */
export function openWeights(path: string, options: ReadOptions = {}): TensorSource {
  const location = locateWeights(path, options.variant);
  return location.kind === 'file' ? openSafetensors(location.path) : openShards(location);
}

/** A tensor of a shard that the index puts elsewhere, or nowhere: which of two is right, nobody could say. */
function refuseRepeated({ index, shardOf }: ShardLocation, path: string, shard: TensorSource): void {
  const stray = shard.names().find((name) => shardOf.get(name) !== path);
  if (stray === undefined) return;
  const other = shardOf.get(stray);
  throw new CollimateError(
    'WEIGHTS',
    `${path}: expected only what ${index} puts there, got ${stray}, which it puts ${other ? `in ${other}` : 'nowhere'}`,
    'Fetch the index and all its shards again; shards of two savings do not mix.',
  );
}

function openShards(location: ShardLocation): TensorSource {
  const opened = new Map<string, TensorSource>();
  const close = () => opened.forEach((shard) => void shard.close());
  const shardOf = (name: string): TensorSource => {
    const shard = opened.get(location.shardOf.get(name) ?? '');
    if (shard !== undefined) return shard;
    throw new CollimateError(
      'WEIGHTS',
      `${location.index}: expected a tensor "${name}", got none among ${location.shardOf.size}`,
      'Use the weights that belong to this config.json.',
    );
  };
  try {
    for (const path of location.shards) opened.set(path, openSafetensors(path));
    for (const [name, path] of location.shardOf) {
      if (!opened.get(path)?.has(name))
        throw new CollimateError(
          'WEIGHTS',
          `${location.index}: expected ${name} in ${path}, got no such tensor there`,
          'Fetch the index and all its shards again.',
        );
    }
    for (const [path, shard] of opened) refuseRepeated(location, path, shard);
  } catch (error) {
    close();
    throw error;
  }
  return {
    names: () => [...location.shardOf.keys()].sort(),
    has: (name) => location.shardOf.has(name),
    shape: (name) => shardOf(name).shape(name),
    dtype: (name) => shardOf(name).dtype(name),
    place: (name) => shardOf(name).place(name),
    read: (name) => shardOf(name).read(name),
    metadata: Object.assign({}, ...[...opened.values()].map((shard) => shard.metadata)),
    close,
  };
}

/**
 * All tensors of a file or component folder under their stored names, floats as float32.
 *
 * @throws CollimateError WEIGHTS
 */
export function readWeights(path: string, options: ReadOptions = {}): Map<string, NamedTensor> {
  const source = openWeights(path, options);
  try {
    return new Map(source.names().map((name) => [name, narrow(name, source.read(name))]));
  } finally {
    source.close();
  }
}

function narrow(name: string, tensor: NamedTensor): NamedTensor {
  return tensor.dtype === 'float64' ? toFloat32(name, tensor) : tensor;
}

/**
 * The parameters of a model under their canonical names, read on demand: stored constants left out, the autoencoder's
 * attention in one form, whatever release wrote it.
 *
 * @throws CollimateError WEIGHTS where a file does not hold, or two names are one parameter.
 */
export function openParameters(path: string, options: ReadOptions = {}): TensorSource {
  const source = openWeights(path, options);
  const entries = new Map<string, ViewEntry>();
  for (const name of source.names().filter((stored) => !isBufferKey(stored))) {
    const key = canonicalKey(name);
    if (entries.has(key)) {
      source.close();
      throw new CollimateError(
        'WEIGHTS',
        `${path}: expected ${key} once, got it in an old and a new spelling`,
        'Remove one of the two from the file.',
      );
    }
    entries.set(key, { from: name, shape: canonicalShape(key, source.shape(name)) });
  }
  return createView(source, entries);
}

/** All of `openParameters` as float32. @throws CollimateError WEIGHTS, also where a tensor is no float. */
export function readParameters(path: string, options: ReadOptions = {}): Map<string, Float32Tensor> {
  return readAll(openParameters(path, options));
}

/** Every tensor of a source as float32, and closes it. @throws CollimateError WEIGHTS where one is no float, or not finite. */
export function readAll(source: TensorSource): Map<string, Float32Tensor> {
  try {
    return new Map(source.names().map((name) => [name, readFinite(source, name)]));
  } finally {
    source.close();
  }
}
