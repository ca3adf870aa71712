// How much the U-Net's loss counts each part of a scene: subjects take up a tenth of a picture, and hold most of what
// prompts are about.

import { renderBackground, renderScene } from '../scenes/render.ts';
import type { Scene } from '../scenes/scene.ts';
import type { Scenery } from '../scenes/scenery.ts';

/**
 * Weights of latents, a row a scene, a value for each of `side × side` cells: `weight` where a subject or its shadow has a
 * pixel, 1 elsewhere, over their mean, so that the loss keeps its scale.
 */
export function subjectWeights(scenery: Scenery, scenes: readonly Scene[], side: number, weight: number): Float32Array {
  const weights = new Float32Array(scenes.length * side ** 2).fill(1);
  if (weight === 1) return weights;
  const cell = scenery.size / side;
  for (const [i, scene] of scenes.entries())
    for (const pixel of pixelsOfSubjects(scenery, scene)) {
      const [x, y] = [pixel % scenery.size, Math.floor(pixel / scenery.size)];
      weights[i * side ** 2 + Math.floor(y / cell) * side + Math.floor(x / cell)] = weight;
    }
  const mean = weights.reduce((total, one) => total + one, 0) / weights.length;
  return weights.map((one) => one / mean);
}

/** A place is drawn alike with subjects and without. */
function pixelsOfSubjects(scenery: Scenery, scene: Scene): number[] {
  const [full, bare] = [renderScene(scene, scenery), renderBackground(scene.background, scene.seed, scenery)];
  const pixels = Array.from({ length: scenery.size ** 2 }, (_, pixel) => pixel);
  return pixels.filter((pixel) => [0, 1, 2].some((channel) => full[3 * pixel + channel] !== bare[3 * pixel + channel]));
}
