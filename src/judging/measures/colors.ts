// The colors of objects: by CLIP, as GenEval has it, or by the judge in the embedded world.

import type { RgbImage } from '../../models/clip/resample.ts';
import type { ClipEmbedder } from '../../models/inference/clip.ts';
import type { WorldJudge } from '../../world/world.ts';
import type { Box } from './detector.ts';
import { type ClassifyColors, GENEVAL_COLORS } from './geneval.ts';

/**
 * Zero-shot classification of each object's crop: the color whose texts lie nearest, each color's direction being the mean
 * of `a photo of a <color> <class>`, `a photo of a <color>-colored <class>` and `a photo of a <color> object`. GenEval
 * grays out what its detector's mask leaves out; detectors here give boxes, so the whole crop is seen.
 */
export function clipColors(clip: ClipEmbedder): (picture: RgbImage) => ClassifyColors {
  const known = new Map<string, Promise<Float32Array[]>>();
  const directionsOf = (className: string) => {
    const found = known.get(className) ?? colorDirections(clip, className);
    known.set(className, found);
    return found;
  };
  return (picture) => async (className, objects) => {
    const directions = await directionsOf(className);
    const embeddings = await clip.embedImages(objects.map(({ box }) => crop(picture, box)));
    return embeddings.map((embedding) => {
      const scores = directions.map((direction) => direction.reduce((sum, v, k) => sum + v * embedding[k]!, 0));
      return GENEVAL_COLORS[scores.indexOf(Math.max(...scores))]!;
    });
  };
}

async function colorDirections(clip: ClipEmbedder, className: string): Promise<Float32Array[]> {
  const texts = GENEVAL_COLORS.flatMap((color) => [
    `a photo of a ${color} ${className}`,
    `a photo of a ${color}-colored ${className}`,
    `a photo of a ${color} object`,
  ]);
  const embeddings = await clip.embedTexts(texts);
  return GENEVAL_COLORS.map((_, i) => {
    const sum = embeddings[3 * i]!.map((value, k) => value + embeddings[3 * i + 1]![k]! + embeddings[3 * i + 2]![k]!);
    const length = Math.hypot(...sum);
    return sum.map((value) => value / length);
  });
}

/** The color that the judge sees in a whole picture, whose objects are of one color in the embedded world. */
export function judgeColors(judge: WorldJudge): (picture: RgbImage) => ClassifyColors {
  return ({ rgb }) =>
    async (_className, objects) => {
      const [seen] = await judge.judge([rgb]);
      return objects.map(() => String(seen!.parts.color ?? 'unclear'));
    };
}

/** The part of a picture in a box, its ends rounded to whole pixels; at least one pixel. */
export function crop({ rgb, width, height }: RgbImage, [x0, y0, x1, y1]: Box): RgbImage {
  const left = Math.min(width - 1, Math.max(0, Math.round(x0)));
  const top = Math.min(height - 1, Math.max(0, Math.round(y0)));
  const right = Math.min(width, Math.max(left + 1, Math.round(x1)));
  const bottom = Math.min(height, Math.max(top + 1, Math.round(y1)));
  const rows = Array.from({ length: bottom - top }, (_, y) =>
    rgb.subarray(((top + y) * width + left) * 3, ((top + y) * width + right) * 3),
  );
  return { width: right - left, height: bottom - top, rgb: Uint8Array.from(rows.flatMap((row) => [...row])) };
}
