// A file of reference tensors, read whole: they are small.

import { readWeights } from '../../engine/weights/read-weights.ts';
import { openSafetensors } from '../../engine/weights/safetensors.ts';
import type { NamedTensor } from '../../engine/weights/tensor.ts';
import { CollimateError } from '../../util/errors.ts';
import { toNumbers } from './compare.ts';

export interface Golden {
  readonly path: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly names: readonly string[];
  /** @throws CollimateError WEIGHTS where there is no such tensor. */
  tensor(name: string): NamedTensor;
  /** The same as float32; whole numbers exactly below 2²⁴. */
  floats(name: string): Float32Array;
  /** The same as ids. */
  ids(name: string): BigInt64Array;
  /** A number that the metadata gives, such as `7.5`. @throws CollimateError WEIGHTS where it gives none. */
  setting(name: string): number;
}

/** @throws CollimateError WEIGHTS where the file is missing or does not hold. */
export function openGolden(path: string): Golden {
  const tensors = readWeights(path);
  const { metadata } = openSafetensorsOnce(path);
  const fail = (expected: string, got: string) =>
    new CollimateError(
      'WEIGHTS',
      `${path}: expected ${expected}, got ${got}`,
      'Use a folder laid out like test/fixtures/sd1.',
    );
  const tensor = (name: string): NamedTensor => {
    const found = tensors.get(name);
    if (found) return found;
    throw fail(`a tensor ${name}`, `none among ${tensors.size}`);
  };
  return {
    path,
    metadata,
    names: [...tensors.keys()],
    tensor,
    floats: (name) => Float32Array.from(toNumbers(tensor(name).data)),
    ids: (name) => BigInt64Array.from(toNumbers(tensor(name).data), BigInt),
    setting(name) {
      const text = metadata[name];
      const value = Number.parseFloat(text ?? '');
      if (Number.isFinite(value)) return value;
      throw fail(`a number as ${name} in its metadata`, text === undefined ? 'nothing' : `"${text}"`);
    },
  };
}

function openSafetensorsOnce(path: string): { metadata: Readonly<Record<string, string>> } {
  const file = openSafetensors(path);
  file.close();
  return file;
}
