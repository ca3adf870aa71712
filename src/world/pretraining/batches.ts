// Batches of an embedded world: images of scenes, and rows of tables.

import { sceneToTensor } from '../../pictures/image.ts';
import { renderScene } from '../scenes/render.ts';
import type { Scene } from '../scenes/scene.ts';
import type { Scenery } from '../scenes/scenery.ts';

/** Images [B, 3, size, size] of scenes. */
export function renderBatch(scenery: Scenery, scenes: readonly Scene[]): Float32Array {
  const values = 3 * scenery.size ** 2;
  const pixels = new Float32Array(scenes.length * values);
  for (const [i, scene] of scenes.entries()) sceneToTensor(renderScene(scene, scenery), pixels, i * values);
  return pixels;
}

/** Rows of a table [rows, width], one after another. */
export function takeTableRows(table: Float32Array, width: number, rows: readonly number[]): Float32Array {
  const result = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) result.set(table.subarray(row * width, (row + 1) * width), i * width);
  return result;
}
