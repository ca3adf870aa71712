// Batches of the embedded world: images of scenes, and ids or embeddings of captions.

import { sceneToTensor } from '../../pictures/image.ts';
import type { Slots } from '../../project/prompts/grammar.ts';
import { heldOutTest, splitPrompts } from '../../project/prompts/split.ts';
import type { Random } from '../../util/random.ts';
import { renderScene } from '../scenes/render.ts';
import type { Scene } from '../scenes/scene.ts';
import { type Pair, samplePair } from './captions.ts';

export const PIXELS = 3 * 32 * 32;

/** Images [B, 3, 32, 32] of scenes. */
export function renderBatch(scenes: readonly Scene[]): Float32Array {
  const pixels = new Float32Array(scenes.length * PIXELS);
  for (const [i, scene] of scenes.entries()) sceneToTensor(renderScene(scene), pixels, i * PIXELS);
  return pixels;
}

export function samplePairs(count: number, rng: Random): Pair[] {
  return Array.from({ length: count }, () => samplePair(rng));
}

/** Rows of a table [rows, width], one after another. */
export function takeTableRows(table: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const result = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) result.set(table.subarray(row * width, (row + 1) * width), i * width);
  return result;
}

/** The test for prompts that no stage but evaluation may see. */
export function heldOutPrompts(): (slots: Slots) => boolean {
  return heldOutTest(splitPrompts());
}
