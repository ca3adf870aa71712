// How often the 95 % intervals of a share judged good hold the truth, by the number of prompts:
// node --import tsx bench/statistics/few-prompts.ts
// Prompts differ in difficulty p ~ Beta(a, a); each has four images, good with probability p. The true mean is one half, or
// with the difficulties squared, lower.

import { resamplePrompts, shareInterval } from '../../src/statistics/bootstrap.ts';
import { random } from '../../src/util/random.ts';

const RUNS = 2000;
const IMAGES = 4;

for (const hard of [false, true]) {
  const truth = hard ? 1 / 3 : 1 / 2;
  for (const prompts of [4, 6, 8, 12, 24, 48]) {
    let [held, untold] = [0, 0];
    for (let run = 0; run < RUNS; run++) {
      const rng = random(run, 'few', prompts, Number(hard));
      const shares = Array.from({ length: prompts }, () => {
        const p = rng.uniform() ** (hard ? 2 : 1);
        return Array.from({ length: IMAGES }, () => rng.uniform()).filter((value) => value < p).length / IMAGES;
      });
      const strata = shares.map(() => '');
      const { low, high } = shareInterval(resamplePrompts([shares], strata, 400, rng), 0);
      if (low === null || high === null) untold++;
      else if (low <= truth && truth <= high) held++;
    }
    const share = ((100 * held) / (RUNS - untold)).toFixed(1);
    console.log(
      `true share ${truth.toFixed(2)}, ${prompts} prompts: ${share} % hold it; ${untold} of ${RUNS} could not be told`,
    );
  }
}
