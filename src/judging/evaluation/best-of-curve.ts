// How far choosing by reward goes: share judged good, and reward, of the best of 1, 2, 4, … images of the base.

import type { Prompt } from '../../project/images/prompts.ts';
import { mean } from '../../statistics/bootstrap.ts';
import { expectedBestOf } from './best-of.ts';
import type { Contestant } from './contestants.ts';
import { SPLITS } from './plan.ts';
import type { BestOfPoint } from './report.ts';

/** Points at powers of two up to `most`, and at `most`; over the splits that have prompts. */
export function drawCurve(prompts: readonly Prompt[], pool: Contestant, most: number): BestOfPoint[] {
  const sizes = [...new Set([...Array.from({ length: 11 }, (_, i) => 2 ** i).filter((n) => n < most), most])];
  return SPLITS.flatMap((split) => {
    const pools = pool.images.filter((_, i) => prompts[i]!.split === split).map((images) => images.slice(0, most));
    if (pools.length === 0) return [];
    return sizes.map((n) => ({
      split,
      n,
      good: mean(
        pools.map((images) =>
          expectedBestOf(
            images.map(({ reward, answer }) => ({ rank: reward!, value: Number(answer === 'good') })),
            n,
          ),
        ),
      ),
      reward: mean(
        pools.map((images) =>
          expectedBestOf(
            images.map(({ reward }) => ({ rank: reward!, value: reward! })),
            n,
          ),
        ),
      ),
    }));
  });
}
