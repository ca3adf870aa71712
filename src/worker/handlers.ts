// What a worker does for each kind of work: it opens the files of a topic, keeps them open while items of it come, and makes
// what the items name. What is there already is not made again.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { hashWeights } from '../engine/weights/hash.ts';
import { type DrawWork, readDrawWork } from '../method/draw-work.ts';
import { drawBatches, type PictureOrder } from '../method/drawing.ts';
import { type EmbedWork, readEmbedWork } from '../method/reward/embed-work.ts';
import { openClipEmbedder } from '../models/inference/clip.ts';
import type { EngineOptions } from '../models/inference/device.ts';
import { hashModel, openPainter, type Painter } from '../models/inference/painter.ts';
import { decodePng } from '../pictures/image.ts';
import { storeDrawn } from '../project/images/drawn.ts';
import { insertEmbeddings, readEmbeddings } from '../project/images/embeddings.ts';
import { type ImageStore, imageId, readImageHashes } from '../project/images/images.ts';
import { fetchModel } from '../project/objects/models.ts';
import type { Objects } from '../project/objects/objects.ts';
import type { WorkKind } from '../project/work/kinds.ts';
import { CollimateError } from '../util/errors.ts';
import { hashJson } from '../util/hash.ts';

export interface Bench extends ImageStore {
  readonly objects: Objects;
  /** Where models are kept that came from the objects. */
  readonly modelsDir: string;
  readonly engine: EngineOptions;
  note(text: string): void;
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

interface Kind {
  /** What must be open for an item: items that say the same go together. */
  filesOf(item: WorkData): string;
  open(bench: Bench, item: WorkData): Promise<WorkHandler>;
}

export const HANDLERS: { readonly [K in WorkKind]: Kind } = {
  draw: {
    filesOf: ({ data, key }) => filesOfDrawing(readDrawWork(data, key)),
    open: (bench, { data, key }) => openDrawer(bench, readDrawWork(data, key)),
  },
  embed: {
    filesOf: ({ data, key }) => filesOfEmbedding(readEmbedWork(data, key)),
    open: (bench, { data, key }) => openEmbedder(bench, readEmbedWork(data, key)),
  },
};

const filesOfDrawing = ({ model, batchSize, settings }: DrawWork) => hashJson([model, batchSize, settings]);
const filesOfEmbedding = ({ clip, precision, encoderHash }: EmbedWork) => hashJson([clip, precision, encoderHash]);

async function openDrawer(bench: Bench, work: DrawWork): Promise<WorkHandler> {
  const { model, batchSize, settings } = work;
  const { pipeline, unet } = await fetchSame(bench, model, (parts) => hashModel(parts.pipeline!, parts.unet));
  const painter: Painter = await openPainter(pipeline!, {
    ...bench.engine,
    batchSize,
    modelHash: model,
    note: bench.note,
    ...(unet !== undefined && { unet }),
  });
  return {
    files: filesOfDrawing(work),
    async make(items) {
      const works = items.map(({ data, key }) => readDrawWork(data, key));
      const there = await findDrawn(
        bench,
        works.map(({ recipe }) => imageId(recipe)),
      );
      const drawings: PictureOrder[] = works.filter(({ recipe }) => !there.has(imageId(recipe)));
      for await (const drawn of drawBatches(painter, drawings, settings, {}))
        await storeDrawn(bench, drawn, bench.note);
    },
    dispose: () => painter.dispose(),
  };
}

/** Pictures whose rows and files are there. */
async function findDrawn({ db, images }: ImageStore, ids: readonly string[]): Promise<Set<string>> {
  const there = new Set<string>();
  for (const [id, hash] of await readImageHashes(db, ids)) if (await images.hasBlob(hash)) there.add(id);
  return there;
}

async function openEmbedder(bench: Bench, work: EmbedWork): Promise<WorkHandler> {
  const { clip: dir } = await fetchSame(bench, work.clip, (parts) => hashWeights(parts.clip!));
  const clip = await openClipEmbedder(dir!, { ...bench.engine, precision: work.precision });
  requireSame(clip.encoderHash, work.encoderHash, bench);
  return {
    files: filesOfEmbedding(work),
    async make(items) {
      const hashes = items.map(({ data, key }) => readEmbedWork(data, key).image);
      const there = await readEmbeddings(bench.db, clip.encoderHash, hashes);
      const missing = [...new Set(hashes)].filter((hash) => !there.has(hash));
      const pictures = await Promise.all(missing.map(async (hash) => decodePng(await bench.images.getBlob(hash))));
      const vectors = await clip.embedImages(pictures);
      const rows = missing.map((subjectHash, i) => ({ subjectHash, vector: vectors[i]! }));
      await insertEmbeddings(bench.db, clip.encoderHash, rows);
    },
    dispose: () => clip.dispose(),
  };
}

/** A model's parts, which are looked at anew each time they are opened; copies that were damaged are fetched once more. */
async function fetchSame(
  bench: Bench,
  hash: string,
  hashParts: (parts: Record<string, string>) => string,
): Promise<Record<string, string>> {
  const { objects, modelsDir, note } = bench;
  const parts = await fetchModel(objects, hash, modelsDir);
  if (hashParts(parts) === hash) return parts;
  note(`${join(modelsDir, hash)} holds other files than the model of this name; they are fetched again.`);
  rmSync(join(modelsDir, hash), { recursive: true, force: true });
  const again = await fetchModel(objects, hash, modelsDir);
  requireSame(hashParts(again), hash, bench);
  return again;
}

/** @throws CollimateError MISMATCH where this worker's files are not those that the item was planned with. */
function requireSame(found: string, expected: string, { modelsDir }: Bench): void {
  if (found === expected) return;
  throw new CollimateError(
    'MISMATCH',
    `worker: expected the model ${expected.slice(0, 12)}, got ${found.slice(0, 12)} below ${modelsDir}`,
    'Run the stage again that asked for it, with this release: nothing was made with the wrong files.',
  );
}
