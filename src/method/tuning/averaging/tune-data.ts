// All that the steps of a run see as one file, so that another machine sees the same.

import { openSafetensors } from '../../../engine/weights/safetensors.ts';
import type { NamedTensor } from '../../../engine/weights/tensor.ts';
import { writeSafetensors } from '../../../engine/weights/write-safetensors.ts';
import type { Conditions } from '../../../models/families/model.ts';
import type { Examples, TuneData } from '../batches.ts';
import type { Preference } from '../preferences.ts';

/** What steps see: examples and texts, and pairs of rows of the images where those are learned from. */
export interface SeenData {
  readonly data: TuneData;
  readonly preferences?: readonly Preference[] | undefined;
}

/** What is not a tensor. */
type Facts = Pick<TuneData, 'none' | 'prompts' | 'latentShape' | 'conditionShapes'> & Pick<SeenData, 'preferences'>;

const KINDS = ['images', 'pairs'] as const;

export function writeTuneData(path: string, { data, preferences }: SeenData): void {
  const { none, prompts, latentShape, conditionShapes, texts } = data;
  const tensors = new Map<string, NamedTensor>();
  const addAll = (prefix: string, conditions: Conditions = {}) => {
    for (const [name, rows] of Object.entries(conditions)) tensors.set(`${prefix}.${name}`, float(rows));
  };
  for (const kind of KINDS) {
    const { latents, texts: rows, weights, sizes } = data[kind];
    tensors.set(`${kind}.latents`, float(latents));
    tensors.set(`${kind}.texts`, { dtype: 'int32', shape: [rows.length], data: rows });
    tensors.set(`${kind}.weights`, float(weights));
    addAll(`${kind}.sizes`, sizes);
  }
  addAll('texts', texts);
  const facts: Facts = { prompts, latentShape, conditionShapes, ...(none !== undefined && { none }), preferences };
  writeSafetensors(path, tensors, { metadata: { facts: JSON.stringify(facts) } });
}

export function readTuneData(path: string): SeenData {
  const file = openSafetensors(path);
  try {
    const read = (name: string) => file.read(name).data;
    const below = (prefix: string): Conditions =>
      Object.fromEntries(
        file
          .names()
          .filter((name) => name.startsWith(`${prefix}.`))
          .map((name) => [name.slice(prefix.length + 1), read(name) as Float32Array]),
      );
    const examples = (kind: (typeof KINDS)[number]): Examples => {
      const sizes = below(`${kind}.sizes`);
      return {
        latents: read(`${kind}.latents`) as Float32Array,
        texts: read(`${kind}.texts`) as Int32Array,
        weights: read(`${kind}.weights`) as Float32Array,
        ...(Object.keys(sizes).length > 0 && { sizes }),
      };
    };
    const { preferences, ...facts } = JSON.parse(file.metadata.facts!) as Facts;
    const data = { images: examples('images'), pairs: examples('pairs'), texts: below('texts'), ...facts };
    return { data, ...(preferences && { preferences }) };
  } finally {
    file.close();
  }
}

function float(data: Float32Array): NamedTensor {
  return { dtype: 'float32', shape: [data.length], data };
}
