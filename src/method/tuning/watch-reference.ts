// What samples are held against: pictures of the pre-training pairs, which tuning is to stay near; where there are none,
// images that the base drew, so that the distance tells drift alone.

import { join } from 'node:path';
import type { ClipEmbedder } from '../../models/inference/clip.ts';
import { latentSizes } from '../../models/inference/latents.ts';
import { listImages } from '../../project/images/images.ts';
import { listPrompts } from '../../project/images/prompts.ts';
import { plural } from '../../util/text.ts';
import { fitsWorld } from '../../world/world.ts';
import { embedImages } from '../reward/embeddings.ts';
import type { Session } from '../session.ts';
import { cachedVectors } from './cache.ts';
import { openPairs, type PairSource } from './pairs.ts';
import type { Prepared } from './prepare.ts';

/** Pairs, or images of the project by the hashes of their files. */
export type ReferenceSource = { readonly description: string } & (
  | { readonly pairs: PairSource; readonly width: number; readonly height: number }
  | { readonly hashes: readonly string[] }
);

/** More would cost time and hardly change a distance of a few dozen samples. */
const MOST = 256;

/** The reference of a run: pairs also where they are not learned from (β = 0), as long as they fit the model. */
export async function chooseReference(
  { project: { db, dir }, world }: Pick<Session, 'project' | 'world'>,
  prepared: Prepared,
): Promise<ReferenceSource> {
  const { pipeline, baseHash, settings, seed } = prepared;
  const { picture } = latentSizes(pipeline);
  const { pretrainData: data, pretrainPairs } = settings;
  const fits = data !== 'embedded' || (world !== null && fitsWorld(world, picture));
  const others = {
    data: fits ? data : 'none',
    projectDir: dir,
    world,
    count: Math.min(MOST, pretrainPairs),
    seed,
    heldOut: new Set((await listPrompts(db)).flatMap(({ split, text }) => (split === 'seen' ? [] : [text]))),
    ...picture,
    fit: settings.fit,
  };
  const pairs = prepared.pairs.captions.length > 0 ? prepared.pairs : await openPairs(others);
  const count = Math.min(MOST, pairs.captions.length);
  if (count >= 2) return { description: `pictures of ${count} pre-training pairs`, pairs, ...picture };
  const drawn = await listImages(db, { purpose: 'feedback', modelHash: baseHash, split: 'seen' });
  const [images, whose] =
    drawn.length > 0 ? [drawn, 'that the base drew'] : [prepared.images, 'that tuning learns from'];
  const hashes = [...new Set(images.map(({ hash }) => hash))].sort().slice(0, MOST);
  return { description: `${plural(hashes.length, 'image')} ${whose}`, hashes };
}

/** Embeddings [E] of the reference, computed once. */
export async function embedReference(
  session: Session,
  clip: ClipEmbedder,
  source: ReferenceSource,
): Promise<Float32Array[]> {
  if ('hashes' in source) return [...(await embedImages(session, clip, source.hashes)).values()];
  const { pairs, width, height } = source;
  const keys = pairs.keys.slice(0, MOST);
  const compute = async (start: number, end: number) => {
    const indexes = Array.from({ length: end - start }, (_, i) => start + i);
    const pictures = await Promise.all(indexes.map(async (i) => ({ rgb: await pairs.picture(i), width, height })));
    const rows = await clip.embedImages(pictures);
    const flat = new Float32Array(rows.length * clip.width);
    rows.forEach((row, i) => void flat.set(row, i * clip.width));
    return flat;
  };
  const all = await cachedVectors(keys, clip.width, compute, {
    dir: join(session.project.dir, 'cache', 'clip'),
    encoder: clip.encoderHash,
    signal: session.signal,
  });
  return keys.map((_, i) => all.subarray(i * clip.width, (i + 1) * clip.width));
}
