// How often the 95 % intervals of a pair study cover the truth: node --import tsx bench/statistics/coverage.ts
// Each study draws other prompts and other raters from one population whose preference is known.

import { crossedIntervals } from '../../src/judging/verdict/crossed-bootstrap.ts';
import { random } from '../../src/util/random.ts';

const RUNS = 1000;
const DRAWS = 400_000;

/** Spread of prompts and of raters where one vote's noise is 1; prompts, raters. */
const CASES = [
  [0.8, 0, 40, 9],
  [0.2, 0.6, 40, 9],
  [0.7, 0.4, 40, 9],
  [0.7, 0.4, 160, 9],
  [0.7, 0.4, 40, 3],
  [0.7, 0.2, 20, 5],
  [0, 0, 40, 9],
] as const;

const scoreOf = (felt: number): 1 | 0 | -1 => (felt > 0.3 ? 1 : felt < -0.3 ? -1 : 0);

for (const [promptSpread, raterSpread, prompts, raters] of CASES) {
  const truthRng = random(1, 'truth');
  const deviation = Math.hypot(1, promptSpread, raterSpread);
  let truth = 0;
  for (let i = 0; i < DRAWS; i++) truth += (scoreOf(0.4 + deviation * truthRng.normal()) + 1) / 2 / DRAWS;
  let [covered, width] = [0, 0];
  for (let run = 0; run < RUNS; run++) {
    const rng = random(run, 'study', promptSpread, raterSpread);
    const tastes = Array.from({ length: raters }, () => raterSpread * rng.normal());
    const pairs = Array.from({ length: prompts }, (_, prompt) => {
      const lead = 0.4 + promptSpread * rng.normal();
      const votes = tastes.map((taste, rater) => ({ rater, score: scoreOf(lead + taste + rng.normal()) }));
      return { prompt, stratum: 'all', votes };
    });
    const { low, high } = crossedIntervals(pairs, { raters, samples: 400, seed: run }).preference;
    if (low! <= truth && truth <= high!) covered++;
    width += (high! - low!) / RUNS;
  }
  const name = `prompts ${promptSpread}, raters ${raterSpread}: ${prompts} prompts, ${raters} raters`;
  process.stdout.write(`${name}: covered ${((100 * covered) / RUNS).toFixed(1)} %, mean width ${width.toFixed(3)}\n`);
}
