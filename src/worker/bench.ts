// What a worker has at hand, and what it is asked of a kind of work: each kind is in a file of its own, which is read once there is such
// work, since together they are nearly all of this package.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineOptions } from '../models/inference/device.ts';
import type { ImageStore } from '../project/images/images.ts';
import { fetchModel } from '../project/objects/models.ts';
import type { Objects } from '../project/objects/objects.ts';
import { CollimateError } from '../util/errors.ts';
import { formatBytes } from '../util/text.ts';
import type { World } from '../world/world.ts';
import type { WorldName } from '../world/worlds/worlds.ts';

export interface Bench extends ImageStore {
  readonly objects: Objects;
  /** Where models are kept that came from the objects. */
  readonly modelsDir: string;
  readonly engine: EngineOptions;
  /** Bytes of memory that work may need here. */
  readonly memory: number;
  note(text: string): void;
  /** For stages that a worker runs whole. */
  openWorld(config: { readonly world: WorldName }): Promise<World | null>;
}

export interface WorkData {
  readonly key: string;
  readonly data: unknown;
}

/** What is open for items of one topic. */
export interface WorkHandler {
  /** Which files it has open; items that need others need another handler. */
  readonly files: string;
  /** Makes and stores what the items name, all or none. */
  make(items: readonly WorkData[]): Promise<void>;
  dispose(): Promise<void>;
}

/** How a kind of work is done. */
export interface WorkMaker {
  /** What must be open for an item: items that say the same go together. */
  filesOf(item: WorkData): string;
  open(bench: Bench, item: WorkData): Promise<WorkHandler>;
}

/** Work that this machine has too little memory for, which shows once its files are open: it is left to others. */
export class TooLarge extends CollimateError {
  constructor(what: string, bytes: number, { memory }: Bench) {
    super(
      'WORK',
      `${what} takes about ${formatBytes(bytes)}, of ${formatBytes(memory)} here`,
      'Start a worker that has more.',
    );
  }
}

/** A model's parts, which are looked at anew each time they are opened; copies that were damaged are fetched once more. */
export async function fetchSameModel(
  bench: Bench,
  hash: string,
  hashParts: (parts: Record<string, string>) => Promise<string>,
): Promise<Record<string, string>> {
  const { objects, modelsDir, note } = bench;
  const parts = await fetchModel(objects, hash, modelsDir);
  if ((await hashParts(parts)) === hash) return parts;
  note(`${join(modelsDir, hash)} holds other files than the model of this name; they are fetched again.`);
  rmSync(join(modelsDir, hash), { recursive: true, force: true });
  const again = await fetchModel(objects, hash, modelsDir);
  requireSame(await hashParts(again), hash, bench);
  return again;
}

/** @throws CollimateError MISMATCH where this worker's files are not those that the item was planned with. */
export function requireSame(found: string, expected: string, { modelsDir }: Bench): void {
  if (found === expected) return;
  throw new CollimateError(
    'MISMATCH',
    `worker: expected the model ${expected.slice(0, 12)}, got ${found.slice(0, 12)} below ${modelsDir}`,
    'Run the stage again that asked for it, with this release: nothing was made with the wrong files.',
  );
}
