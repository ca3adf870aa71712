// Claims and what became of them, by rule. Every comparison of the page that could come out is a claim; they are corrected
// together for their number (Holm, 1979).

import type { ContestantReport } from '../../src/judging/evaluation/report.ts';
import { EXPERIMENTS } from '../../src/judging/experiments/catalogue.ts';
import { findGroup } from '../../src/judging/experiments/recipes/groups.ts';
import type { SeedResult } from '../../src/judging/experiments/reproduce.ts';
import { overSeeds } from '../../src/judging/experiments/summary.ts';
import { holm } from '../../src/statistics/holm.ts';
import { poolSeeds } from '../../src/statistics/pooled.ts';
import { normalCdf, studentCentral, studentQuantile } from '../../src/statistics/student.ts';
import { random } from '../../src/util/random.ts';
import type { Reproduction, ResultFiles } from './files.ts';

/** A difference that a claim says is above 0, and how sure it is. */
export interface Difference {
  readonly estimate: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided; 1 where one seed alone says nothing of others. */
  readonly p: number;
  /** What the interval and the p come from. */
  readonly by: 'seeds' | 'prompts' | 'seeds as one';
}

export type Verdict = 'reproduced' | 'opposite' | 'open';

export interface PageClaim {
  /** Where it is told, such as `beta` or `reproduce`. */
  readonly source: string;
  /** What paper rows ask for it by. */
  readonly topic: Topic;
  readonly text: string;
  readonly unit: 'points' | 'number';
  readonly difference: Difference;
}

export interface JudgedClaim extends PageClaim {
  /** Corrected for the number of claims. */
  readonly corrected: number;
  readonly verdict: Verdict;
}

/** What the claims are about; the table of the paper has a row for each that is the paper's. */
export type Topic =
  | 'aligns'
  | 'as far'
  | 'by the paper’s recipe'
  | 'reward against CLIP'
  | 'ranking'
  | 'prompt classification'
  | 'labels'
  | 'pre-training term'
  | 'trade-off'
  | 'best of N'
  | 'against best of N'
  | 'fidelity'
  | 'placebo'
  | 'other';

const LEVEL = 0.05;

/** All claims of the page, judged together. */
export function judgeAll({ experiments, reproductions }: ResultFiles): JudgedClaim[] {
  const claims = withoutTwins([
    ...reproductions.flatMap(claimsOfReproduction),
    ...experiments.flatMap(({ experiment, claims: own, cells }) =>
      own.flatMap(({ text, figure, difference }): PageClaim[] => {
        if (!difference) return [];
        const unit = columnFormat(experiment, figure) === 'share' ? 'points' : 'number';
        return [
          {
            source: experiment,
            topic: topicOf(experiment, text),
            text,
            unit,
            difference: bySeeds(difference, cells.length),
          },
        ];
      }),
    ),
  ]);
  const corrected = holm(claims.map(({ difference }) => difference.p));
  return claims.map((claim, i) => ({
    ...claim,
    corrected: corrected[i]!,
    verdict: judge(claim.difference, corrected[i]!),
  }));
}

/** Reproductions over the same projects, in more and in fewer steps, share pictures of the base and rewards: a claim about those is one. */
function withoutTwins(claims: readonly PageClaim[]): PageClaim[] {
  const keyOf = ({ topic, text, difference: { estimate, low } }: PageClaim) =>
    JSON.stringify([topic, text, estimate, low]);
  return [...new Map(claims.toReversed().map((claim) => [keyOf(claim), claim])).values()].reverse();
}

function judge({ estimate }: Difference, corrected: number): Verdict {
  if (corrected > LEVEL) return 'open';
  return estimate > 0 ? 'reproduced' : 'opposite';
}

function columnFormat(experiment: string, figure: string) {
  return EXPERIMENTS.find(({ name }) => name === experiment)?.columns.find(({ key }) => key === figure)?.format;
}

/** Topics of the experiments' claims by words of theirs; a claim of none is told in its section alone. */
const TOPICS: readonly (readonly [experiment: string, words: RegExp, topic: Topic])[] = [
  ['auxiliary-loss', /CLIP/, 'reward against CLIP'],
  ['auxiliary-loss', /classification/i, 'prompt classification'],
  ['label-budget', /labels/i, 'labels'],
  ['beta', /Without the pre-training term/, 'pre-training term'],
  ['beta', /costs alignment/, 'trade-off'],
  ['beta', /raises the share/, 'aligns'],
  ['data-mixture', /./, 'pre-training term'],
  ['rejection-sampling', /than one image/, 'best of N'],
  ['rejection-sampling', /as good as the best/, 'against best of N'],
];

