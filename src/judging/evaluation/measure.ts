// What the judge says about drawn images, and the features it says it by.

import { decodePng } from '../../pictures/image.ts';
import type { BlobStore } from '../../project/images/blobs.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { CollimateError } from '../../util/errors.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import type { Progress } from '../../util/progress.ts';
import { type Asked, fitsWorld, type Seen, type World, type WorldAnswer, type WorldJudge } from '../../world/world.ts';

/** An image that has been drawn, with the place of its prompt in the plan. */
export interface DrawnImage {
  readonly id: string;
  readonly hash: string;
  readonly seed: number;
  readonly prompt: number;
}

export interface MeasuredImage extends DrawnImage {
  readonly answer: WorldAnswer;
  readonly features: Float32Array;
  /** Nothing is there: bad, and told apart from other bad pictures; undefined where the judge has no word for it. */
  readonly empty: boolean | undefined;
}

/** With what was asked for and what was seen, as raters need it. */
export interface JudgedImage extends MeasuredImage {
  readonly asked: Asked;
  readonly seen: Seen;
}

const IMAGES_AT_ONCE = 256;

/** Who looks, and at which files. */
export interface Looking {
  readonly world: World;
  readonly judge: WorldJudge;
  readonly blobs: BlobStore;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Judges images without noise, in their order; their prompts are such as the world knows. */
export async function judgeImages(
  images: readonly DrawnImage[],
  prompts: readonly Prompt[],
  { world, judge, blobs, progress, signal }: Looking,
): Promise<JudgedImage[]> {
  const measured: JudgedImage[] = [];
  for (let start = 0; start < images.length; start += IMAGES_AT_ONCE) {
    throwIfInterrupted(signal);
    const some = images.slice(start, start + IMAGES_AT_ONCE);
    const pictures = await Promise.all(some.map(async ({ hash }) => decodePng(await blobs.getBlob(hash))));
    const seen = await judge.judge(pictures.map(({ rgb }) => rgb));
    some.forEach((image, i) => {
      const asked = world.read(prompts[image.prompt]!)!;
      const { features, parts } = seen[i]!;
      const answer = world.answer(asked, seen[i]!);
      const empty = judge.tellsEmpty ? parts.count === 0 : undefined;
      measured.push({ ...image, answer, features, empty, asked, seen: seen[i]! });
    });
    progress.tick(measured.length);
  }
  return measured;
}

/**
 * @param source whose pictures these are, as in “the model draws 64×64”
 * @throws CollimateError MISMATCH for pictures that the judge cannot see.
 */
export function requireWorldSize(
  picture: { width: number; height: number },
  world: World,
  source = 'the model draws',
): void {
  if (fitsWorld(world, picture)) return;
  const { width, height } = world.size;
  throw new CollimateError(
    'MISMATCH',
    `evaluate: the judge sees pictures of ${width}×${height}, but ${source} ${picture.width}×${picture.height}`,
    `The judge knows the ${world.name} world only; \`collimate evaluate human\` has people look.`,
  );
}
