// What judges learn from: renders as they are, renders with the flaws of drawn images, and spoiled ones that
// nobody could name ("unclear"). Here is what all judges share, and the mixture of the first.

import { sceneToTensor } from '../../pictures/image.ts';
import type { Random } from '../../util/random.ts';
import { renderBackground, renderScene } from '../scenes/render.ts';
import { type Scene, sampleAnyScene } from '../scenes/scene.ts';
import { JUDGE_HEADS, type JudgeClasses, type JudgeHead, UNCLEAR } from './classes.ts';
import type { JudgeDesign } from './designs.ts';

/** The class of each head, by index. */
export type ExampleLabels = Record<JudgeHead, number>;

export interface Example {
  /** float32 [3, size, size] in [−1, 1] */
  readonly pixels: Float32Array;
  readonly labels: ExampleLabels;
}

type Says = Pick<JudgeDesign, 'classes' | 'scenery'>;

/** The indices of what is said of each part. */
export function labelsOf(classes: JudgeClasses, said: Readonly<Record<JudgeHead, string>>): ExampleLabels {
  return Object.fromEntries(JUDGE_HEADS.map((head) => [head, classes[head].indexOf(said[head])])) as ExampleLabels;
}

/** What a scene shows, as a judge names it. */
export function saidOf(scene: Scene): Record<JudgeHead, string> {
  const { count, color, subject, background } = scene;
  return { count: `${count}`, color, subject, background };
}

/** A clean render with its labels. */
export function cleanExample({ classes, scenery }: Says, rng: Random): Example {
  const scene = sampleAnyScene(rng, scenery.grammar);
  return { pixels: sceneToTensor(renderScene(scene, scenery)), labels: labelsOf(classes, saidOf(scene)) };
}

/** What an example of the first judge may be, each with the upper end of its part of [0, 1). */
const KINDS = [
  { below: 0.7, make: cleanExample },
  { below: 0.8, make: blended },
  { below: 0.92, make: spliced },
  { below: 0.97, make: empty },
  { below: 1, make: drowned },
] as const;

/** One training example: seven in ten as rendered but for noise, blur and brightness; the rest spoiled. */
export function firstExample(design: JudgeDesign, rng: Random): Example {
  const kind = rng.uniform();
  const { make } = KINDS.find(({ below }) => kind < below)!;
  const example = make(design, rng);
  return { ...example, pixels: disturb(example.pixels, design.scenery.size, rng) };
}

/** A place without subjects: only the place is clear. */
function empty({ classes, scenery }: Says, rng: Random): Example {
  const { name } = rng.pick(scenery.grammar.backgrounds);
  const labels = labelsOf(classes, { count: UNCLEAR, color: UNCLEAR, subject: UNCLEAR, background: name });
  return { pixels: sceneToTensor(renderBackground(name, rng.int(2 ** 32), scenery)), labels };
}

/** Two scenes shining through each other: nothing is clear that differs. */
export function blended(says: Says, rng: Random): Example {
  const [a, b] = [cleanExample(says, rng), cleanExample(says, rng)];
  const share = 0.35 + 0.3 * rng.uniform();
  const pixels = a.pixels.map((value, i) => share * value + (1 - share) * b.pixels[i]!);
  return { pixels, labels: agreeing(says.classes, a, b) };
}

/** The left or upper part of one scene beside the rest of another: parts that differ are unclear, and so is the count. */
export function spliced(says: Says, rng: Random): Example {
  const [a, b] = [cleanExample(says, rng), cleanExample(says, rng)];
  const { size } = says.scenery;
  const third = Math.floor(size / 3);
  const cut = third + rng.int(third + 3);
  const alongX = rng.uniform() < 0.5;
  const at = (i: number) => (alongX ? i % size : Math.floor(i / size) % size);
  return {
    pixels: a.pixels.map((value, i) => (at(i) < cut ? value : b.pixels[i]!)),
    labels: agreeing(says.classes, a, b),
  };
}

/** Noise over everything. */
export function drowned(says: Says, rng: Random): Example {
  const { pixels } = cleanExample(says, rng);
  const share = 0.2 * rng.uniform();
  const all = { count: UNCLEAR, color: UNCLEAR, subject: UNCLEAR, background: UNCLEAR };
  const noisy = rng.normals(pixels.length).map((noise, i) => share * pixels[i]! + 0.6 * noise);
  return { pixels: noisy, labels: labelsOf(says.classes, all) };
}

/** What two examples have alike; never their count. */
function agreeing(classes: JudgeClasses, a: Example, b: Example): ExampleLabels {
  const labels = JUDGE_HEADS.map((head) => {
    const alike = a.labels[head] === b.labels[head] && head !== 'count';
    return [head, alike ? a.labels[head] : classes[head].indexOf(UNCLEAR)];
  });
  return Object.fromEntries(labels) as ExampleLabels;
}

/** The flaws of images that a model drew: soft edges, grain, a shift of brightness. */
export function disturb(pixels: Float32Array, size: number, rng: Random): Float32Array {
  const softness = rng.uniform() < 0.5 ? 0.5 * rng.uniform() : 0;
  const grain = 0.12 * rng.uniform();
  const shift = 0.1 * rng.normal();
  const soft = softness > 0 ? soften(pixels, size, softness) : pixels;
  return soft.map((value) => Math.max(-1, Math.min(1, value + shift + grain * (rng.uniform() * 2 - 1) * 1.7)));
}

/** Each pixel mixed with the mean of its four neighbours. */
function soften(pixels: Float32Array, size: number, share: number): Float32Array {
  return pixels.map((value, i) => {
    const x = i % size;
    const y = Math.floor(i / size) % size;
    const around =
      pixels[x > 0 ? i - 1 : i]! +
      pixels[x < size - 1 ? i + 1 : i]! +
      pixels[y > 0 ? i - size : i]! +
      pixels[y < size - 1 ? i + size : i]!;
    return (1 - share) * value + (share * around) / 4;
  });
}
