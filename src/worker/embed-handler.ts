// Embeddings of pictures.

import { hashWeightsAside } from '../engine/weights/hash.ts';
import { type EmbedWork, readEmbedWork } from '../method/reward/embed-work.ts';
import { openClipEmbedder } from '../models/inference/clip.ts';
import { decodePng } from '../pictures/image.ts';
import { insertEmbeddings, readEmbeddings } from '../project/images/embeddings.ts';
import { hashJson } from '../util/hash.ts';
import { type Bench, fetchSameModel, requireSame, type WorkHandler, type WorkMaker } from './bench.ts';

const filesOfEmbedding = ({ clip, precision, encoderHash }: EmbedWork) => hashJson([clip, precision, encoderHash]);

export const embed: WorkMaker = {
  filesOf: ({ data, key }) => filesOfEmbedding(readEmbedWork(data, key)),
  open: (bench, { data, key }) => openEmbedder(bench, readEmbedWork(data, key)),
};

async function openEmbedder(bench: Bench, work: EmbedWork): Promise<WorkHandler> {
  const { clip: dir } = await fetchSameModel(bench, work.clip, (parts) => hashWeightsAside(parts.clip!));
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
