// The eight places of the larger world: a band of scenery above, ground below, in muted colors and soft shapes. One painter
// each; what varies comes from the scene's stream. Horizons lie above STAND, so that subjects stand on the ground.

import type { Random } from '../../util/random.ts';
import type { PlacePainter } from './backgrounds.ts';
import type { Canvas } from './canvas.ts';
import type { Rgb } from './palette.ts';

/** Width and height of the pictures that these places fill. */
export const SIDE = 48;

/** The first row that is ground in every place. */
export const STAND = 18;

/** Sky to row `horizon`, then ground, with blades or grains of two more tones in it. */
function land(canvas: Canvas, rng: Random, horizon: number, [sky, ground, dark, light]: readonly Rgb[]): void {
  canvas.rect(0, 0, SIDE, horizon, sky!);
  canvas.rect(0, horizon, SIDE, SIDE - horizon, ground!);
  for (let i = 0; i < 12; i++) strip(canvas, rng, horizon, dark!);
  for (let i = 0; i < 8; i++) strip(canvas, rng, horizon, light!);
}

/** A short line somewhere on the ground. */
function strip(canvas: Canvas, rng: Random, horizon: number, color: Rgb): void {
  canvas.rect(rng.int(SIDE) - 2, horizon + 3 + rng.int(SIDE - horizon - 4), 2 + rng.int(3), 1, color);
}

const horizonOf = (rng: Random): number => 14 + rng.int(4);

const city: PlacePainter = (canvas, rng) => {
  const street = horizonOf(rng);
  const gray: Rgb = [106, 104, 116];
  land(canvas, rng, street, [[150, 136, 164], gray, gray, gray]);
  for (let x = -rng.int(5); x < SIDE; ) {
    const width = 7 + rng.int(4);
    building(canvas, x, rng.int(9), width, street, rng);
    x += width;
  }
  canvas.rect(0, street, SIDE, 2, [158, 154, 162]);
  const lane = 30 + rng.int(8);
  for (let x = -rng.int(12); x < SIDE; x += 12) canvas.rect(x, lane, 6, 2, [188, 184, 178]);
};

const WALLS: readonly Rgb[] = [
  [66, 62, 88],
  [80, 74, 100],
  [54, 54, 78],
];

function building(canvas: Canvas, left: number, top: number, width: number, foot: number, rng: Random): void {
  canvas.rect(left, top, width, foot - top, rng.pick(WALLS));
  for (let y = top + 2; y < foot - 2; y += 4) {
    for (let x = left + 1; x < left + width - 2; x += 3) if (rng.int(5) < 3) canvas.rect(x, y, 2, 2, [226, 196, 132]);
  }
}

const beach: PlacePainter = (canvas, rng) => {
  const shore = horizonOf(rng);
  land(canvas, rng, shore, [
    [184, 222, 230],
    [228, 204, 158],
    [212, 186, 138],
    [242, 224, 186],
  ]);
  const cloud = rng.int(SIDE);
  canvas.rect(cloud, 2, 10, 2, [240, 248, 248]);
  canvas.rect(cloud + 2, 1, 5, 1, [240, 248, 248]);
  canvas.rect(0, 6, SIDE, shore - 6, [70, 164, 178]);
  for (let i = 0; i < 7; i++) canvas.rect(rng.int(SIDE), 8 + 2 * rng.int(3), 4, 1, [136, 204, 210]);
  canvas.rect(0, shore, SIDE, 1, [240, 246, 242]);
};

const snow: PlacePainter = (canvas, rng) => {
  const horizon = horizonOf(rng);
  land(canvas, rng, horizon, [
    [156, 182, 208],
    [212, 226, 240],
    [190, 208, 230],
    [236, 244, 252],
  ]);
  for (let x = 2 + rng.int(5); x < SIDE; x += 7 + rng.int(6)) pine(canvas, x, horizon, 8 + rng.int(5));
};

function pine(canvas: Canvas, x: number, foot: number, height: number): void {
  for (let row = 0; row < height; row++) {
    const half = Math.min(3, row >> 1);
    canvas.rect(x - half, foot - height + row, 2 * half + 1, 1, row < 2 ? [236, 242, 250] : [74, 104, 112]);
  }
}

