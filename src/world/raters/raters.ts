// Simulated raters: the judge's eyes with a person's carelessness. Each has an error rate and a skip rate of their own.
// Those of the first world swap answers wherever they look; those that err like people are in people.ts.

import { type Random, random } from '../../util/random.ts';
import { answerFor } from '../judge/judge.ts';
import type { RaterSettings, ShownImage, SimulatedAnswer, SimulatedRater, WorldAnswer } from '../world.ts';

/** How often a rater gives up on an unclear picture; the rest of the time it counts as not what was asked for. */
const GIVES_UP = 0.8;
/** The median time for an answer, and the standard deviation of its logarithm. */
const MEDIAN_MS = 2600;
const SPREAD = 0.45;

/** The raters of a configuration, the same for the same seed; the rates are uniform in the configured ranges. */
export function makeRaters({ seed, label }: RaterSettings): SimulatedRater[] {
  const between = ([low, high]: readonly [number, number], rng: Random) =>
    Number((low + (high - low) * rng.uniform()).toFixed(4));
  return Array.from({ length: label.raters }, (_, i) => {
    const rng = random(seed, 'rater', i);
    return {
      id: `simulated-${i + 1}`,
      name: `Simulated rater ${i + 1}`,
      errorRate: between(label.errorRate, rng),
      skipRate: between(label.skipRate, rng),
      seed,
    };
  });
}

/** A rater's answer about an image for which the judge says `truth`; it depends on the rater, their seed and the image alone. */
export function simulateAnswer(rater: SimulatedRater, imageId: string, truth: WorldAnswer): SimulatedAnswer {
  const rng = random(rater.seed, 'answer', rater.id, imageId);
  const [skips, givesUp, errs] = [
    rng.uniform() < rater.skipRate,
    rng.uniform() < GIVES_UP,
    rng.uniform() < rater.errorRate,
  ];
  const unclear = truth === 'unclear';
  const seen = truth === 'good' ? 'good' : 'bad';
  const other = seen === 'good' ? 'bad' : 'good';
  const answer = skips || (unclear && givesUp) ? 'skip' : errs ? other : seen;
  return { answer, milliseconds: hesitate(rng, unclear ? 1.8 : 1) };
}

/** The same about an image as a rater has it. */
export function rateByError(rater: SimulatedRater, { id, asked, seen }: ShownImage): SimulatedAnswer {
  return simulateAnswer(rater, id, answerFor(asked, seen));
}

/** The time that an answer takes, in milliseconds, longer by a factor where it is hard. */
export function hesitate(rng: Random, factor: number): number {
  return Math.round(Math.max(400, MEDIAN_MS * factor * Math.exp(SPREAD * rng.normal())));
}
