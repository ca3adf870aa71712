// The embedding of a picture as work for another machine.

import { z } from 'zod';
import type { ClipEmbedder } from '../../models/inference/clip.ts';
import { readEmbeddings } from '../../project/images/embeddings.ts';
import { checkForm, type Schema } from '../../util/artefact.ts';
import { publishClip } from '../model-parts.ts';
import type { Session } from '../session.ts';

export interface EmbedWork {
  /** The picture's hash. */
  readonly image: string;
  /** Hash of CLIP's files, by which a worker finds them. */
  readonly clip: string;
  /** What the embedder calls itself with its preparation of pictures: the one that opens it must say the same. */
  readonly encoderHash: string;
  readonly precision: 'float32' | 'int8';
}

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const embedWork = z.object({
  image: hash,
  clip: hash,
  encoderHash: z.string(),
  precision: z.enum(['float32', 'int8']),
});

/** An item's data. @throws CollimateError STORAGE where it is of another form. */
export function readEmbedWork(data: unknown, key: string): EmbedWork {
  return checkForm(data, embedWork as Schema<EmbedWork>, `work ${key}`, 'Run the stage again that asked for it.');
}

/** `encoder picture`, both shortened: what an item makes. */
const embedKey = (encoderHash: string, image: string) => `${encoderHash.slice(0, 32)} ${image.slice(0, 32)}`;

/** Has workers embed these pictures; returns when all vectors are stored. */
export async function embedByWorkers(
  session: Session,
  clip: ClipEmbedder,
  images: readonly string[],
  before: number,
): Promise<void> {
  const { project, progress, crew } = session;
  const { encoderHash, source } = clip;
  await publishClip(project.objects!, source.dir, source.hash);
  const byKey = new Map(images.map((image) => [embedKey(encoderHash, image), image]));
  const items = [...byKey].map(([key, image]) => {
    const data: EmbedWork = { image, clip: source.hash, encoderHash, precision: source.precision };
    return { key, data };
  });
  await crew!.make(
    {
      topic: { kind: 'embed', files: source.hash },
      items,
      async findMissing(keys) {
        const there = await readEmbeddings(
          project.db,
          encoderHash,
          keys.map((key) => byKey.get(key)!),
        );
        return keys.filter((key) => !there.has(byKey.get(key)!));
      },
      onProgress: (done, workers) => progress.tick(before + done, { workers }),
    },
    session,
  );
}
