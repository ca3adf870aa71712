// Parts of rounds of tuning.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openPartMaker, type PartMaker, type PartTask, partSettings } from '../method/tuning/averaging/part.ts';
import { readTuneData } from '../method/tuning/averaging/tune-data.ts';
import { fetchSame, openVectorStore } from '../method/tuning/averaging/vectors.ts';
import { readTuneWork, resultName, type TuneWork } from '../method/tuning/averaging/work.ts';
import { planMemory } from '../method/tuning/memory-plan.ts';
import { learningModel } from '../method/tuning/text-encoders.ts';
import { hashModelAside } from '../models/inference/painter.ts';
import { openPipeline } from '../models/pipeline.ts';
import { putResult } from '../project/objects/results.ts';
import { hashJson } from '../util/hash.ts';
import { type Bench, fetchSameModel, TooLarge, type WorkHandler, type WorkMaker } from './bench.ts';

const filesOfTuning = ({ task: _, ...rest }: TuneWork) => hashJson(rest);

export const tune: WorkMaker = {
  filesOf: ({ data, key }) => filesOfTuning(readTuneWork(data, key)),
  open: (bench, { data, key }) => openTuner(bench, readTuneWork(data, key)),
};

async function openTuner(bench: Bench, work: TuneWork): Promise<WorkHandler> {
  const { model, run, data, settings, seed } = work;
  const store = openVectorStore(join(bench.modelsDir, run), bench.objects);
  const { blobs, dir } = store;
  let maker: Promise<PartMaker> | undefined;
  async function openMaker(): Promise<PartMaker> {
    const { pipeline } = await fetchSameModel(bench, model, (parts) => hashModelAside(parts.pipeline!));
    const seen = readTuneData(await fetchSame(blobs, data));
    const learning = learningModel(openPipeline(pipeline!), settings);
    // What is planned is the processor's memory.
    if ((bench.engine.provider ?? 'cpu') === 'cpu') {
      const { total } = planMemory(learning, seen.data, partSettings(settings));
      if (total > bench.memory) throw new TooLarge('a part of its rounds', total, bench);
    }
    return openPartMaker({ ...bench.engine, ...seen, settings, seed, pipeline: learning }, store);
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
