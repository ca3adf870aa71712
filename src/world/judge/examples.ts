// What the judge learns from: renders as they are, renders with the flaws of drawn images, and spoiled ones that
// nobody could name ("unclear").

import { sceneToTensor } from '../../pictures/image.ts';
import { COUNTS, makeSlots } from '../../project/prompts/grammar.ts';
import { worldGrammar } from '../../project/prompts/world-grammar.ts';
import type { Random } from '../../util/random.ts';
import { renderBackground, renderScene } from '../scenes/render.ts';
import { type Scene, sampleScene } from '../scenes/scene.ts';
import { JUDGE_CLASSES, JUDGE_HEADS, type JudgeHead } from './network.ts';

const PIXELS = 3 * 32 * 32;

/** The class of each head, by index; the last index is unclear. */
export type ExampleLabels = Record<JudgeHead, number>;

export interface Example {
  /** float32 [3, 32, 32] in [−1, 1] */
  readonly pixels: Float32Array;
  readonly labels: ExampleLabels;
}

export function sampleAnyScene(rng: Random): Scene {
  const { subjects, colors, backgrounds } = worldGrammar;
  return sampleScene(
    makeSlots(rng.pick(COUNTS), rng.pick(colors), rng.pick(subjects).singular, rng.pick(backgrounds).name),
    rng,
  );
}

function labelsOf(scene: Scene): ExampleLabels {
  return Object.fromEntries(
    JUDGE_HEADS.map((head) => [head, JUDGE_CLASSES[head].indexOf(String(scene[head]))]),
  ) as ExampleLabels;
}

function unclear(head: JudgeHead): number {
  return JUDGE_CLASSES[head].length;
}

/** A clean render with its labels. */
export function cleanExample(rng: Random): Example {
  const scene = sampleAnyScene(rng);
  return { pixels: sceneToTensor(renderScene(scene)), labels: labelsOf(scene) };
}

/** What an example may be, each with the upper end of its part of [0, 1). */
const KINDS = [
  { below: 0.7, make: cleanExample },
  { below: 0.8, make: blended },
  { below: 0.92, make: spliced },
  { below: 0.97, make: empty },
  { below: 1, make: drowned },
] as const;

/** One training example: seven in ten as rendered but for noise, blur and brightness; the rest spoiled. */
export function trainingExample(rng: Random): Example {
  const kind = rng.uniform();
  const { make } = KINDS.find(({ below }) => kind < below)!;
  const example = make(rng);
  return { ...example, pixels: disturb(example.pixels, rng) };
}

/** A place without subjects: only the place is clear. */
function empty(rng: Random): Example {
  const { name } = rng.pick(worldGrammar.backgrounds);
  const background = JUDGE_CLASSES.background.indexOf(name);
  const [count, color, subject] = [unclear('count'), unclear('color'), unclear('subject')];
  return {
    pixels: sceneToTensor(renderBackground(name, rng.int(2 ** 32))),
    labels: { count, color, subject, background },
  };
}

/** Two scenes shining through each other: nothing is clear that differs. */
function blended(rng: Random): Example {
  const [a, b] = [cleanExample(rng), cleanExample(rng)];
  const share = 0.35 + 0.3 * rng.uniform();
  return {
    pixels: a.pixels.map((value, i) => share * value + (1 - share) * b.pixels[i]!),
    labels: agreeing(a, b, ['count']),
  };
}

/** The left or upper part of one scene beside the rest of another: parts that differ are unclear, and so is the count. */
function spliced(rng: Random): Example {
  const [a, b] = [cleanExample(rng), cleanExample(rng)];
  const cut = 10 + rng.int(13);
  const alongX = rng.uniform() < 0.5;
  const pixels = a.pixels.map((value, i) => ((alongX ? i % 32 : Math.floor(i / 32) % 32) < cut ? value : b.pixels[i]!));
  return { pixels, labels: agreeing(a, b, ['count']) };
}

/** Noise over everything. */
function drowned(rng: Random): Example {
  const { pixels } = cleanExample(rng);
  const share = 0.2 * rng.uniform();
  const labels = Object.fromEntries(JUDGE_HEADS.map((head) => [head, unclear(head)])) as ExampleLabels;
  return { pixels: rng.normals(PIXELS).map((noise, i) => share * pixels[i]! + 0.6 * noise), labels };
}

function agreeing(a: Example, b: Example, never: readonly JudgeHead[]): ExampleLabels {
  return Object.fromEntries(
    JUDGE_HEADS.map((head) => [
      head,
      a.labels[head] === b.labels[head] && !never.includes(head) ? a.labels[head] : unclear(head),
    ]),
  ) as ExampleLabels;
}

/** The flaws of images that a model drew: soft edges, grain, a shift of brightness. */
function disturb(pixels: Float32Array, rng: Random): Float32Array {
  const softness = rng.uniform() < 0.5 ? 0.5 * rng.uniform() : 0;
  const grain = 0.12 * rng.uniform();
  const shift = 0.1 * rng.normal();
  const soft = softness > 0 ? soften(pixels, softness) : pixels;
  return soft.map((value) => Math.max(-1, Math.min(1, value + shift + grain * (rng.uniform() * 2 - 1) * 1.7)));
}

/** Each pixel mixed with the mean of its four neighbours. */
function soften(pixels: Float32Array, share: number): Float32Array {
  return pixels.map((value, i) => {
    const x = i % 32;
    const y = Math.floor(i / 32) % 32;
    const around =
      pixels[x > 0 ? i - 1 : i]! +
      pixels[x < 31 ? i + 1 : i]! +
      pixels[y > 0 ? i - 32 : i]! +
      pixels[y < 31 ? i + 32 : i]!;
    return (1 - share) * value + (share * around) / 4;
  });
}
