// A scorer in one ONNX file, with a .json beside it that says how its pixels and ids are made: the two files that `reward export`
// writes, so that one project's reward function is another's scorer.

import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { openModelFile } from '../../../engine/runtime/node/model-file.ts';
import { preprocessImage } from '../../../models/clip/preprocess.ts';
import { chooseEngine } from '../../../models/inference/device.ts';
import { inBatches } from '../../../models/inference/network.ts';
import { decodePng } from '../../../pictures/image.ts';
import { hashJson, sha256File } from '../../../util/hash.ts';
import { throwIfInterrupted } from '../../../util/interrupt.ts';
import type { Session } from '../../session.ts';
import { readDescription } from './description.ts';
import type { ReadyScorer } from './ready.ts';

export async function openOnnxScorer(session: Session, scorer: string): Promise<ReadyScorer> {
  const { project, progress, signal } = session;
  const path = resolve(project.dir, scorer);
  const file = path.replace(/\.onnx$/, '.json');
  const { batch, preprocessing, tokenizer } = readDescription(file);
  const network = await openModelFile(path, await chooseEngine(project.config, progress.note));
  const { side } = preprocessing;
  const size = 3 * side * side;

  async function run(items: Parameters<ReadyScorer['score']>[0]): Promise<number[]> {
    const pixels = new Float32Array(batch * size);
    const ids = new BigInt64Array(batch * tokenizer.maxLength);
    const pictures = await Promise.all(items.map(async ({ hash }) => decodePng(await project.images.getBlob(hash))));
    pictures.forEach((picture, i) => void pixels.set(preprocessImage(picture, preprocessing), i * size));
    tokenizer.encodeBatch(items.map(({ text }) => text)).ids.forEach((id, i) => void ids.fill(BigInt(id), i, i + 1));
    const { score } = await network.run({
      pixels: { data: pixels, shape: [batch, 3, side, side] },
      ids: { data: ids, shape: [batch, tokenizer.maxLength] },
    });
    return Array.from(score!.data as Float32Array).slice(0, items.length);
  }

  return {
    name: basename(path),
    hash: hashJson([sha256File(path), readFileSync(file, 'utf8')]),
    async score(items) {
      const scores: number[] = [];
      progress.stage('ask the scorer', items.length);
      for (const { items: some } of inBatches(items, batch)) {
        throwIfInterrupted(signal);
        scores.push(...(await run(some)));
        progress.tick(scores.length);
      }
      progress.done();
      return scores;
    },
    dispose: () => network.dispose(),
  };
}