function topicOf(experiment: string, text: string): Topic {
  return TOPICS.find(([name, words]) => name === experiment && words.test(text))?.[2] ?? 'other';
}

/** A mean over seeds with its interval by Student's t, and the p that goes with it. */
function bySeeds({ estimate, low, high }: Omit<Difference, 'p' | 'by'>, seeds: number): Difference {
  if (low === null || high === null || high === low) return { estimate, low, high, p: 1, by: 'seeds' };
  const t = (Math.abs(estimate) * studentQuantile(0.95, seeds - 1) * 2) / (high - low);
  return { estimate, low, high, p: 1 - studentCentral(t, seeds - 1), by: 'seeds' };
}

/** Figures of seeds each with an interval over its prompts, as if all seeds had asked the same ones: the mean of both. */
function asOne(
  parts: readonly { estimate: number; low: number | null; high: number | null }[],
): Difference | undefined {
  const told = parts.flatMap(({ estimate, low, high }) =>
    low === null || high === null ? [] : [{ estimate, low, high }],
  );
  if (told.length === 0 || told.length < parts.length) return undefined;
  const mean = (of: (part: (typeof told)[0]) => number) => told.reduce((sum, part) => sum + of(part), 0) / told.length;
  const [estimate, low, high] = [mean((part) => part.estimate), mean((part) => part.low), mean((part) => part.high)];
  const z = (Math.abs(estimate) * 2 * 1.96) / (high - low);
  return { estimate, low, high, p: 2 * (1 - normalCdf(z)), by: 'seeds as one' };
}

const SAMPLES = 10_000;

/** Share judged good of one model less another, unseen prompts, all seeds in one bootstrap. */
export function poolGood({ details }: Reproduction, a: string, b: string, category = 'all') {
  const values = details.flatMap(({ seed, prompts }) =>
    prompts.flatMap(({ prompt, split, category: stratum, models }) => {
      const [own, other] = [models[a], models[b]];
      if (split !== 'unseen' || !own || !other || (category !== 'all' && category !== stratum)) return [];
      const share = ({ good, bad, unclear }: typeof own) => good / (good + bad + unclear);
      return [{ seed, prompt, stratum, value: share(own) - share(other) }];
    }),
  );
  return poolSeeds(values, { samples: SAMPLES, rng: random(0, 'results', a, b, category), range: [-1, 1] });
}

export function contestant({ evaluation }: SeedResult, name: string): ContestantReport | undefined {
  return evaluation.contestants.find((one) => one.name === name);
}

/** Over seeds: what each says of itself. */
function compare(seeds: readonly SeedResult[], of: (seed: SeedResult) => number | undefined): Difference | undefined {
  const values = seeds.map(of);
  const told = values.filter((value) => value !== undefined);
  return told.length === 0 || told.length < values.length ? undefined : bySeeds(overSeeds(told), told.length);
}

const goodOf = (seed: SeedResult, name: string) =>
  findGroup(contestant(seed, name)?.groups ?? [], 'unseen')?.good.estimate;

const distanceOf = (seed: SeedResult, name: string) => contestant(seed, name)?.frechet.all.value;

/** One less the other; undefined where either is missing. */
const less = (a: number | undefined, b: number | undefined) => (a === undefined || b === undefined ? undefined : a - b);

/** The paper's 50 % of prompts won less 3 % lost. */
export const PAPER_POINTS = 0.47;
/** What fidelity may lose by the aim that the project set itself. */
const MAY_GROW = 0.2;

/** The paper's method, and the row of it beside another one. */
const PAPERS = 'reward-weighted';

