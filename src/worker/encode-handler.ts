// Latents of pictures, many in one file.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeChunk } from '../method/tuning/cache.ts';
import { type EncodeWork, latentsName, readEncodeWork } from '../method/tuning/encode-work.ts';
import { openLatentEncoder } from '../models/inference/latents.ts';
import { hashModelAside } from '../models/inference/painter.ts';
import { fitPicture } from '../pictures/fit.ts';
import { decodePng } from '../pictures/image.ts';
import { hashJson } from '../util/hash.ts';
import { type Bench, fetchSameModel, type WorkHandler, type WorkMaker } from './bench.ts';

const filesOfEncoding = ({ model, fit }: EncodeWork) => hashJson([model, fit]);

export const encode: WorkMaker = {
  filesOf: ({ data, key }) => filesOfEncoding(readEncodeWork(data, key)),
  open: (bench, { data, key }) => openEncoder(bench, readEncodeWork(data, key)),
};

async function openEncoder(bench: Bench, work: EncodeWork): Promise<WorkHandler> {
  const { pipeline } = await fetchSameModel(bench, work.model, (parts) => hashModelAside(parts.pipeline!));
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
