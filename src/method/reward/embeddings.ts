// Embeddings of images and texts by the frozen CLIP: computed once, then read from the project's store.

import type { ClipEmbedder } from '../../models/inference/clip.ts';
import { decodePng } from '../../pictures/image.ts';
import { insertEmbeddings, readEmbeddings } from '../../project/images/embeddings.ts';
import { CollimateError } from '../../util/errors.ts';
import { sha256 } from '../../util/hash.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import type { Session } from '../session.ts';
import { embedByWorkers } from './embed-work.ts';

/** Vectors stored at once; an interruption loses no more. */
const CHUNK = 256;

/** The embeddings [E] of images by the hash of their files. */
export async function embedImages(
  session: Session,
  clip: ClipEmbedder,
  hashes: readonly string[],
): Promise<Map<string, Float32Array>> {
  const { images } = session.project;
  const crew = hashes.length > 0 && (await session.crew?.isThere('embed'));
  const byWorkers = crew ? embedByWorkers : undefined;
  return embedMissing(session, clip, 'embed images', new Set(hashes), byWorkers, async (missing) =>
    clip.embedImages(await Promise.all(missing.map(async (hash) => decodePng(await images.getBlob(hash))))),
  );
}

/** The embeddings [E] of texts. */
export async function embedTexts(
  session: Session,
  clip: ClipEmbedder,
  texts: readonly string[],
): Promise<Map<string, Float32Array>> {
  const byHash = new Map(texts.map((text) => [sha256(text), text]));
  const vectors = await embedMissing(session, clip, 'embed prompts', byHash.keys(), undefined, (missing) =>
    clip.embedTexts(missing.map((hash) => byHash.get(hash)!)),
  );
  return new Map([...byHash].map(([hash, text]) => [text, vectors.get(hash)!]));
}

async function embedMissing(
  session: Session,
  clip: ClipEmbedder,
  name: string,
  hashes: Iterable<string>,
  byWorkers: typeof embedByWorkers | undefined,
  compute: (missing: readonly string[]) => Promise<readonly Float32Array[]>,
): Promise<Map<string, Float32Array>> {
  const { project, progress, signal } = session;
  const { db } = project;
  const { encoderHash } = clip;
  const all = [...hashes];
  const vectors = await readEmbeddings(db, encoderHash, all);
  const missing = all.filter((hash) => !vectors.has(hash));
  if (missing.length === 0) return vectors;
  progress.stage(name, all.length, vectors.size);
  if (byWorkers) {
    await byWorkers(session, clip, missing, vectors.size);
    progress.done();
    return readEmbeddings(db, encoderHash, all);
  }
  for (let start = 0; start < missing.length; start += CHUNK) {
    throwIfInterrupted(signal);
    const some = missing.slice(start, start + CHUNK);
    const computed = await compute(some);
    const rows = some.map((subjectHash, i) => ({ subjectHash, vector: checkFinite(subjectHash, computed[i]!) }));
    await insertEmbeddings(db, encoderHash, rows);
    for (const { subjectHash, vector } of rows) vectors.set(subjectHash, vector);
    progress.tick(vectors.size);
  }
  progress.done();
  return vectors;
}

function checkFinite(hash: string, vector: Float32Array): Float32Array {
  if (vector.every(Number.isFinite)) return vector;
  throw new CollimateError(
    'NON_FINITE',
    `clip: the embedding of ${hash.slice(0, 12)} is not a number`,
    'The weights of this CLIP are damaged; download them again, or name another with --clip.',
  );
}
