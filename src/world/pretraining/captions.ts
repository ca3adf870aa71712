// Pre-training pairs of an embedded world: rendered scenes with captions as careless as those of the web. It is from
// these that the base model learns to draw well and to follow its prompts only roughly.

import { countsOf, type Grammar, makeSlots, type Slots } from '../../project/prompts/grammar.ts';
import { formatPrompt } from '../../project/prompts/prompt-text.ts';
import type { Random } from '../../util/random.ts';
import { anySlots, type Scene, sampleScene } from '../scenes/scene.ts';

/** How careless captions are; shares, 0 to 1. */
export interface Faults {
  /** Captions that count one more than there are, where the world has a word for it. */
  readonly overstated: number;
  /** Captions that count one less than there are, where there is more than one. */
  readonly understated: number;
  /** Captions that name another color, subject or place. */
  readonly color: number;
  readonly subject: number;
  readonly background: number;
  /** Captions that leave out the color, and as often the place. */
  readonly leaveOut: number;
}

const OTHERWISE = { color: 0.15, subject: 0.05, background: 0.05, leaveOut: 0.25 };

/**
 * The faults by name. `over`: people who boast miscount in one direction, and only what is biased survives guidance, which
 * sharpens all that is merely noisy. `both`: counts are wrong in either direction, as those of real captions are.
 */
export const FAULTS = {
  over: { overstated: 0.3, understated: 0, ...OTHERWISE },
  both: { overstated: 0.2, understated: 0.15, ...OTHERWISE },
} as const satisfies Readonly<Record<string, Faults>>;

export type FaultsName = keyof typeof FAULTS;

/** Those of the first embedded world, of whose counts none was understated. */
export const FIRST_FAULTS: Faults = { overstated: 0.55, understated: 0, ...OTHERWISE };

export interface Pair {
  readonly scene: Scene;
  readonly caption: string;
}

/** What captions are drawn by. */
export interface Captioning {
  readonly grammar: Grammar;
  readonly faults: Faults;
  /** What no caption may ask for. */
  readonly heldOut: (slots: Slots) => boolean;
  /** What is drawn anew where a caption asks for that: in the first world the scene too, as its pairs always were. */
  readonly redraws: 'scene' | 'caption';
}

/** One scene with its caption. */
export function samplePair(captioning: Captioning, rng: Random): Pair {
  const { grammar, faults, heldOut, redraws } = captioning;
  for (;;) {
    const scene = sampleScene(anySlots(rng, grammar), rng, grammar);
    if (redraws === 'caption') return { scene, caption: captionOf(captioning, scene, rng) };
    const slots = describe(grammar, faults, scene, rng);
    if (!heldOut(slots)) return { scene, caption: formatPrompt(slots, grammar) };
  }
}

/**
 * Scenes that differ in their count alone, one of each count, with captions of their own: beside each other in a batch they
 * make a contrastive loss look at the count, which random pairs hardly ever turn on.
 */
export function sampleCounts(captioning: Captioning, rng: Random): Pair[] {
  const { grammar } = captioning;
  const { color, subject, background } = anySlots(rng, grammar);
  return countsOf(grammar).map((count) => {
    const scene = sampleScene(makeSlots(count, color, subject, background), rng, grammar);
    return { scene, caption: captionOf(captioning, scene, rng) };
  });
}

/** A careless caption of a scene, such as it may have. */
export function captionOf({ grammar, faults, heldOut }: Captioning, scene: Scene, rng: Random): string {
  for (;;) {
    const slots = describe(grammar, faults, scene, rng);
    if (!heldOut(slots)) return formatPrompt(slots, grammar);
  }
}

function describe(grammar: Grammar, faults: Faults, scene: Scene, rng: Random): Slots {
  const { subjects, colors, backgrounds } = grammar;
  const careless = <T>(share: number, truth: T, all: readonly T[]): T =>
    rng.uniform() < share ? rng.pick(all.filter((x) => x !== truth)) : truth;
  const kept = <T>(value: T): T | undefined => (rng.uniform() < faults.leaveOut ? undefined : value);
  const names = subjects.map(({ singular }) => singular);
  const places = backgrounds.map(({ name }) => name);
  const count = miscount(faults, scene.count, countsOf(grammar), rng);
  const color = kept(careless(faults.color, scene.color, colors));
  const subject = careless(faults.subject, scene.subject, names);
  const background = kept(careless(faults.background, scene.background, places));
  return makeSlots(count, color, subject, background);
}

function miscount({ overstated, understated }: Faults, count: number, counts: readonly number[], rng: Random): number {
  const chance = rng.uniform();
  const said = chance < overstated ? count + 1 : chance < overstated + understated ? count - 1 : count;
  return counts.includes(said) ? said : count;
}
