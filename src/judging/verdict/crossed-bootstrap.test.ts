import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Random, random } from '../../util/random.ts';
import { crossedIntervals } from './crossed-bootstrap.ts';
import { countSigns, majority, tally, type Vote, type VotedPair } from './tally.ts';

const votes = (text: string): Vote[] =>
  [...text].map((letter, rater) => ({ rater, score: letter === 'a' ? 1 : letter === 'b' ? -1 : 0 }));
const pair = (text: string, prompt: number): VotedPair => ({ prompt, stratum: 'count', votes: votes(text) });
const ones = (n: number) => new Uint16Array(n).fill(1);

test('majorities and shares by hand', () => {
  assert.deepEqual(
    [majority(5, 4, 0), majority(4, 3, 2), majority(4, 4, 1), majority(3, 3, 3), majority(1, 2, 6), majority(0, 5, 4)],
    [1, 1, 0, 0, 0, -1],
  );
  const pairs = [pair('aab', 0), pair('abb', 1), pair('a--', 2), pair('aaa', 2)];
  assert.deepEqual(tally(pairs, ones(3), ones(3)), { win: 0.5, lose: 0.25, tie: 0.25, net: 0.25, preference: 8 / 12 });
  // Without the first rater: ab is a tie, bb a loss, two ties a tie, aa a win.
  assert.deepEqual(tally(pairs, ones(3), [0, 1, 1]).net, 0);
  assert.deepEqual(countSigns(pairs), { wins: 2, losses: 1 });
});

test('where all agree the interval is the exact binomial one over prompts, and one rater tells nothing of others', () => {
  const all = Array.from({ length: 20 }, (_, i) => pair('aaa', i));
  const { win, lose, net } = crossedIntervals(all, { raters: 3, samples: 100, seed: 0 });
  const reach = 1 - 0.025 ** (1 / 20);
  const rounded = (interval: object) => Object.values(interval).map((value: number) => Number(value.toFixed(12)));
  const expected = (...values: number[]) => values.map((value) => Number(value.toFixed(12)));
  assert.deepEqual(rounded(win), expected(1, 1 - reach, 1));
  assert.deepEqual(rounded(lose), expected(0, 0, reach));
  assert.deepEqual(rounded(net), expected(1, 1 - 2 * reach, 1));
  const one = crossedIntervals([pair('a', 0), pair('b', 1), pair('b', 2)], { raters: 1, samples: 100, seed: 0 });
  assert.deepEqual(one.preference, { estimate: 1 / 3, low: null, high: null });
});

/** Votes of a population: prompts differ by `promptSpread`, raters by `raterSpread`, and each vote has noise of size 1. */
function simulateStudy(
  rng: Random,
  { prompts, raters }: { prompts: number; raters: number },
  spread: [number, number],
) {
  const people = Array.from({ length: raters }, () => spread[1] * rng.normal());
  return Array.from({ length: prompts }, (_, prompt): VotedPair => {
    const lead = 0.4 + spread[0] * rng.normal();
    const own = people.map((taste, rater): Vote => {
      const felt = lead + taste + rng.normal();
      return { rater, score: felt > 0.3 ? 1 : felt < -0.3 ? -1 : 0 };
    });
    return { prompt, stratum: 'count', votes: own };
  });
}

/** `P(felt > 0.3) + P(|felt| ≤ 0.3) / 2` with felt ~ N(0.4, s²), the preference of the population, by simulation. */
function truePreference(spread: [number, number]): number {
  const rng = random(1, 'truth');
  const deviation = Math.hypot(1, ...spread);
  let sum = 0;
  const draws = 200_000;
  for (let i = 0; i < draws; i++) {
    const felt = 0.4 + deviation * rng.normal();
    sum += felt > 0.3 ? 1 : felt < -0.3 ? 0 : 0.5;
  }
  return sum / draws;
}

for (const [name, spread] of [
  ['prompts differ', [0.8, 0]],
  ['raters differ', [0.2, 0.6]],
  ['both differ', [0.7, 0.4]],
] as [string, [number, number]][]) {
  test(`95 % intervals of the preference cover the truth at their rate: ${name}`, () => {
    const truth = truePreference(spread);
    const runs = 150;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const pairs = simulateStudy(random(run, 'study', name), { prompts: 40, raters: 9 }, spread);
      const { low, high } = crossedIntervals(pairs, { raters: 9, samples: 200, seed: run }).preference;
      if (low! <= truth && truth <= high!) covered++;
    }
    // 0.95 ± 2.5 standard errors of 150 runs below; above, the method errs to the wide side.
    assert.ok(covered / runs > 0.905, `covered in ${covered} of ${runs}`);
  });
}
