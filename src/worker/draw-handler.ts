// Pictures, drawn by a model.

import { type DrawWork, readDrawWork } from '../method/draw-work.ts';
import { drawBatches, type PictureOrder } from '../method/drawing.ts';
import { hashModelAside, openPainter, type Painter } from '../models/inference/painter.ts';
import { storeDrawn } from '../project/images/drawn.ts';
import { type ImageStore, imageId, readImageHashes } from '../project/images/images.ts';
import { hashJson } from '../util/hash.ts';
import { type Bench, fetchSameModel, type WorkHandler, type WorkMaker } from './bench.ts';

const filesOfDrawing = ({ model, batchSize, settings }: DrawWork) => hashJson([model, batchSize, settings]);

export const draw: WorkMaker = {
  filesOf: ({ data, key }) => filesOfDrawing(readDrawWork(data, key)),
  open: (bench, { data, key }) => openDrawer(bench, readDrawWork(data, key)),
};

async function openDrawer(bench: Bench, work: DrawWork): Promise<WorkHandler> {
  const { model, batchSize, settings } = work;
  const { pipeline, unet } = await fetchSameModel(bench, model, (parts) => hashModelAside(parts.pipeline!, parts.unet));
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
