// What a worker does for each kind of work: it opens the files of a topic, keeps them open while items of it come, and makes
// what the items name. What is there already is not made again.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { hashWeightsAside } from '../engine/weights/hash.ts';
import { type CellWork, cellName, readCellWork, runCellWork } from '../judging/experiments/cell-work.ts';
import { type DrawWork, readDrawWork } from '../method/draw-work.ts';
import { drawBatches, type PictureOrder } from '../method/drawing.ts';
import { type EmbedWork, readEmbedWork } from '../method/reward/embed-work.ts';
import { openPartMaker, type PartMaker, type PartTask } from '../method/tuning/averaging/part.ts';
import { readTuneData } from '../method/tuning/averaging/tune-data.ts';
import { fetchSame as fetchVectors, openVectorStore } from '../method/tuning/averaging/vectors.ts';
import { readTuneWork, resultName, type TuneWork } from '../method/tuning/averaging/work.ts';
import { writeChunk } from '../method/tuning/cache.ts';
import { type EncodeWork, latentsName, readEncodeWork } from '../method/tuning/encode-work.ts';
import { learningModel } from '../method/tuning/text-encoders.ts';
import { openClipEmbedder } from '../models/inference/clip.ts';
import type { EngineOptions } from '../models/inference/device.ts';
import { openLatentEncoder } from '../models/inference/latents.ts';
import { hashModelAside, openPainter, type Painter } from '../models/inference/painter.ts';
import { openPipeline } from '../models/pipeline.ts';
import { fitPicture } from '../pictures/fit.ts';
import { decodePng } from '../pictures/image.ts';
import { storeDrawn } from '../project/images/drawn.ts';
import { insertEmbeddings, readEmbeddings } from '../project/images/embeddings.ts';
import { type ImageStore, imageId, readImageHashes } from '../project/images/images.ts';
import { fetchModel } from '../project/objects/models.ts';
import type { Objects } from '../project/objects/objects.ts';
import { putResult } from '../project/objects/results.ts';
import type { WorkKind } from '../project/work/kinds.ts';
import { CollimateError } from '../util/errors.ts';
import { hashJson } from '../util/hash.ts';
import { createProgress } from '../util/progress.ts';
import type { World } from '../world/world.ts';
import type { WorldName } from '../world/worlds/worlds.ts';
import { makeScratch } from './scratch.ts';

export interface Bench extends ImageStore {
  readonly objects: Objects;
  /** Where models are kept that came from the objects. */
  readonly modelsDir: string;
  readonly engine: EngineOptions;
  note(text: string): void;
  /** For stages that a worker runs whole. */
  openWorld(config: { readonly world: WorldName }): World | null;
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
  /** Items that take minutes are taken one by one, so that every worker has one. */
  readonly isLong?: boolean;
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
  encode: {
    isLong: true,
    filesOf: ({ data, key }) => filesOfEncoding(readEncodeWork(data, key)),
    open: (bench, { data, key }) => openEncoder(bench, readEncodeWork(data, key)),
  },
  tune: {
    isLong: true,
    filesOf: ({ data, key }) => filesOfTuning(readTuneWork(data, key)),
    open: (bench, { data, key }) => openTuner(bench, readTuneWork(data, key)),
  },
  cell: {
    isLong: true,
    filesOf: ({ data, key }) => filesOfCell(readCellWork(data, key)),
    open: (bench, { data, key }) => openCellMaker(bench, readCellWork(data, key)),
  },
};

const filesOfDrawing = ({ model, batchSize, settings }: DrawWork) => hashJson([model, batchSize, settings]);
const filesOfEncoding = ({ model, fit }: EncodeWork) => hashJson([model, fit]);
const filesOfTuning = ({ task: _, ...rest }: TuneWork) => hashJson(rest);
const filesOfCell = ({ model, clip, settings }: CellWork) => hashJson([model, clip, settings]);
const filesOfEmbedding = ({ clip, precision, encoderHash }: EmbedWork) => hashJson([clip, precision, encoderHash]);

