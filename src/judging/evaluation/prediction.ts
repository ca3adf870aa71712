// How well the reward predicts the judge on images that it has never seen, beside the CLIP score. Raters see seen prompts
// only, so this is where unseen prompts come in.

import { REWARD_THRESHOLD } from '../../method/reward/measure.ts';
import { auroc, type Scored } from '../../method/reward/metrics/auroc.ts';
import { calibrationError, reliabilityBins } from '../../method/reward/metrics/calibration.ts';
import { accuracyAt } from '../../method/reward/metrics/threshold.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { orderCategories } from '../../project/prompts/categories.ts';
import { differenceInterval, mean, resamplePrompts, shareInterval } from '../../statistics/bootstrap.ts';
import { random } from '../../util/random.ts';
import type { Contestant, ScoredImage } from './contestants.ts';
import { SPLITS } from './plan.ts';
import type { PredictionRow } from './report.ts';
import type { SummaryOptions } from './summarize.ts';

/**
 * Rows by split and category over all images of a pool that the judge could tell. `clipThreshold` is the cosine above
 * which the CLIP score says good; null leaves its accuracy out.
 */
export function measurePrediction(
  prompts: readonly Prompt[],
  pool: Contestant,
  clipThreshold: number | null,
  options: SummaryOptions,
): PredictionRow[] {
  const categories = orderCategories(prompts.map(({ category }) => category));
  return SPLITS.flatMap((split) =>
    ['all', ...categories].flatMap((category) => {
      const members = prompts.flatMap((prompt, i) => {
        const images = pool.images[i]!.filter(({ answer }) => answer !== 'unclear');
        const belongs = prompt.split === split && (category === 'all' || prompt.category === category);
        return belongs && images.length > 0 ? [{ images, stratum: prompt.category }] : [];
      });
      if (members.length === 0) return [];
      const images = members.flatMap((member) => member.images);
      const byReward = scored(images, ({ reward }) => reward!);
      const byClip = scored(images, ({ clip }) => clip!);
      const bins = reliabilityBins(byReward);
      // Of each prompt the share that each score gets right.
      const right = (of: (image: ScoredImage) => number, threshold: number) =>
        members.map((member) =>
          mean(member.images.map((image) => Number(of(image) > threshold === (image.answer === 'good')))),
        );
      const series = [right(({ reward }) => reward!, REWARD_THRESHOLD), right(({ clip }) => clip!, clipThreshold ?? 0)];
      const strata = members.map(({ stratum }) => stratum);
      const rng = random(options.seed, 'evaluate', 'prediction', split, category);
      const resamples = resamplePrompts(series, strata, Math.min(2000, options.bootstrapSamples), rng);
      return [
        {
          split,
          category,
          images: images.length,
          goodShare: byReward.filter(({ label }) => label === 1).length / images.length,
          accuracy: shareInterval(resamples, 0),
          auroc: auroc(byReward) ?? null,
          calibrationError: calibrationError(bins)!,
          bins,
          clip: {
            accuracy: clipThreshold === null ? null : accuracyAt(byClip, clipThreshold)!,
            auroc: auroc(byClip) ?? null,
          },
          gain: clipThreshold === null ? null : differenceInterval(resamples, 0, 1),
        },
      ];
    }),
  );
}

function scored(images: readonly ScoredImage[], of: (image: ScoredImage) => number): Scored[] {
  return images.map((image) => ({ score: of(image), label: image.answer === 'good' ? 1 : 0 }));
}
