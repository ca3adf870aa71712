// PictureOrder pictures of stored prompts into the project, wherever they are for: by workers where there are any, else in this
// process. A batch is stored whole or not at all; the same recipe gives the same picture on either way.

import type { DiffusionModel } from '../models/families/model.ts';
import { chooseEngine, type EngineOptions } from '../models/inference/device.ts';
import { type DrawSettings, openPainter, type Painter } from '../models/inference/painter.ts';
import { encodePng } from '../pictures/image.ts';
import type { Database } from '../project/database/database.ts';
import type { BlobStore } from '../project/images/blobs.ts';
import { type DrawnRecipe, storeDrawn } from '../project/images/drawn.ts';
import { type ImageRecipe, imageId, readImageHashes } from '../project/images/images.ts';
import { throwIfInterrupted } from '../util/interrupt.ts';
import type { DrawWork } from './draw-work.ts';
import { publishDrawn } from './model-parts.ts';
import type { Session } from './session.ts';

/** A picture to draw: its recipe, and the text of its prompt. */
export interface PictureOrder {
  readonly recipe: ImageRecipe;
  readonly text: string;
}

export interface DrawingJob {
  /** A pipeline, other weights for its U-Net where a checkpoint draws, and the hash of both. */
  readonly model: { readonly pipeline: DiffusionModel; readonly unet?: string | undefined; readonly hash: string };
  /** As `drawSettings` gives them; those of the recipes. */
  readonly settings: DrawSettings;
  readonly drawings: readonly PictureOrder[];
  /** How many pictures of the stage are there already. */
  readonly before: number;
  readonly engine?: EngineOptions;
}

/**
 * Draws and stores; progress counts on from `before`.
 *
 * @throws CollimateError INTERRUPTED after storing what was finished, WORK where workers could not draw some.
 */
export async function drawAll(session: Session, job: DrawingJob): Promise<void> {
  if (await session.crew?.isThere('draw')) await drawByWorkers(session, job);
  else await drawHere(session, job);
}

async function drawHere({ project, progress, signal }: Session, job: DrawingJob): Promise<void> {
  const { config } = project;
  const { model, settings, drawings, before } = job;
  const batchSize = Math.min(config.generate.batchSize, drawings.length);
  const engine = job.engine ?? (await chooseEngine(config, progress.note));
  const { pipeline, hash: modelHash, unet } = model;
  const painter = await openPainter(pipeline, {
    ...engine,
    batchSize,
    modelHash,
    note: progress.note,
    detail: (text) => progress.detail?.(text),
    ...(unet !== undefined && { unet }),
  });
  try {
    let stored = before;
    const all = before + drawings.length;
    // The last batch may be a part of one.
    const onStep = (share: number) => progress.tick(stored + Math.floor(share * Math.min(batchSize, all - stored)));
    for await (const drawn of drawBatches(painter, drawings, settings, { signal, onStep })) {
      await storeDrawn(project, drawn, progress.note);
      stored += drawn.length;
      progress.tick(stored);
      throwIfInterrupted(signal);
    }
  } finally {
    await painter.dispose();
  }
}

/** Draws batch by batch, each picture with its recipe. */
export async function* drawBatches(
  painter: Painter,
  drawings: readonly PictureOrder[],
  settings: DrawSettings,
  options: NonNullable<Parameters<Painter['draw']>[2]>,
): AsyncGenerator<DrawnRecipe[]> {
  const requests = drawings.map(({ text: prompt, recipe: { seed } }) => ({ prompt, seed }));
  for await (const pictures of painter.draw(requests, settings, options))
    yield await Promise.all(
      pictures.map(async ({ index, rgb, width, height, parameters }) => ({
        ...drawings[index]!.recipe,
        png: await encodePng(rgb, width, height, parameters),
      })),
    );
}

async function drawByWorkers(session: Session, { model, settings, drawings, before }: DrawingJob): Promise<void> {
  const { project, progress, crew } = session;
  const { pipeline, unet, hash } = model;
  await publishDrawn(project.objects!, { dir: pipeline.folder, unet, hash });
  const batchSize = Math.min(project.config.generate.batchSize, drawings.length);
  const items = drawings.map(({ recipe, text }) => {
    const data: DrawWork = { recipe, text, settings, model: model.hash, batchSize };
    return { key: imageId(recipe), data };
  });
  await crew!.make(
    {
      topic: { kind: 'draw', files: model.hash },
      items,
      findMissing: await watchDrawn(
        project,
        items.map(({ key }) => key),
      ),
      onProgress: (done, workers) => progress.tick(before + done, { workers }),
    },
    session,
  );
}

/** Which pictures are not there. A row whose file was gone when this began is not enough. */
async function watchDrawn(
  { db, images }: { readonly db: Database; readonly images: BlobStore },
  ids: readonly string[],
): Promise<(ids: readonly string[]) => Promise<string[]>> {
  const doubtful = new Set((await readImageHashes(db, ids)).keys());
  return async (asked) => {
    const hashes = await readImageHashes(db, asked);
    const missing: string[] = [];
    for (const id of asked) {
      const hash = hashes.get(id);
      if (hash === undefined || (doubtful.has(id) && !(await images.hasBlob(hash)))) missing.push(id);
    }
    return missing;
  };
}
