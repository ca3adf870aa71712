// The five places: a band of scenery above, ground below, in muted colors. One painter each; what varies comes from the
// scene's stream (horizon, what stands where) and from `speckle`, a cheap hash for texture.

import type { Random } from '../util/random.ts';
import { type Canvas, SIZE } from './canvas.ts';
import type { Rgb } from './palette.ts';

type Painter = (canvas: Canvas, rng: Random) => void;

/** A texture: true for about `share` of the pixels, fixed by position and seed. */
function speckle(seed: number, x: number, y: number, share: number): boolean {
  let h = Math.imul(x + 1, 0x27d4eb2d) ^ Math.imul(y + 1, 0x165667b1) ^ seed;
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return ((h ^ (h >>> 13)) >>> 0) / 4294967296 < share;
}

function ground(canvas: Canvas, top: number, base: Rgb, marks: readonly (readonly [Rgb, number])[], rng: Random): void {
  canvas.rect(0, top, SIZE, SIZE - top, base);
  for (const [color, share] of marks) {
    const seed = rng.int(2 ** 31);
    for (let y = top + 1; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) if (speckle(seed, x, y, share)) canvas.set(x, y, color);
    }
  }
}

const city: Painter = (canvas, rng) => {
  const horizon = 12 + rng.int(3);
  canvas.rect(0, 0, SIZE, horizon, [142, 128, 156]);
  for (let x = -rng.int(4); x < SIZE; ) {
    const width = 5 + rng.int(3);
    const top = 1 + rng.int(7);
    const wall = rng.pick<Rgb>([
      [66, 62, 88],
      [80, 74, 100],
      [54, 54, 78],
    ]);
    canvas.rect(x, top, width, horizon - top, wall);
    const seed = rng.int(2 ** 31);
    for (let wy = top + 1; wy < horizon - 1; wy += 2) {
      for (let wx = x + 1; wx < x + width - 1; wx += 2)
        if (speckle(seed, wx, wy, 0.6)) canvas.set(wx, wy, [226, 196, 132]);
    }
    x += width;
  }
  canvas.rect(0, horizon, SIZE, SIZE - horizon, [106, 104, 116]);
  canvas.rect(0, horizon, SIZE, 2, [146, 142, 150]);
  const lane = 21 + rng.int(5);
  for (let x = -rng.int(8); x < SIZE; x += 8) canvas.rect(x, lane, 4, 1, [188, 184, 178]);
};

const beach: Painter = (canvas, rng) => {
  const shore = 10 + rng.int(3);
  canvas.rect(0, 0, SIZE, 4, [184, 222, 230]);
  canvas.rect(0, 4, SIZE, shore - 4, [70, 164, 178]);
  const waves = rng.int(2 ** 31);
  for (let y = 5; y < shore; y += 2) {
    for (let x = 0; x < SIZE; x++) if (speckle(waves, x >> 1, y, 0.25)) canvas.set(x, y, [136, 204, 210]);
  }
  ground(
    canvas,
    shore,
    [228, 204, 158],
    [
      [[210, 182, 134], 0.07],
      [[242, 224, 186], 0.05],
    ],
    rng,
  );
  const foam = rng.int(6);
  for (let x = 0; x < SIZE; x++) canvas.set(x, shore + ((x + foam) % 6 < 3 ? 0 : 1), [240, 246, 242]);
};

const snow: Painter = (canvas, rng) => {
  const horizon = 10 + rng.int(3);
  canvas.rect(0, 0, SIZE, horizon, [156, 182, 208]);
  ground(canvas, horizon, [212, 226, 240], [[[190, 208, 230], 0.06]], rng);
  for (let x = 1 + rng.int(4); x < SIZE; x += 5 + rng.int(5)) pine(canvas, x, horizon, 5 + rng.int(4), [74, 104, 112]);
  const flakes = rng.int(2 ** 31);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) if (speckle(flakes, x, y, 0.035)) canvas.set(x, y, [250, 252, 255]);
  }
};

function pine(canvas: Canvas, x: number, foot: number, height: number, color: Rgb): void {
  for (let row = 0; row < height; row++) {
    const half = Math.min(2, row >> 1);
    canvas.rect(x - half, foot - height + row, 2 * half + 1, 1, row === 0 ? [236, 242, 250] : color);
  }
}

const forest: Painter = (canvas, rng) => {
  const horizon = 11 + rng.int(3);
  canvas.rect(0, 0, SIZE, horizon, [44, 66, 56]);
  for (let x = 1 + rng.int(3); x < SIZE; x += 4 + rng.int(4)) canvas.rect(x, 3, 2, horizon - 2, [84, 62, 50]);
  const leaves = rng.int(2 ** 31);
  for (let y = 0; y < 6; y++) {
    for (let x = 0; x < SIZE; x++) {
      if (speckle(leaves, x >> 1, y >> 1, 0.95 - y * 0.12)) canvas.set(x, y, [62, 92, 62]);
    }
  }
  ground(
    canvas,
    horizon,
    [86, 98, 66],
    [
      [[70, 82, 56], 0.1],
      [[112, 116, 76], 0.06],
    ],
    rng,
  );
};

const moon: Painter = (canvas, rng) => {
  const horizon = 10 + rng.int(3);
  canvas.rect(0, 0, SIZE, horizon, [22, 20, 40]);
  const stars = rng.int(2 ** 31);
  for (let y = 0; y < horizon; y++) {
    for (let x = 0; x < SIZE; x++) if (speckle(stars, x, y, 0.06)) canvas.set(x, y, [222, 220, 206]);
  }
  ground(canvas, horizon, [164, 160, 164], [[[148, 144, 150], 0.08]], rng);
  for (let i = 0; i < 6; i++) crater(canvas, rng.int(SIZE), horizon + 3 + rng.int(SIZE - horizon - 3), 1 + rng.int(2));
};

function crater(canvas: Canvas, x: number, y: number, half: number): void {
  canvas.rect(x - half, y, 2 * half + 1, 1, [112, 108, 120]);
  canvas.rect(x - half, y + 1, 2 * half + 1, 1, [134, 130, 140]);
  canvas.rect(x - half + 1, y + 2, 2 * half - 1, 1, [188, 184, 184]);
}

export const BACKGROUNDS: ReadonlyMap<string, Painter> = new Map(Object.entries({ city, beach, snow, forest, moon }));