async function openDrawer(bench: Bench, work: DrawWork): Promise<WorkHandler> {
  const { model, batchSize, settings } = work;
  const { pipeline, unet } = await fetchSame(bench, model, (parts) => hashModelAside(parts.pipeline!, parts.unet));
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
  const { clip: dir } = await fetchSame(bench, work.clip, (parts) => hashWeightsAside(parts.clip!));
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

async function openEncoder(bench: Bench, work: EncodeWork): Promise<WorkHandler> {
  const { pipeline } = await fetchSame(bench, work.model, (parts) => hashModelAside(parts.pipeline!));
  const encoder = await openLatentEncoder(pipeline!, bench.engine);
  const { picture, length } = encoder;
  const read = async (hash: string) => fitPicture(await decodePng(await bench.images.getBlob(hash)), picture, work.fit);
  return {
    files: filesOfEncoding(work),
    async make(items) {
      for (const item of items) {
        const { file, images } = readEncodeWork(item.data, item.key);
        if (await bench.objects.has(latentsName(file))) continue;
        const path = join(bench.modelsDir, `${process.pid}-${file}`);
        writeChunk(path, await encoder.encode(await Promise.all(images.map(read))), length);
        await bench.objects.put(latentsName(file), path);
        rmSync(path);
      }
    },
    dispose: () => encoder.dispose(),
  };
}

async function openTuner(bench: Bench, work: TuneWork): Promise<WorkHandler> {
  const { model, run, data, settings, seed } = work;
  const store = openVectorStore(join(bench.modelsDir, run), bench.objects);
  const { blobs, dir } = store;
  let maker: Promise<PartMaker> | undefined;
  async function openMaker(): Promise<PartMaker> {
    const { pipeline } = await fetchSame(bench, model, (parts) => hashModelAside(parts.pipeline!));
    const seen = readTuneData(await fetchVectors(blobs, data));
    return openPartMaker(
      { ...bench.engine, ...seen, settings, seed, pipeline: learningModel(openPipeline(pipeline!), settings) },
      store,
    );
  }
  async function makePart(task: PartTask, name: string): Promise<void> {
    // One that could not be opened is opened anew for the next try.
    maker ??= openMaker().catch((error: unknown) => {
      maker = undefined;
      throw error;
    });
    const result = await (await maker).make(task);
    await putResult(bench.objects, name, result);
    // What the next round begins with is another file; of this one only the moments may be needed again.
    for (const hash of [task.params, task.moments, result.params])
      if (hash !== null) rmSync(blobs.blobPath(hash), { force: true });
  }
  return {
    files: filesOfTuning(work),
    async make(items) {
      for (const { data, key } of items) {
        const { task } = readTuneWork(data, key);
        const name = resultName(run, key);
        if (await bench.objects.has(name)) continue;
        if (await blobs.hasBlob(task.params)) await makePart(task, name);
        else bench.note(`${key}: its round is over, and nobody waits for it.`);
      }
    },
    async dispose() {
      await (await maker)?.dispose();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function openCellMaker(bench: Bench, work: CellWork): Promise<WorkHandler> {
  const { pipeline } = await fetchSame(bench, work.model, (parts) => hashModelAside(parts.pipeline!));
  const { clip } = await fetchSame(bench, work.clip, (parts) => hashWeightsAside(parts.clip!));
  const { objects, modelsDir, note, engine } = bench;
  const scratch = makeScratch(modelsDir, 'cells');
  const progress = { ...createProgress({ stream: process.stderr, silent: true }), note };
  const own = { work: scratch, model: pipeline!, clip: clip!, ...(engine.provider && { device: engine.provider }) };
  return {
    files: filesOfCell(work),
    async make(items) {
      for (const { data, key } of items) {
        const asked = readCellWork(data, key);
        if (await objects.has(cellName(key))) continue;
        const world = bench.openWorld({ world: asked.settings.config.world ?? 'embedded' });
        const session = { world, progress, signal: new AbortController().signal };
        const rows = await runCellWork(session, key, asked, own);
        await putResult(objects, cellName(key), rows);
      }
    },
    async dispose() {
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}

/** A model's parts, which are looked at anew each time they are opened; copies that were damaged are fetched once more. */
async function fetchSame(
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
function requireSame(found: string, expected: string, { modelsDir }: Bench): void {
  if (found === expected) return;
  throw new CollimateError(
    'MISMATCH',
    `worker: expected the model ${expected.slice(0, 12)}, got ${found.slice(0, 12)} below ${modelsDir}`,
    'Run the stage again that asked for it, with this release: nothing was made with the wrong files.',
  );
}
