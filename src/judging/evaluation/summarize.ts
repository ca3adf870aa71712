// From judged images to figures by split and category. Pure: no drawing, no files.

import type { PromptSplit } from '../../project/database/schema.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { orderCategories } from '../../project/prompts/categories.ts';
import {
  differenceInterval,
  growthInterval,
  mean,
  meanInterval,
  type Resamples,
  resamplePrompts,
  shareInterval,
} from '../../statistics/bootstrap.ts';
import { random } from '../../util/random.ts';
import type { Contestant, ScoredImage } from './contestants.ts';
import { withinPromptDistance } from './diversity.ts';
import { SPLITS } from './plan.ts';
import type { Comparison, GroupReport } from './report.ts';

export interface SummaryOptions {
  readonly seed: number;
  readonly bootstrapSamples: number;
}

/** What is averaged over prompts; undefined where a prompt has none. */
const MEASURES = {
  good: (images: readonly ScoredImage[]) => share(images, 'good'),
  reward: (images: readonly ScoredImage[]) =>
    images.every(({ reward }) => reward !== null) ? mean(images.map(({ reward }) => reward!)) : undefined,
  diversity: (images: readonly ScoredImage[]) => withinPromptDistance(images.map(({ features }) => features)),
} as const;

type Measure = keyof typeof MEASURES;

function share(images: readonly ScoredImage[], answer: ScoredImage['answer']): number {
  return images.filter((image) => image.answer === answer).length / images.length;
}

/** Nothing where the judge does not tell what is empty. */
function emptyShare(images: readonly ScoredImage[]): { empty?: number } {
  if (images.some(({ empty }) => empty === undefined)) return {};
  return { empty: images.filter(({ empty }) => empty).length / images.length };
}

/** The groups of each contestant, in their order; the first one is the base that the others are compared with. */
export function summarize(
  prompts: readonly Prompt[],
  contestants: readonly Contestant[],
  options: SummaryOptions,
): GroupReport[][] {
  const reports: GroupReport[][] = contestants.map(() => []);
  const categories = orderCategories(prompts.map(({ category }) => category));
  for (const split of SPLITS) {
    for (const category of ['all', ...categories]) {
      const members = [...prompts.keys()].filter(
        (i) => prompts[i]!.split === split && (category === 'all' || prompts[i]!.category === category),
      );
      if (members.length === 0) continue;
      const strata = members.map((i) => prompts[i]!.category);
      const groups = summarizeGroup({ split, category, members, strata }, contestants, options);
      for (const [i, group] of groups.entries()) reports[i]!.push(group);
    }
  }
  return reports;
}

interface Group {
  readonly split: PromptSplit;
  readonly category: string;
  /** Places of its prompts in the plan. */
  readonly members: readonly number[];
  readonly strata: readonly string[];
}

function summarizeGroup(group: Group, contestants: readonly Contestant[], options: SummaryOptions): GroupReport[] {
  const { split, category, members, strata } = group;
  const imagesOf = contestants.map(({ images }) => members.map((i) => images[i]!));
  // One bootstrap over all series, so that every difference is paired.
  const series: number[][] = [];
  const places = imagesOf.map((byPrompt) => {
    const place = (measure: Measure) => {
      const values = byPrompt.map(MEASURES[measure]);
      return values.every((value) => value !== undefined) ? series.push(values) - 1 : null;
    };
    return { good: place('good')!, reward: place('reward'), diversity: place('diversity') };
  });
  const rng = random(options.seed, 'evaluate', 'bootstrap', split, category);
  const resamples = resamplePrompts(series, strata, options.bootstrapSamples, rng);
  const interval = (place: number | null) => (place === null ? null : meanInterval(resamples, place));
  return imagesOf.map((byPrompt, i) => ({
    split,
    category,
    prompts: members.length,
    images: byPrompt.flat().length,
    good: shareInterval(resamples, places[i]!.good),
    unclear: share(byPrompt.flat(), 'unclear'),
    ...emptyShare(byPrompt.flat()),
    reward: interval(places[i]!.reward),
    diversity: interval(places[i]!.diversity),
    versusBase: i === 0 ? null : compare(resamples, places[i]!, places[0]!, byPrompt, imagesOf[0]!),
  }));
}

type Places = Readonly<{ good: number } & Record<'reward' | 'diversity', number | null>>;

function compare(
  resamples: Resamples,
  own: Places,
  base: Places,
  images: readonly (readonly ScoredImage[])[],
  baseImages: readonly (readonly ScoredImage[])[],
): Comparison {
  const difference = (a: number | null, b: number | null) =>
    a === null || b === null ? null : differenceInterval(resamples, a, b);
  return {
    good: differenceInterval(resamples, own.good, base.good),
    growth: growthInterval(resamples, own.good, base.good) ?? null,
    reward: difference(own.reward, base.reward),
    diversity: difference(own.diversity, base.diversity),
    ...countDuels(images, baseImages),
  };
}

/** Pairs the n-th images of each prompt: who alone is good. */
function countDuels(
  images: readonly (readonly ScoredImage[])[],
  baseImages: readonly (readonly ScoredImage[])[],
): Pick<Comparison, 'wins' | 'losses' | 'ties'> {
  const duels = images.flatMap((own, i) =>
    own.flatMap((image, n) => {
      const other = baseImages[i]![n];
      return other ? [Number(image.answer === 'good') - Number(other.answer === 'good')] : [];
    }),
  );
  const rate = (sign: number) => duels.filter((duel) => duel === sign).length / duels.length;
  return { wins: rate(1), losses: rate(-1), ties: rate(0) };
}
