// Vectors of a run in rounds as files by content, in the run's folder, or in the bucket with a copy there.

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openSafetensors } from '../../../engine/weights/safetensors.ts';
import { writeSafetensors } from '../../../engine/weights/write-safetensors.ts';
import { type BlobStore, openBlobStore } from '../../../project/images/blobs.ts';
import type { Objects } from '../../../project/objects/objects.ts';
import { CollimateError } from '../../../util/errors.ts';
import { sha256File } from '../../../util/hash.ts';

type Vectors = Readonly<Record<string, Float32Array>>;

export interface VectorStore {
  readonly dir: string;
  readonly blobs: BlobStore;
  /** Stores vectors as one file and returns its hash. */
  put(vectors: Vectors): Promise<string>;
  /** @throws CollimateError MISMATCH where the file is gone, or is another than its name says. */
  read<K extends string>(hash: string, names: readonly K[]): Promise<Record<K, Float32Array>>;
}

/** @param dir whose own name is that of the place in the bucket */
export function openVectorStore(dir: string, objects?: Objects): VectorStore {
  const blobs = openBlobStore(dir, '.safetensors', objects && { objects, cacheBytes: Number.POSITIVE_INFINITY });
  return {
    dir,
    blobs,
    put(vectors) {
      mkdirSync(dir, { recursive: true });
      const path = join(dir, `${randomBytes(8).toString('hex')}.tmp`);
      const tensors = Object.entries(vectors).map(
        ([name, data]) => [name, { dtype: 'float32' as const, shape: [data.length], data }] as const,
      );
      writeSafetensors(path, new Map(tensors));
      return blobs.moveBlob(path);
    },
    async read<K extends string>(hash: string, names: readonly K[]) {
      const file = openSafetensors(await fetchSame(blobs, hash));
      try {
        const read = names.map((name) => [name, file.read(name).data as Float32Array]);
        return Object.fromEntries(read) as Record<K, Float32Array>;
      } finally {
        file.close();
      }
    },
  };
}

/** The path of a file that is what its name says; a damaged copy is fetched again. */
export async function fetchSame(blobs: BlobStore, hash: string): Promise<string> {
  const path = await blobs.fetchBlob(hash);
  if (hashIfThere(path) === hash) return path;
  const found = hashIfThere(await blobs.refetchBlob(hash));
  if (found === hash) return path;
  throw new CollimateError(
    'MISMATCH',
    `${path}: ${found === undefined ? 'is nowhere' : `expected this content, got ${found.slice(0, 12)}`}; it belongs to a round of tuning`,
    'A round that is over has no files: then nobody waits for this. Else run the same command again, which goes on from its last checkpoint.',
  );
}

function hashIfThere(path: string): string | undefined {
  try {
    return sha256File(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
