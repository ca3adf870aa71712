// A real detector in a file: a network of our own graph, exported to ONNX, that finds red and blue blocks of 8×8 pixels in
// pictures of 32×32. And the means of pictures by channel as a feature network.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { concat, constant, conv2d, mean, reshape } from '../../engine/graph/functions.ts';
import { input } from '../../engine/graph/tensor.ts';
import { toBytes } from '../../engine/onnx/model.ts';
import type { Picture } from '../../pictures/image.ts';

const SIDE = 32;
const CELL = 8;
const CELLS = (SIDE / CELL) ** 2;

/** Writes `blocks.onnx` and `blocks.json` into `dir`; classes dog (red blocks) and cat (blue ones). Returns the config's path. */
export function writeBlockDetector(dir: string): string {
  const pixels = input('images', [1, 3, SIDE, SIDE]);
  // Red less green and blue for the dog, blue less red and green for the cat, averaged over each cell.
  const weights = [1, -1, -1, -1, -1, 1].flatMap((weight) => new Array<number>(CELL * CELL).fill(weight / CELL ** 2));
  const kernel = constant(Float32Array.from(weights), [2, 3, CELL, CELL]);
  const scores = reshape(conv2d(pixels, kernel, undefined, { stride: CELL }), [1, 2, CELLS]);
  const centre = (i: number) => (i + 0.5) * CELL;
  const cells = [...Array(CELLS).keys()];
  const boxes = [
    ...cells.map((i) => centre(i % (SIDE / CELL))),
    ...cells.map((i) => centre(Math.floor(i / (SIDE / CELL)))),
    ...cells.map(() => CELL),
    ...cells.map(() => CELL),
  ];
  const output = concat([constant(Float32Array.from(boxes), [1, 4, CELLS]), scores], 1);
  writeFileSync(join(dir, 'blocks.onnx'), toBytes({ output0: output }));
  return writeConfig(dir, 'blocks.json', {
    model: 'blocks.onnx',
    name: 'blocks',
    input: { name: 'images', width: SIDE, height: SIDE },
    classes: ['dog', 'cat'],
    decode: { type: 'yolo', output: 'output0' },
  });
}

/** Writes a network whose features are the means of the channels, and its config. */
export function writeMeanNetwork(dir: string): string {
  const pixels = input('pixels', [1, 3, SIDE, SIDE]);
  writeFileSync(join(dir, 'means.onnx'), toBytes({ features: mean(pixels, [2, 3]) }));
  return writeConfig(dir, 'means.json', {
    model: 'means.onnx',
    name: 'channel means',
    input: { name: 'pixels', width: SIDE, height: SIDE },
    output: 'features',
  });
}

export function writeConfig(dir: string, name: string, config: object): string {
  const path = join(dir, name);
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** A black picture with blocks at cells (column, row), red or blue. */
export function drawBlocks(
  blocks: readonly (readonly [column: number, row: number, color: 'red' | 'blue'])[],
): Picture {
  const rgb = new Uint8Array(3 * SIDE * SIDE);
  for (const [column, row, color] of blocks)
    for (let y = row * CELL; y < (row + 1) * CELL; y++)
      for (let x = column * CELL; x < (column + 1) * CELL; x++)
        rgb[(y * SIDE + x) * 3 + (color === 'red' ? 0 : 2)] = 255;
  return { rgb, width: SIDE, height: SIDE };
}
