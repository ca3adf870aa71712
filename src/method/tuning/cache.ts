// Vectors of frozen encoders, computed once and kept in files: the list of inputs is cut into chunks, and each chunk is a
// file named by its inputs. What was interrupted goes on with the next chunk; what changes is computed again.

import { join } from 'node:path';
import { openSafetensors } from '../../engine/weights/safetensors.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import { CollimateError } from '../../util/errors.ts';
import { hashJson } from '../../util/hash.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';

const CHUNK = 256;

export interface CacheOptions {
  /** The folder of the files. */
  readonly dir: string;
  /** The identity of the encoder: weights, config, sizes. */
  readonly encoder: string;
  readonly signal: AbortSignal;
  /** Called with the number of vectors that are there. */
  readonly onProgress?: (done: number) => void;
}

/**
 * One vector of `width` numbers for each input, [n, width].
 *
 * @param keys the identity of each input, such as the hash of an image's file
 * @param compute the vectors of the inputs from `start` to `end`, [end − start, width]
 */
export async function cachedVectors(
  keys: readonly string[],
  width: number,
  compute: (start: number, end: number) => Promise<Float32Array>,
  { dir, encoder, signal, onProgress }: CacheOptions,
): Promise<Float32Array> {
  const all = new Float32Array(keys.length * width);
  for (const { start, end, file } of cutIntoFiles(keys, width, encoder)) {
    const path = join(dir, file);
    const vectors = readChunk(path, (end - start) * width) ?? (await computeChunk(path, width, compute(start, end)));
    all.set(vectors, start * width);
    onProgress?.(end);
    throwIfInterrupted(signal);
  }
  return all;
}

/** A part of the inputs, and the name of the file with its vectors. */
interface CachePart {
  readonly start: number;
  readonly end: number;
  readonly file: string;
}

/** How inputs are cut into files. */
export function cutIntoFiles(keys: readonly string[], width: number, encoder: string): CachePart[] {
  return Array.from({ length: Math.ceil(keys.length / CHUNK) }, (_, i) => {
    const [start, end] = [i * CHUNK, Math.min(keys.length, (i + 1) * CHUNK)];
    const name = hashJson([encoder, width, ...keys.slice(start, end)]).slice(0, 32);
    return { start, end, file: `${name}.safetensors` };
  });
}

/** Writes the vectors of a chunk, [n, width]. */
export function writeChunk(path: string, data: Float32Array, width: number): void {
  writeSafetensors(path, new Map([['vectors', { dtype: 'float32', shape: [data.length / width, width], data }]]));
}

/** A file of the cache; none where it is missing or damaged, and is to be computed again. */
function readChunk(path: string, length: number): Float32Array | undefined {
  try {
    const file = openSafetensors(path);
    try {
      const { data } = file.read('vectors');
      return data instanceof Float32Array && data.length === length ? data : undefined;
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof CollimateError && error.code === 'WEIGHTS') return undefined;
    throw error;
  }
}

async function computeChunk(path: string, width: number, computing: Promise<Float32Array>): Promise<Float32Array> {
  const data = await computing;
  writeChunk(path, data, width);
  return data;
}