function claimsOfReproduction(reproduction: Reproduction): PageClaim[] {
  const { name: source, seeds, details } = reproduction;
  const good = (a: string, b: string): Difference | undefined => {
    const pooled = details.length > 0 ? poolGood(reproduction, a, b) : undefined;
    return pooled ? { ...pooled, by: 'prompts' } : compare(seeds, (seed) => less(goodOf(seed, a), goodOf(seed, b)));
  };
  const againstBase = (row: string): Difference | undefined =>
    details.length > 0
      ? good(row, 'base')
      : asOne(
          seeds.flatMap((seed) => findGroup(contestant(seed, row)?.groups ?? [], 'unseen')?.versusBase?.good ?? []),
        );
  const gain = againstBase('tuned');
  const { recipe, config } = seeds[0]!;
  /** What another method than the paper's comes to decides no row of the paper's. */
  const ofTuning = (topic: Topic): Topic => ((config.tune.method ?? PAPERS) === PAPERS ? topic : 'other');
  const best = seeds[0]!.evaluation.contestants.find(({ kind }) => kind === 'best-of')?.name ?? 'best-of-16';
  const claim = (topic: Topic, text: string, difference: Difference | undefined, unit: PageClaim['unit'] = 'points') =>
    difference ? [{ source, topic, text, unit, difference }] : [];
  return [
    ...claim(
      ofTuning(recipe === 'paper' ? 'by the paper’s recipe' : 'aligns'),
      'Tuning raises the share judged good of unseen prompts.',
      gain,
    ),
    ...claim(ofTuning('as far'), 'It does so by more than the paper’s 47 points.', gain && shift(gain, -PAPER_POINTS)),
    ...claim(ofTuning('fidelity'), 'The Fréchet distance grows by less than a fifth.', fidelity(seeds)),
    ...claim(
      'reward against CLIP',
      'The reward predicts answers on unseen prompts better than the CLIP score.',
      asOne(seeds.flatMap(({ evaluation }) => findGroup(evaluation.prediction, 'unseen')?.gain ?? [])),
    ),
    ...claim(
      'ranking',
      'Within a prompt, the reward tells the good picture of two more often than the CLIP score.',
      ranking(reproduction),
    ),
    ...claim(
      ofTuning('against best of N'),
      `One image of the tuned model is good more often than the ${best.replaceAll('-', ' ')} of the base.`,
      compare(seeds, (seed) => less(goodOf(seed, 'tuned'), goodOf(seed, best))),
    ),
    ...claim(
      'best of N',
      `The ${best.replaceAll('-', ' ')} of the base, by reward, is good more often than one image.`,
      compare(seeds, (seed) => less(goodOf(seed, best), goodOf(seed, 'base'))),
    ),
    ...claim(
      ofTuning('pre-training term'),
      'Without the pre-training term (β = 0) the Fréchet distance is larger.',
      compare(seeds, (seed) => less(distanceOf(seed, 'beta-0'), distanceOf(seed, 'tuned'))),
      'number',
    ),
    ...claim(
      ofTuning('prompt classification'),
      'With prompt classification in the reward, tuning gains more than without (λ = 0).',
      good('tuned', 'no-prompt-classification'),
    ),
    ...claim('other', 'Tuning gains more than by reward-weighted likelihood.', good('tuned', PAPERS)),
    ...['pairs-alone', 'shuffled-rewards', 'weights-1'].flatMap((row) =>
      claim(ofTuning('placebo'), `Tuning gains more than the placebo ${row}.`, good('tuned', row)),
    ),
  ];
}

function shift({ estimate, low, high, ...rest }: Difference, by: number): Difference {
  const half = low === null || high === null ? Number.POSITIVE_INFINITY : (high - low) / 2;
  const moved = {
    estimate: estimate + by,
    low: low === null ? null : low + by,
    high: high === null ? null : high + by,
  };
  return { ...rest, ...moved, p: 2 * (1 - normalCdf((1.96 * Math.abs(moved.estimate)) / half)) };
}

/** A fifth less what it grew by, with its standard error as if all seeds had asked the same prompts. */
function fidelity(seeds: readonly SeedResult[]): Difference | undefined {
  return asOne(
    seeds.flatMap((seed) => {
      const growth = contestant(seed, 'tuned')?.frechet.all.growth;
      if (!growth) return [];
      const { value, standardError: error } = growth;
      const ends = error === null ? [null, null] : [MAY_GROW - value - 1.96 * error, MAY_GROW - value + 1.96 * error];
      return [{ estimate: MAY_GROW - value, low: ends[0]!, high: ends[1]! }];
    }),
  );
}

function ranking({ details }: Reproduction): Difference | undefined {
  const values = details.flatMap(({ ranking }) => {
    const row = findGroup(ranking, 'unseen');
    return row ? [row.reward.accuracy.estimate - row.clip.accuracy.estimate] : [];
  });
  return values.length === 0 ? undefined : bySeeds(overSeeds(values), values.length);
}
