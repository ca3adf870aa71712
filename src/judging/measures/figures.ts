// Means over prompts with bootstrap intervals, for several models at once, so that differences from the base are paired.

import type { Prompt } from '../../project/images/prompts.ts';
import { differenceInterval, meanInterval, resamplePrompts } from '../../statistics/bootstrap.ts';
import { random } from '../../util/random.ts';
import { SPLITS } from '../evaluation/plan.ts';
import type { Measured, SplitMeasures } from './report.ts';

/**
 * One figure a model from its values by prompt; the first model is the base.
 *
 * @param strata the category of each prompt
 */
export function measureMeans(
  values: readonly (readonly number[])[],
  strata: readonly string[],
  { name, seed, samples }: { name: string; seed: number; samples: number },
): Measured[] {
  const resamples = resamplePrompts(values, strata, samples, random(seed, 'measures', name));
  return values.map((_, i) => ({
    value: meanInterval(resamples, i),
    versusBase: i === 0 ? null : differenceInterval(resamples, i, 0),
  }));
}

/** What is averaged, by model and prompt; null where nothing gives it. */
export interface PromptValues {
  readonly clipScore: readonly number[][];
  readonly reward: readonly number[][] | null;
  readonly heldOut: readonly number[][] | null;
  readonly diversity: readonly number[][] | null;
}

const NAMES = { clipScore: 'clip', reward: 'reward', heldOut: 'held-out', diversity: 'diversity' } as const;

/** By model: the figures over the prompts of each split, in the order unseen, development, seen. */
export function measureSplits(
  values: PromptValues,
  prompts: readonly Pick<Prompt, 'split' | 'category'>[],
  { seed, samples }: { seed: number; samples: number },
): SplitMeasures[][] {
  const models = values.clipScore.map((): SplitMeasures[] => []);
  for (const split of SPLITS) {
    const members = [...prompts.keys()].filter((i) => prompts[i]!.split === split);
    if (members.length === 0) continue;
    const strata = members.map((i) => prompts[i]!.category);
    const measure = (figure: keyof PromptValues): Measured[] | null => {
      const own = values[figure]?.map((byPrompt) => members.map((i) => byPrompt[i]!));
      return own ? measureMeans(own, strata, { name: `${NAMES[figure]} ${split}`, seed, samples }) : null;
    };
    const [clipScore, reward] = [measure('clipScore')!, measure('reward')];
    const [heldOut, diversity] = [measure('heldOut'), measure('diversity')];
    models.forEach((own, i) => {
      own.push({
        split,
        prompts: members.length,
        clipScore: clipScore[i]!,
        reward: reward?.[i] ?? null,
        heldOut: heldOut?.[i] ?? null,
        diversity: diversity?.[i] ?? null,
      });
    });
  }
  return models;
}
