// A scorer in one ONNX file, with a .json beside it that says how its pixels and ids are made: the two files that `reward export`
// writes, so that one project's reward function is another's scorer.

import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { openModelFile } from '../../../engine/runtime/node/model-file.ts';
import { preprocessImage } from '../../../models/clip/preprocess.ts';
import { chooseEngine } from '../../../models/inference/device.ts';
import { inBatches } from '../../../models/inference/network.ts';
import { decodePng } from '../../../pictures/image.ts';
import { insertEmbeddings, readEmbeddings } from '../../../project/images/embeddings.ts';
import { hashJson, sha256File } from '../../../util/hash.ts';
import { throwIfInterrupted } from '../../../util/interrupt.ts';
import type { Session } from '../../session.ts';
import { readDescription } from './description.ts';
import type { ReadyScorer, ScoredItem } from './ready.ts';

/** What a scorer says of a picture and a text is kept in the project's store as a vector of one number. */
const subjectOf = ({ hash, text }: ScoredItem) => hashJson([hash, text]);

/** Scores that are stored at once; an interruption loses no more. */
const CHUNK = 256;

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

  const hash = hashJson([...network.files.map(sha256File), readFileSync(file, 'utf8')]);

  async function ask(items: readonly ScoredItem[], known: Map<string, Float32Array>): Promise<void> {
    progress.stage('ask the scorer', items.length);
    for (const { start, items: chunk } of inBatches(items, CHUNK)) {
      const scores: number[] = [];
      for (const { items: some } of inBatches(chunk, batch)) {
        throwIfInterrupted(signal);
        scores.push(...(await run(some)));
        progress.tick(start + scores.length);
      }
      const rows = chunk.map((item, i) => ({ subjectHash: subjectOf(item), vector: Float32Array.of(scores[i]!) }));
      await insertEmbeddings(project.db, hash, rows);
      for (const { subjectHash, vector } of rows) known.set(subjectHash, vector);
    }
    progress.done();
  }

  return {
    name: basename(path),
    hash,
    async score(items) {
      const subjects = items.map(subjectOf);
      const known = await readEmbeddings(project.db, hash, [...new Set(subjects)]);
      const missing = new Map(items.flatMap((item, i) => (known.has(subjects[i]!) ? [] : [[subjects[i]!, item]])));
      if (missing.size > 0) await ask([...missing.values()], known);
      return subjects.map((subject) => known.get(subject)![0]!);
    },
    dispose: () => network.dispose(),
  };
}
