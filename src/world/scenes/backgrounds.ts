// The five places: a band of scenery above, ground below, in muted colors. One painter each; what varies comes from the
// scene's stream: the horizon, what stands where, the texture. Horizons lie above FEET, so that subjects stand on the ground.

import type { Random } from '../../util/random.ts';
import type { Canvas } from './canvas.ts';
import { noiseAt } from './canvas.ts';
import type { Rgb } from './palette.ts';

/** Paints a place; what varies comes from `rng`. */
export type PlacePainter = (canvas: Canvas, rng: Random) => void;

/** Width and height of the pictures that these places fill. */
export const SIZE = 32;

/** The first row that is ground in every place. */
export const FEET = 13;

const SEEDS = 2 ** 31;

const city: PlacePainter = (canvas, rng) => {
  const street = 10 + rng.int(3);
  canvas.rect(0, 0, SIZE, street, [142, 128, 156]);
  for (let x = -rng.int(4); x < SIZE; ) {
    const width = 5 + rng.int(3);
    building(canvas, x, rng.int(7), width, street, rng);
    x += width;
  }
  canvas.rect(0, street, SIZE, 2, [150, 146, 154]);
  canvas.rect(0, street + 2, SIZE, SIZE - street - 2, [106, 104, 116]);
  const lane = 21 + rng.int(6);
  for (let x = -rng.int(8); x < SIZE; x += 8) canvas.rect(x, lane, 4, 1, [188, 184, 178]);
};

const WALLS: readonly Rgb[] = [
  [66, 62, 88],
  [80, 74, 100],
  [54, 54, 78],
];

function building(canvas: Canvas, left: number, top: number, width: number, foot: number, rng: Random): void {
  canvas.rect(left, top, width, foot - top, rng.pick(WALLS));
  const lit = rng.int(SEEDS);
  for (let y = top + 1; y < foot - 1; y += 2) {
    for (let x = left + 1; x < left + width - 1; x += 2)
      if (noiseAt(lit, x, y) % 5 < 3) canvas.set(x, y, [226, 196, 132]);
  }
}

const beach: PlacePainter = (canvas, rng) => {
  const shore = 10 + rng.int(3);
  canvas.rect(0, 0, SIZE, 4, [184, 222, 230]);
  const cloud = rng.int(SIZE);
  canvas.rect(cloud, 2, 7, 1, [240, 248, 248]);
  canvas.rect(cloud + 1, 1, 4, 1, [240, 248, 248]);
  canvas.rect(0, 4, SIZE, shore - 4, [70, 164, 178]);
  for (let i = 0; i < 9; i++) canvas.rect(rng.int(SIZE), 5 + 2 * rng.int(3), 3, 1, [136, 204, 210]);
  canvas.rect(0, shore, SIZE, SIZE - shore, [228, 204, 158]);
  canvas.speckle(rng.int(SEEDS), shore + 2, SIZE, 0.07, [210, 182, 134]);
  canvas.speckle(rng.int(SEEDS), shore + 2, SIZE, 0.05, [242, 224, 186]);
  const foam = rng.int(6);
  for (let x = 0; x < SIZE; x++) canvas.set(x, shore + ((x + foam) % 6 < 3 ? 0 : 1), [240, 246, 242]);
};

const snow: PlacePainter = (canvas, rng) => {
  const horizon = 10 + rng.int(3);
  canvas.rect(0, 0, SIZE, horizon, [156, 182, 208]);
  canvas.rect(0, horizon, SIZE, SIZE - horizon, [212, 226, 240]);
  canvas.speckle(rng.int(SEEDS), horizon + 1, SIZE, 0.06, [190, 208, 230]);
  for (let x = 1 + rng.int(4); x < SIZE; x += 5 + rng.int(5)) pine(canvas, x, horizon, 5 + rng.int(4));
  canvas.speckle(rng.int(SEEDS), 0, SIZE, 0.035, [250, 252, 255]);
};

function pine(canvas: Canvas, x: number, foot: number, height: number): void {
  for (let row = 0; row < height; row++) {
    const half = Math.min(2, row >> 1);
    canvas.rect(x - half, foot - height + row, 2 * half + 1, 1, row === 0 ? [236, 242, 250] : [74, 104, 112]);
  }
}

const forest: PlacePainter = (canvas, rng) => {
  const horizon = 10 + rng.int(3);
  canvas.rect(0, 0, SIZE, horizon + 1, [42, 62, 54]);
  for (let x = 1 + rng.int(3); x < SIZE; x += 4 + rng.int(4)) {
    canvas.rect(x, 3, 1, horizon - 2, [104, 78, 60]);
    canvas.rect(x + 1, 3, 1, horizon - 2, [78, 58, 48]);
  }
  leaves(canvas, rng.int(SEEDS));
  canvas.rect(0, horizon + 1, SIZE, SIZE - horizon - 1, [86, 98, 66]);
  for (let x = 0; x < SIZE; x++) if (rng.int(3) > 0) canvas.set(x, horizon, [86, 98, 66]);
  canvas.speckle(rng.int(SEEDS), horizon + 1, SIZE, 0.1, [70, 82, 56]);
  canvas.speckle(rng.int(SEEDS), horizon + 1, SIZE, 0.06, [112, 116, 76]);
};

/** A canopy in clumps of 2×2 that thins out downward, lit from above. */
function leaves(canvas: Canvas, seed: number): void {
  for (let y = 0; y < 6; y += 2) {
    for (let x = 0; x < SIZE; x += 2) {
      const chance = noiseAt(seed, x, y) % 100;
      if (chance >= 95 - 14 * y) continue;
      canvas.rect(x, y, 2, 2, [58, 86, 60]);
      if (chance % 3 === 0) canvas.set(x, y, [84, 112, 72]);
    }
  }
}

const moon: PlacePainter = (canvas, rng) => {
  const horizon = 10 + rng.int(3);
  canvas.rect(0, 0, SIZE, horizon, [22, 20, 40]);
  canvas.speckle(rng.int(SEEDS), 0, horizon, 0.05, [214, 212, 204]);
  earth(canvas, 1 + rng.int(SIZE - 7), 1 + rng.int(3));
  canvas.rect(0, horizon, SIZE, SIZE - horizon, [164, 160, 164]);
  canvas.rect(0, horizon, SIZE, 1, [186, 182, 184]);
  canvas.speckle(rng.int(SEEDS), horizon + 1, SIZE, 0.06, [150, 146, 152]);
  for (let i = 0; i < 6; i++) crater(canvas, rng.int(SIZE), horizon + 3 + rng.int(SIZE - horizon - 5), 1 + rng.int(2));
};

function earth(canvas: Canvas, left: number, top: number): void {
  canvas.rect(left + 1, top, 3, 5, [104, 140, 172]);
  canvas.rect(left, top + 1, 5, 3, [104, 140, 172]);
  canvas.rect(left + 1, top + 1, 2, 2, [132, 158, 128]);
  canvas.set(left + 3, top + 3, [132, 158, 128]);
  canvas.rect(left + 2, top, 2, 1, [214, 224, 230]);
}

function crater(canvas: Canvas, x: number, y: number, half: number): void {
  canvas.rect(x - half + 1, y - 1, 2 * half - 1, 1, [124, 120, 130]);
  canvas.rect(x - half, y, 2 * half + 1, 1, [138, 134, 142]);
  canvas.rect(x - half + 1, y + 1, 2 * half - 1, 1, [192, 188, 188]);
}

export const BACKGROUNDS: ReadonlyMap<string, PlacePainter> = new Map(
  Object.entries({ city, beach, snow, forest, moon }),
);
