// Pre-training pairs of the embedded world: rendered scenes with captions as careless as those of the web. It is from
// these that the base model learns to draw well and to follow its prompts only roughly.

import { COUNTS, makeSlots, type Slots } from '../../project/prompts/grammar.ts';
import { formatPrompt } from '../../project/prompts/prompt-text.ts';
import { worldGrammar } from '../../project/prompts/world-grammar.ts';
import type { Random } from '../../util/random.ts';
import { type Scene, sampleScene } from '../scenes/scene.ts';

/** How careless captions are; shares, 0 to 1. */
export const CARELESS = {
  /**
   * Captions that count one more than there are: of up to three, since the world has no word for five. People who boast
   * miscount in one direction, and only what is biased survives guidance, which sharpens all that is merely noisy.
   */
  overstated: 0.55,
  /** Captions that name another color, subject or place. */
  color: 0.15,
  subject: 0.05,
  background: 0.05,
  /** Captions that leave out the color, and as often the place. */
  leaveOut: 0.25,
} as const;

export interface Pair {
  readonly scene: Scene;
  readonly caption: string;
}

/** One scene with its caption. Held-out prompts are never captions where `heldOut` is given. */
export function samplePair(rng: Random, heldOut: (slots: Slots) => boolean = () => false): Pair {
  for (;;) {
    const scene = sampleScene(anySlots(rng), rng);
    const slots = describe(scene, rng);
    if (!heldOut(slots)) return { scene, caption: formatPrompt(slots) };
  }
}

/**
 * Scenes that differ in their count alone, one of each count, with captions of their own: beside each other in a batch they
 * make a contrastive loss look at the count, which random pairs hardly ever turn on.
 */
export function sampleCounts(rng: Random): Pair[] {
  const { color, subject, background } = anySlots(rng);
  return COUNTS.map((count) => {
    const scene = sampleScene(makeSlots(count, color, subject, background), rng);
    return { scene, caption: formatPrompt(describe(scene, rng)) };
  });
}

function anySlots(rng: Random): Slots {
  const { subjects, colors, backgrounds } = worldGrammar;
  return makeSlots(rng.pick(COUNTS), rng.pick(colors), rng.pick(subjects).singular, rng.pick(backgrounds).name);
}

function describe(scene: Scene, rng: Random): Slots {
  const { subjects, colors, backgrounds } = worldGrammar;
  const careless = <T>(share: number, truth: T, all: readonly T[]): T =>
    rng.uniform() < share ? rng.pick(all.filter((x) => x !== truth)) : truth;
  const kept = <T>(value: T): T | undefined => (rng.uniform() < CARELESS.leaveOut ? undefined : value);
  const count =
    rng.uniform() < CARELESS.overstated ? (COUNTS.find((more) => more > scene.count) ?? scene.count) : scene.count;
  const color = kept(careless(CARELESS.color, scene.color, colors));
  const subject = careless(
    CARELESS.subject,
    scene.subject,
    subjects.map(({ singular }) => singular),
  );
  const background = kept(
    careless(
      CARELESS.background,
      scene.background,
      backgrounds.map(({ name }) => name),
    ),
  );
  return makeSlots(count, color, subject, background);
}
