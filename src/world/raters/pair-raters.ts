// Simulated raters of pairs: the judge's eyes with a person's noise. They stand in for people in the embedded world only,
// and every verdict that rests on them says so.

import { random } from '../../util/random.ts';
import { JUDGE_HEADS } from '../judge/classes.ts';
import type { Asked, Seen, SeenPair, SimulatedPairAnswer, SimulatedPairRater } from '../world.ts';

const MEDIAN_MS = { alignment: 4200, fidelity: 3100 } as const;
const SPREAD = 0.5;

/** `count` raters of a seed, each with a noise, a threshold and a lapse rate of their own. */
export function makePairRaters(count: number, seed: number): SimulatedPairRater[] {
  return Array.from({ length: count }, (_, i) => {
    const rng = random(seed, 'pair-rater', i);
    const between = (low: number, high: number) => Number((low + (high - low) * rng.uniform()).toFixed(4));
    return {
      id: `simulated-pairs-${i + 1}`,
      name: `Simulated pair rater ${i + 1}`,
      noise: between(0.08, 0.25),
      tieBelow: between(0.08, 0.2),
      lapse: between(0.01, 0.06),
      seed,
    };
  });
}

/**
 * What the judge sees in a picture, as two qualities between 0 and 1. Alignment: the share of the parts that the prompt
 * names that are right, an unclear part counting half. Fidelity: the mean confidence of the judge's parts, an unclear
 * part counting nothing.
 */
export function qualitiesOf(
  asked: Asked,
  { parts, confidence }: Pick<Seen, 'parts' | 'confidence'>,
): Record<SeenPair['question'], number> {
  const named = JUDGE_HEADS.filter((head) => asked[head] !== undefined);
  const right = named.map((head) => (parts[head] === null ? 0.5 : Number(parts[head] === asked[head])));
  const clear = JUDGE_HEADS.map((head) => (parts[head] === null ? 0 : confidence[head]!));
  const share = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return { alignment: share(right), fidelity: share(clear) };
}

/**
 * A rater's answer about two qualities: `left − right + noise · N(0, 1)`, a tie where that is small (Thurstone, 1927, with a
 * band for ties). It depends on the rater, their seed, the pair and the question alone.
 */
export function answerPair(
  rater: SimulatedPairRater,
  pairId: string,
  question: SeenPair['question'],
  quality: { left: number; right: number },
): SimulatedPairAnswer {
  const rng = random(rater.seed, 'pair-answer', rater.id, pairId, question);
  const felt = quality.left - quality.right + rater.noise * rng.normal();
  const looked = felt > rater.tieBelow ? 'left' : felt < -rater.tieBelow ? 'right' : 'tie';
  const answer = rng.uniform() < rater.lapse ? rng.pick(['left', 'right', 'tie'] as const) : looked;
  const milliseconds = Math.round(Math.max(500, MEDIAN_MS[question] * Math.exp(SPREAD * rng.normal())));
  return { answer, milliseconds };
}
