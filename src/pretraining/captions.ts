// Pre-training pairs of the embedded world: rendered scenes with captions as careless as those of the web. It is from
// these that the base model learns to draw well and to follow its prompts only roughly.

import { COUNTS, type Count, makeSlots, type Slots } from '../prompts/grammar.ts';
import { formatPrompt } from '../prompts/prompt-text.ts';
import { worldGrammar } from '../prompts/world-grammar.ts';
import type { Random } from '../util/random.ts';
import { type Scene, sampleScene } from '../world/scene.ts';

/** How often a caption gets each part wrong, and how often it leaves one out; shares, 0 to 1. */
export interface Carelessness {
  readonly count: number;
  readonly color: number;
  readonly subject: number;
  readonly background: number;
  readonly leaveOut: number;
}

/** Captions as found. */
export const CARELESS: Carelessness = { count: 0.4, color: 0.15, subject: 0.06, background: 0.06, leaveOut: 0.25 };
/** What is left after the worst were sorted out, as Stable Diffusion's last stages trained on a better part of their data. */
export const CURATED: Carelessness = { count: 0.15, color: 0.05, subject: 0.02, background: 0.02, leaveOut: 0.2 };

export interface Pair {
  readonly scene: Scene;
  readonly caption: string;
}

/** One scene with its caption. Held-out prompts are never captions where `heldOut` is given. */
export function samplePair(
  rng: Random,
  heldOut: (slots: Slots) => boolean = () => false,
  carelessness: Carelessness = CURATED,
): Pair {
  for (;;) {
    const scene = sampleScene(anySlots(rng), rng);
    const slots = describe(scene, rng, carelessness);
    if (!heldOut(slots)) return { scene, caption: formatPrompt(slots) };
  }
}

/**
 * Scenes that differ in their count alone, one of each count, with captions of their own: beside each other in a batch they
 * make a contrastive loss look at the count, which random pairs hardly ever turn on.
 */
export function sampleCounts(rng: Random, carelessness: Carelessness): Pair[] {
  const { color, subject, background } = anySlots(rng);
  return COUNTS.map((count) => {
    const scene = sampleScene(makeSlots(count, color, subject, background), rng);
    return { scene, caption: formatPrompt(describe(scene, rng, carelessness)) };
  });
}

function anySlots(rng: Random): Slots {
  const { subjects, colors, backgrounds } = worldGrammar;
  return makeSlots(rng.pick(COUNTS), rng.pick(colors), rng.pick(subjects).singular, rng.pick(backgrounds).name);
}

function describe(scene: Scene, rng: Random, shares: Carelessness): Slots {
  const { subjects, colors, backgrounds } = worldGrammar;
  const careless = <T>(share: number, truth: T, all: readonly T[]): T =>
    rng.uniform() < share ? rng.pick(all.filter((x) => x !== truth)) : truth;
  const kept = <T>(value: T): T | undefined => (rng.uniform() < shares.leaveOut ? undefined : value);
  const count: Count = careless(shares.count, scene.count, COUNTS);
  const color = kept(careless(shares.color, scene.color, colors));
  const subject = careless(
    shares.subject,
    scene.subject,
    subjects.map(({ singular }) => singular),
  );
  const background = kept(
    careless(
      shares.background,
      scene.background,
      backgrounds.map(({ name }) => name),
    ),
  );
  return makeSlots(count, color, subject, background);
}
