// Cells of experiments, each as a project of its own.

import { rmSync } from 'node:fs';
import { hashWeightsAside } from '../engine/weights/hash.ts';
import { type CellWork, cellName, readCellWork, runCellWork } from '../judging/experiments/cell-work.ts';
import { hashModelAside } from '../models/inference/painter.ts';
import { putResult } from '../project/objects/results.ts';
import { hashJson } from '../util/hash.ts';
import { createProgress } from '../util/progress.ts';
import { type Bench, fetchSameModel, type WorkHandler, type WorkMaker } from './bench.ts';
import { makeScratch } from './scratch.ts';

const filesOfCell = ({ model, clip, settings }: CellWork) => hashJson([model, clip, settings]);

export const cell: WorkMaker = {
  filesOf: ({ data, key }) => filesOfCell(readCellWork(data, key)),
  open: (bench, { data, key }) => openCellMaker(bench, readCellWork(data, key)),
};

async function openCellMaker(bench: Bench, work: CellWork): Promise<WorkHandler> {
  const { pipeline } = await fetchSameModel(bench, work.model, (parts) => hashModelAside(parts.pipeline!));
  const { clip } = await fetchSameModel(bench, work.clip, (parts) => hashWeightsAside(parts.clip!));
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
        const world = await bench.openWorld({ world: asked.settings.config.world ?? 'embedded' });
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
