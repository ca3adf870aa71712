// Pre-training pairs of the embedded world: rendered scenes with captions as careless as those of the web. It is from
// these that the base model learns to draw well and to follow its prompts only roughly.

import { COUNTS, type Count, makeSlots, type Slots } from '../prompts/grammar.ts';
import { formatPrompt } from '../prompts/prompt-text.ts';
import { worldGrammar } from '../prompts/world-grammar.ts';
import type { Random } from '../util/random.ts';
import { type Scene, sampleScene } from '../world/scene.ts';

/** How often a caption gets each part wrong, and how often it leaves one out. */
const CARELESSNESS = { count: 0.4, color: 0.15, subject: 0.06, background: 0.06, leaveOut: 0.25 } as const;

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

function anySlots(rng: Random): Slots {
  const { subjects, colors, backgrounds } = worldGrammar;
  return makeSlots(rng.pick(COUNTS), rng.pick(colors), rng.pick(subjects).singular, rng.pick(backgrounds).name);
}

function describe(scene: Scene, rng: Random): Slots {
  const { subjects, colors, backgrounds } = worldGrammar;
  const careless = <T>(share: number, truth: T, all: readonly T[]): T =>
    rng.uniform() < share ? rng.pick(all.filter((x) => x !== truth)) : truth;
  const kept = <T>(value: T): T | undefined => (rng.uniform() < CARELESSNESS.leaveOut ? undefined : value);
  const count: Count = careless(CARELESSNESS.count, scene.count, COUNTS);
  const color = kept(careless(CARELESSNESS.color, scene.color, colors));
  const subject = careless(
    CARELESSNESS.subject,
    scene.subject,
    subjects.map(({ singular }) => singular),
  );
  const background = kept(
    careless(
      CARELESSNESS.background,
      scene.background,
      backgrounds.map(({ name }) => name),
    ),
  );
  return makeSlots(count, color, subject, background);
}
