// From a scene to its pixels. The same scene gives the same bytes on every machine.

import { countsOf } from '../../project/prompts/grammar.ts';
import { CollimateError } from '../../util/errors.ts';
import { type Random, random } from '../../util/random.ts';
import { Canvas } from './canvas.ts';
import { type Point, placeBoxes, scatterBoxes } from './layout.ts';
import { spriteTones } from './palette.ts';
import type { Scene } from './scene.ts';
import { type Scenery, scenery } from './scenery.ts';
import type { Sprite } from './sprites.ts';

const SHADOW = 0.7;

/** How one subject of a scene is drawn. */
export interface SpriteLook {
  readonly sprite: Sprite;
  readonly tones: ReturnType<typeof spriteTones>;
}

/**
 * The picture of a scene: RGB bytes `[size, size, 3]`, rows from the top.
 *
 * @throws CollimateError PROMPT where the world has no such subject, color or background, or no word for the count.
 */
export function renderScene(scene: Scene, of: Scenery = scenery): Uint8Array {
  return drawScene(of, scene, (look) => look);
}

/** Upper left corners of the subjects of a scene. */
type Placement = (world: Scenery, scene: Scene, rng: Random) => Point[];

/** A scene whose subjects may look otherwise than it says, by their number from 0, and may stand elsewhere. */
export function drawScene(
  world: Scenery,
  scene: Scene,
  change: (look: SpriteLook, i: number) => SpriteLook,
  placement: Placement = placeSprites,
): Uint8Array {
  const sprite = lookUp(world.sprites, 'subject', scene.subject);
  const tones = lookUp(world.colors, 'color', scene.color);
  const paintPlace = lookUp(world.places, 'background', scene.background);
  const canvas = new Canvas(world.size);
  const rng = random(scene.seed, 'scene');

  paintPlace(canvas, rng);
  const look = { sprite, tones: spriteTones(tones, 0.94 + 0.1 * rng.uniform()) };
  for (const [i, { x, y }] of placement(world, scene, rng).entries())
    drawSprite(canvas, change(look, i), x, y, rng.int(2) === 1);
  return new Uint8Array(canvas.bytes.buffer);
}

/** A place with nothing in it. @throws CollimateError PROMPT where the world has no such place. */
export function renderBackground(background: string, seed: number, { places, size }: Scenery = scenery): Uint8Array {
  const canvas = new Canvas(size);
  lookUp(places, 'background', background)(canvas, random(seed, 'scene'));
  return new Uint8Array(canvas.bytes.buffer);
}

/** Upper left corners; each stands on the ground, and one row below it is kept for its shadow. */
function placeSprites(world: Scenery, { count, subject }: Scene, rng: Random): Point[] {
  const counts = countsOf(world.grammar);
  if (!counts.includes(count)) {
    throw new CollimateError(
      'PROMPT',
      `scene: expected a count of 1 to ${counts.length}, got ${count}`,
      'Ask for as many subjects as the world has words for.',
    );
  }
  const { box, top } = roomOf(world, subject);
  return placeBoxes(count, box, world.size, top, rng);
}

/** As many subjects as a crowd has, each reaching up to `overlap` pixels over another. */
export function crowd(count: number, overlap: number): Placement {
  return (world, { subject }, rng) => {
    const { box, top } = roomOf(world, subject);
    return scatterBoxes(count, box, world.size, top, overlap, rng);
  };
}

/** What a subject takes up with its shadow, and the row above which none stands. */
function roomOf(world: Scenery, subject: string) {
  const { width, height } = lookUp(world.sprites, 'subject', subject);
  return { box: { width, height: height + 1 }, top: Math.max(0, world.feet - height) };
}

function drawSprite(canvas: Canvas, { sprite, tones }: SpriteLook, left: number, top: number, flip: boolean): void {
  const { width, height, pixels } = sprite;
  for (let x = 2; x < width - 2; x++) canvas.darken(left + x, top + height, SHADOW);
  for (let x = 1; x < width - 1; x++) canvas.darken(left + x, top + height - 1, SHADOW);
  for (const { x, y, tone } of pixels) canvas.set(left + (flip ? width - 1 - x : x), top + y, tones[tone]);
}

function lookUp<T>(table: ReadonlyMap<string, T>, slot: string, name: string): T {
  const entry = table.get(name);
  if (entry !== undefined) return entry;
  const known = [...table.keys()].join(', ');
  throw new CollimateError('PROMPT', `scene: the world has no ${slot} "${name}"`, `It can draw ${known}.`);
}
