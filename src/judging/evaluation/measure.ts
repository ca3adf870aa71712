// What the judge says about drawn images, and the features it says it by.

import { decodePng } from '../../pictures/image.ts';
import type { BlobStore } from '../../project/images/blobs.ts';
import { CollimateError } from '../../util/errors.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import type { Progress } from '../../util/progress.ts';
import { type Answer, answerFor, type Judge } from '../../world/judge/judge.ts';
import type { PlannedPrompt } from './plan.ts';

/** An image that has been drawn, with the place of its prompt in the plan. */
export interface DrawnImage {
  readonly id: string;
  readonly hash: string;
  readonly seed: number;
  readonly prompt: number;
}

export interface MeasuredImage extends DrawnImage {
  readonly answer: Answer;
  readonly features: Float32Array;
}

const IMAGES_AT_ONCE = 256;

/** Judges images without noise, in their order. */
export async function judgeImages(
  images: readonly DrawnImage[],
  prompts: readonly PlannedPrompt[],
  { judge, blobs, progress, signal }: { judge: Judge; blobs: BlobStore; progress: Progress; signal: AbortSignal },
): Promise<MeasuredImage[]> {
  const measured: MeasuredImage[] = [];
  for (let start = 0; start < images.length; start += IMAGES_AT_ONCE) {
    throwIfInterrupted(signal);
    const some = images.slice(start, start + IMAGES_AT_ONCE);
    const pictures = await Promise.all(some.map(({ hash }) => decodePng(blobs.getBlob(hash))));
    const verdicts = await judge.judge(pictures.map(({ rgb }) => rgb));
    some.forEach((image, i) => {
      const verdict = verdicts[i]!;
      measured.push({ ...image, answer: answerFor(prompts[image.prompt]!.slots, verdict), features: verdict.features });
    });
    progress.tick(measured.length);
  }
  return measured;
}

/** @throws CollimateError MISMATCH where a model draws pictures that the judge cannot see. */
export function requireWorldSize({ width, height }: { width: number; height: number }, size: number): void {
  if (width === size && height === size) return;
  throw new CollimateError(
    'MISMATCH',
    `evaluate: the judge sees pictures of ${size}×${size}, but the model draws ${width}×${height}`,
    'The automatic judge knows the embedded world only.',
  );
}
