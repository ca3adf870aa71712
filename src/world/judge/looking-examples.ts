// What the judges of the second world learn from. People name what is there though it is drawn badly: torn and soft subjects
// count, an empty place is empty, more than there are words for is more, and only what is half there is not to be read.

import { sceneToTensor } from '../../pictures/image.ts';
import type { Random } from '../../util/random.ts';
import { spriteTones } from '../scenes/palette.ts';
import { crowd, drawScene, renderBackground, renderScene, type SpriteLook } from '../scenes/render.ts';
import { type Scene, sampleAnyScene } from '../scenes/scene.ts';
import { MIXED, MORE, NONE, UNCLEAR } from './classes.ts';
import type { JudgeDesign } from './designs.ts';
import { blended, cleanExample, disturb, drowned, type Example, labelsOf, saidOf, spliced } from './examples.ts';

/** What an example may be, each with the upper end of its part of [0, 1). */
const KINDS = [
  { below: 0.32, make: cleanExample },
  { below: 0.52, make: torn },
  { below: 0.68, make: crowded },
  { below: 0.77, make: empty },
  { below: 0.83, make: mixedColors },
  { below: 0.89, make: mixedSubjects },
  { below: 0.93, make: fading },
  { below: 0.95, make: blended },
  { below: 0.98, make: spliced },
  { below: 1, make: drowned },
] as const;

/** One training example, with soft edges, grain and a shift of brightness over it. */
export function lookingExample(design: JudgeDesign, rng: Random): Example {
  const kind = rng.uniform();
  const { make } = KINDS.find(({ below }) => kind < below)!;
  const example = make(design, rng);
  const { size } = design.scenery;
  const pixels = rng.uniform() < 0.25 ? coarsen(example.pixels, size, rng.uniform()) : example.pixels;
  return { ...example, pixels: disturb(pixels, size, rng) };
}

/** A place with nothing in it. */
function empty({ classes, scenery }: JudgeDesign, rng: Random): Example {
  const { name } = rng.pick(scenery.grammar.backgrounds);
  const labels = labelsOf(classes, { count: NONE, color: NONE, subject: NONE, background: name });
  return { pixels: sceneToTensor(renderBackground(name, rng.int(2 ** 32), scenery)), labels };
}

/** Subjects with a hole or two in each, of up to a fifth of its pixels, or with patches of another tone: they still count. */
function torn({ classes, scenery }: JudgeDesign, rng: Random): Example {
  const scene = sampleAnyScene(rng, scenery.grammar);
  const rgb = drawScene(scenery, scene, (look) => tear(look, rng));
  return { pixels: sceneToTensor(rgb), labels: labelsOf(classes, saidOf(scene)) };
}

/** Three to nine subjects, whole or torn, that stand as they like and may touch: beyond the world's words there are more. */
function crowded({ classes, scenery }: JudgeDesign, rng: Random): Example {
  const scene = sampleAnyScene(rng, scenery.grammar);
  const [count, overlap, whole] = [3 + rng.int(7), rng.int(5), rng.uniform() < 0.5];
  const rgb = drawScene(scenery, scene, (look) => (whole ? look : tear(look, rng)), crowd(count, overlap));
  const said = { ...saidOf(scene), count: classes.count.includes(`${count}`) ? `${count}` : MORE };
  return { pixels: sceneToTensor(rgb), labels: labelsOf(classes, said) };
}

function tear(look: SpriteLook, rng: Random): SpriteLook {
  const { sprite } = look;
  const holes = Array.from({ length: rng.int(3) }, () => ({
    x: rng.int(sprite.width),
    y: rng.int(sprite.height),
    reach: 1 + rng.int(2),
    tone: rng.uniform() < 0.5 ? undefined : rng.pick(['outline', 'shade', 'light'] as const),
  }));
  const pixels = sprite.pixels.flatMap((pixel) => {
    const hole = holes.find(({ x, y, reach }) => Math.abs(pixel.x - x) <= reach && Math.abs(pixel.y - y) <= reach);
    if (hole === undefined) return [pixel];
    return hole.tone === undefined ? [] : [{ ...pixel, tone: hole.tone }];
  });
  return { ...look, sprite: { ...sprite, pixels } };
}

/** Two or more subjects, one of another color, or all of their own. */
function mixedColors({ classes, scenery }: JudgeDesign, rng: Random): Example {
  const scene = severalOf(scenery.grammar, rng);
  const odd = rng.int(scene.count);
  const color = rng.pick(scenery.grammar.colors.filter((name) => name !== scene.color));
  const tones = spriteTones(scenery.colors.get(color)!, 1);
  const rgb = drawScene(scenery, scene, (look, i) => (i === odd ? { ...look, tones } : look));
  return { pixels: sceneToTensor(rgb), labels: labelsOf(classes, { ...saidOf(scene), color: MIXED }) };
}

/** Two or more subjects, one of another kind; where it reaches over its place, it covers a little of a neighbour. */
function mixedSubjects({ classes, scenery }: JudgeDesign, rng: Random): Example {
  const scene = severalOf(scenery.grammar, rng);
  const odd = rng.int(scene.count);
  const others = scenery.grammar.subjects.filter(({ singular }) => singular !== scene.subject);
  const sprite = scenery.sprites.get(rng.pick(others).singular)!;
  const rgb = drawScene(scenery, scene, (look, i) => (i === odd ? { ...look, sprite } : look));
  return { pixels: sceneToTensor(rgb), labels: labelsOf(classes, { ...saidOf(scene), subject: MIXED }) };
}

function severalOf(grammar: JudgeDesign['scenery']['grammar'], rng: Random): Scene {
  for (;;) {
    const scene = sampleAnyScene(rng, grammar);
    if (scene.count > 1) return scene;
  }
}

/** One subject half there: how many there are is not to be read, and of a single one nothing is. */
function fading({ classes, scenery }: JudgeDesign, rng: Random): Example {
  const scene = sampleAnyScene(rng, scenery.grammar);
  const ghost = rng.int(scene.count);
  const without = drawScene(scenery, scene, (look, i) =>
    i === ghost ? { ...look, sprite: { ...look.sprite, pixels: [] } } : look,
  );
  const share = 0.35 + 0.2 * rng.uniform();
  const [whole, rest] = [sceneToTensor(renderScene(scene, scenery)), sceneToTensor(without)];
  const said = { ...saidOf(scene), count: UNCLEAR, ...(scene.count === 1 && { color: UNCLEAR, subject: UNCLEAR }) };
  return { pixels: whole.map((value, i) => share * value + (1 - share) * rest[i]!), labels: labelsOf(classes, said) };
}

/** Blocks of 2×2 pixels mixed with their mean. */
function coarsen(pixels: Float32Array, size: number, share: number): Float32Array {
  return pixels.map((value, i) => {
    const x = i % size;
    const y = Math.floor(i / size) % size;
    const corner = i - (x % 2) - (y % 2) * size;
    const block = pixels[corner]! + pixels[corner + 1]! + pixels[corner + size]! + pixels[corner + size + 1]!;
    return (1 - share) * value + (share * block) / 4;
  });
}
