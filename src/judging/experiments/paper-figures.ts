// The figures of the paper (Lee et al., 2023) beside those that came, in its units.

import type { PromptSplit } from '../../project/database/schema.ts';
import type { FeedbackData } from '../report/data.ts';
import type { SetVerdict } from '../verdict/sets.ts';
import { findGroup } from './recipes/groups.ts';
import type { SeedEvaluation } from './recipes/recipe.ts';
import type { SetComparison } from './set-study.ts';

/** A figure of the paper, and what came in its place. */
export interface PaperFigure {
  readonly name: string;
  /** How both are written: a share as per cent, `won : lost` in per cent, or a distance, which is another thing in each world. */
  readonly unit: 'share' | 'won : lost' | 'distance';
  /** As the paper has it, shares and distances in order. */
  readonly paper: readonly number[];
  /** In the same order; empty where nothing was measured. */
  readonly came: readonly number[];
}

/** What the paper's figures are compared with. */
export interface PaperSource {
  readonly evaluation: SeedEvaluation;
  readonly sets: readonly SetComparison[];
  readonly feedback: Pick<FeedbackData, 'answers' | 'categories'> | null;
}

/** `won : lost` of the paper's studies: against the base, and against the best 4 of 16. */
const STUDIES = [
  { b: 'base', alignment: [0.5, 0.03], fidelity: [0.1, 0.15] },
  { b: 'best 4 of 16', alignment: [0.2, 0.1], fidelity: [0.03, 0.2] },
] as const;

/** Distances of the paper: the base, labelled alone, with reward-labelled images, and with pre-training pairs. */
const DISTANCES = [
  { row: 'base', about: 'the base', paper: 13.97 },
  { row: 'labelled-alone', about: 'labelled images alone', paper: 26.59 },
  { row: 'without-pairs', about: '+ reward-labelled images', paper: 21.02 },
  { row: 'tuned', about: '+ pre-training pairs', paper: 16.76 },
] as const;

export function comparePaper({ evaluation, sets, feedback }: PaperSource): PaperFigure[] {
  return [
    ...STUDIES.flatMap((study) => compareStudy(study, sets)),
    compareAccuracy(evaluation),
    ...compareAnswers(feedback),
    ...compareDistances(evaluation),
  ];
}

function compareStudy(study: (typeof STUDIES)[number], sets: readonly SetComparison[]): PaperFigure[] {
  const found = sets.find(({ b }) => b === study.b);
  const splits: readonly PromptSplit[] = ['unseen', 'seen'];
  return (['alignment', 'fidelity'] as const).flatMap((question) =>
    splits.map((split): PaperFigure => {
      const verdicts = found?.verdicts.filter((one) => one.question === question && one.split === split) ?? [];
      return {
        name: `${question} against ${study.b}, ${split} prompts`,
        unit: 'won : lost',
        paper: study[question],
        came: verdicts.length === 0 ? [] : countResults(verdicts),
      };
    }),
  );
}

/** Shares of prompts won and lost. */
export function countResults(verdicts: readonly Pick<SetVerdict, 'result'>[]): [won: number, lost: number] {
  const share = (wanted: number) => verdicts.filter(({ result }) => result === wanted).length / verdicts.length;
  return [share(1), share(-1)];
}

function compareAccuracy({ prediction }: SeedEvaluation): PaperFigure {
  const found = findGroup(prediction, 'unseen');
  return {
    name: 'accuracy of the reward, unseen prompts',
    unit: 'share',
    paper: [0.8],
    came: found ? [found.accuracy.estimate] : [],
  };
}

/** The paper's shares of good answers are of all answers, skips among them. */
function compareAnswers(feedback: PaperSource['feedback']): PaperFigure[] {
  const good = (category: string) => {
    const found = feedback?.categories.find((one) => one.category === category);
    return found ? [found.good / (found.good + found.bad + found.skip)] : [];
  };
  const { good: yes, bad, skip } = feedback?.answers ?? { good: 0, bad: 0, skip: 0 };
  const all = yes + bad + skip;
  return [
    { name: 'answers good, count prompts', unit: 'share', paper: [0.344], came: good('count') },
    { name: 'answers good, color prompts', unit: 'share', paper: [0.704], came: good('color') },
    { name: 'answers skipped', unit: 'share', paper: [0.05], came: all === 0 ? [] : [skip / all] },
  ];
}

/** Each distance with what it is of the base's, which is what two worlds have in common. */
function compareDistances({ contestants }: SeedEvaluation): PaperFigure[] {
  const distanceOf = (name: string) => contestants.find((one) => one.name === name)?.frechet.all.value;
  const base = distanceOf('base');
  return DISTANCES.map(({ row, about, paper }): PaperFigure => {
    const value = distanceOf(row);
    return {
      name: `Fréchet distance, and to the base’s: ${about}`,
      unit: 'distance',
      paper: [paper, paper / DISTANCES[0].paper],
      came: value === undefined || base === undefined ? [] : [value, value / base],
    };
  });
}

/** A figure of either side as people read it; – where there is none. */
export function writePaperFigure(unit: PaperFigure['unit'], values: readonly number[]): string {
  if (values.length === 0) return '–';
  if (unit === 'distance') return `${values[0]!.toFixed(2)} (× ${values[1]!.toFixed(2)})`;
  return values.map((value) => `${(100 * value).toFixed(1)} %`).join(' : ');
}