const forest: PlacePainter = (canvas, rng) => {
  const horizon = horizonOf(rng);
  land(canvas, rng, horizon, [
    [42, 62, 54],
    [86, 98, 66],
    [70, 82, 56],
    [112, 116, 76],
  ]);
  for (let x = 1 + rng.int(4); x < SIDE; x += 6 + rng.int(5)) {
    canvas.rect(x, 4, 2, horizon - 4, [104, 78, 60]);
    canvas.rect(x + 2, 4, 1, horizon - 4, [78, 58, 48]);
  }
  for (let x = -rng.int(3); x < SIDE; x += 4 + rng.int(3)) canvas.rect(x, 0, 5, 4 + rng.int(4), [58, 86, 60]);
};

const moon: PlacePainter = (canvas, rng) => {
  const horizon = horizonOf(rng);
  const dust: Rgb = [164, 160, 164];
  land(canvas, rng, horizon, [[22, 20, 40], dust, dust, dust]);
  for (let i = 0; i < 9; i++) canvas.set(rng.int(SIDE), rng.int(horizon), [214, 212, 204]);
  earth(canvas, 2 + rng.int(SIDE - 12), 2 + rng.int(4));
  canvas.rect(0, horizon, SIDE, 1, [190, 186, 188]);
  for (let i = 0; i < 6; i++) crater(canvas, rng.int(SIDE), horizon + 4 + rng.int(SIDE - horizon - 7), 2 + rng.int(2));
};

function earth(canvas: Canvas, left: number, top: number): void {
  canvas.rect(left + 1, top, 4, 6, [72, 122, 170]);
  canvas.rect(left, top + 1, 6, 4, [72, 122, 170]);
  canvas.rect(left + 1, top + 2, 3, 2, [110, 158, 126]);
}

function crater(canvas: Canvas, x: number, y: number, half: number): void {
  canvas.rect(x - half + 1, y - 1, 2 * half - 1, 1, [124, 120, 130]);
  canvas.rect(x - half, y, 2 * half + 1, 1, [138, 134, 142]);
  canvas.rect(x - half + 1, y + 1, 2 * half - 1, 1, [192, 188, 188]);
}

const desert: PlacePainter = (canvas, rng) => {
  const horizon = horizonOf(rng);
  land(canvas, rng, horizon, [
    [232, 206, 176],
    [186, 132, 100],
    [166, 114, 88],
    [206, 154, 118],
  ]);
  for (let x = rng.int(8) - 4; x < SIDE; x += 15 + rng.int(8)) {
    canvas.rect(x, horizon - 7, 8, 7, [150, 88, 76]);
    canvas.rect(x - 2, horizon - 3, 12, 3, [132, 76, 68]);
  }
  const cactus = rng.int(SIDE - 6);
  canvas.rect(cactus + 2, horizon - 8, 2, 9, [82, 110, 84]);
  canvas.rect(cactus, horizon - 6, 2, 2, [82, 110, 84]);
  canvas.rect(cactus + 4, horizon - 5, 2, 2, [82, 110, 84]);
};

const meadow: PlacePainter = (canvas, rng) => {
  const horizon = horizonOf(rng);
  land(canvas, rng, horizon, [
    [172, 208, 240],
    [150, 182, 112],
    [126, 160, 94],
    [178, 204, 140],
  ]);
  for (let x = -rng.int(10); x < SIDE; x += 16 + rng.int(6)) {
    canvas.rect(x + 3, horizon - 5, 10, 2, [118, 156, 116]);
    canvas.rect(x, horizon - 3, 16, 3, [118, 156, 116]);
  }
  const sun = rng.int(SIDE - 6);
  canvas.rect(sun + 1, 1, 4, 6, [250, 240, 200]);
  canvas.rect(sun, 2, 6, 4, [250, 240, 200]);
};

const room: PlacePainter = (canvas, rng) => {
  const skirting = horizonOf(rng);
  const [wall, boards]: Rgb[] = [
    [206, 190, 176],
    [140, 112, 94],
  ];
  land(canvas, rng, skirting, [wall!, boards!, boards!, boards!]);
  for (let y = skirting + 5; y < SIDE; y += 6) canvas.rect(0, y, SIDE, 1, [120, 94, 80]);
  canvas.rect(0, skirting - 1, SIDE, 2, [236, 228, 216]);
  const window = 3 + rng.int(SIDE - 18);
  canvas.rect(window, 2, 12, 10, [240, 234, 224]);
  canvas.rect(window + 1, 3, 10, 8, [150, 182, 204]);
  canvas.rect(window + 5, 3, 2, 8, [240, 234, 224]);
};

export const PLACES: ReadonlyMap<string, PlacePainter> = new Map(
  Object.entries({ city, beach, snow, forest, moon, desert, meadow, room }),
);
