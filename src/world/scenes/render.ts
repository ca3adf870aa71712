// From a scene to its pixels. The same scene gives the same bytes on every machine.

import { CollimateError } from '../../util/errors.ts';
import { type Random, random } from '../../util/random.ts';
import { BACKGROUNDS, FEET } from './backgrounds.ts';
import { Canvas } from './canvas.ts';
import { placeBoxes } from './layout.ts';
import { COLOR_TONES, spriteTones } from './palette.ts';
import type { Scene } from './scene.ts';
import { SPRITES, type Sprite } from './sprites.ts';

const SHADOW = 0.7;

/**
 * The picture of a scene: RGB bytes `[32, 32, 3]`, rows from the top.
 *
 * @throws CollimateError PROMPT where the world has no such subject, color or background, or count is not 1 to 4.
 */
export function renderScene(scene: Scene): Uint8Array {
  const sprite = lookUp(SPRITES, 'subject', scene.subject);
  const tones = lookUp(COLOR_TONES, 'color', scene.color);
  const paintBackground = lookUp(BACKGROUNDS, 'background', scene.background);
  const canvas = new Canvas();
  const rng = random(scene.seed, 'scene');

  paintBackground(canvas, rng);
  const palette = spriteTones(tones, 0.94 + 0.1 * rng.uniform());
  for (const { x, y } of placeSprites(scene, rng)) drawSprite(canvas, sprite, x, y, rng.int(2) === 1, palette);
  return new Uint8Array(canvas.bytes.buffer);
}

/** A place with nothing in it, RGB bytes `[32, 32, 3]`. @throws CollimateError PROMPT where the world has no such place. */
export function renderBackground(background: string, seed: number): Uint8Array {
  const canvas = new Canvas();
  lookUp(BACKGROUNDS, 'background', background)(canvas, random(seed, 'scene'));
  return new Uint8Array(canvas.bytes.buffer);
}

/** Upper left corners; each stands at row FEET or lower, and one row below it is kept for its shadow. */
function placeSprites({ count, subject }: Scene, rng: Random): { x: number; y: number }[] {
  if (![1, 2, 3, 4].includes(count)) {
    throw new CollimateError(
      'PROMPT',
      `scene: expected a count of 1 to 4, got ${count}`,
      'Ask for one to four subjects.',
    );
  }
  const { width, height } = lookUp(SPRITES, 'subject', subject);
  return placeBoxes(count, width, height + 1, Math.max(0, FEET - height), rng);
}

function drawSprite(
  canvas: Canvas,
  { width, height, pixels }: Sprite,
  left: number,
  top: number,
  flip: boolean,
  palette: ReturnType<typeof spriteTones>,
): void {
  for (let x = 2; x < width - 2; x++) canvas.darken(left + x, top + height, SHADOW);
  for (let x = 1; x < width - 1; x++) canvas.darken(left + x, top + height - 1, SHADOW);
  for (const { x, y, tone } of pixels) canvas.set(left + (flip ? width - 1 - x : x), top + y, palette[tone]);
}

function lookUp<T>(table: ReadonlyMap<string, T>, slot: string, name: string): T {
  const entry = table.get(name);
  if (entry !== undefined) return entry;
  const known = [...table.keys()].join(', ');
  throw new CollimateError('PROMPT', `scene: the world has no ${slot} "${name}"`, `It can draw ${known}.`);
}
