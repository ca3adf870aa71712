// Each rater's taste: how their answers differ from what the shared head says, learned by a linear head of their own, and what that
// is worth on prompts that taught nothing. Pure.

import type { Random } from '../../../util/random.ts';
import { type Gain, measureGain } from '../metrics/gain.ts';
import { dot, fitRidge, type Residual } from './ridge.ts';

/** One answer of one rater. */
export interface TasteAnswer {
  readonly raterId: string;
  readonly promptId: string;
  readonly label: 0 | 1;
  /** What the shared head says. */
  readonly shared: number;
  readonly features: Float64Array;
}

export interface TasteReport {
  /** Raters with enough answers. */
  readonly raters: number;
  /** Raters with too few. */
  readonly without: number;
  /** Answers that taught, and answers about prompts that taught nothing, of raters with enough. */
  readonly answers: number;
  readonly measured: number;
  /** How strongly heads are held towards the shared one; by cross-validation over prompts. */
  readonly penalty: number;
  /** Share of a rater's own answers that their head predicts, less that of the shared head; none where nothing measures. */
  readonly gain?: Gain;
  /** Mean squared error of both on the same answers. */
  readonly error?: { readonly own: number; readonly shared: number };
}

export interface Tastes {
  /** [E + 1] by rater. */
  readonly weights: ReadonlyMap<string, Float64Array>;
  readonly report: TasteReport;
}

const PENALTIES = [1, 3, 10, 30, 100];
const FOLDS = 3;
/** Of a rater: beyond these more answers change little, and cost their cube. */
const MOST = 300;

/**
 * A linear head for each rater with at least `enough` answers about prompts that teach.
 *
 * @param validates whether a prompt taught nothing
 */
export function fitTastes(
  answers: readonly TasteAnswer[],
  { enough, validates, rng }: { enough: number; validates: (promptId: string) => boolean; rng: Random },
): Tastes {
  const ofRater = groupBy(answers, ({ raterId }) => raterId);
  const teaching = [...ofRater].map(([id, all]) => [id, all.filter(({ promptId }) => !validates(promptId))] as const);
  const chosen = new Map(
    teaching.filter(([, own]) => own.length >= enough).map(([id, own]) => [id, rng.shuffle(own).slice(0, MOST)]),
  );
  const penalty = choosePenalty([...chosen.values()]);
  const weights = new Map([...chosen].map(([id, own]) => [id, fitRidge(own.map(toResidual), penalty)]));
  const measured = answers.filter(({ raterId, promptId }) => weights.has(raterId) && validates(promptId));
  const counts = {
    raters: weights.size,
    without: ofRater.size - weights.size,
    answers: [...chosen.values()].reduce((sum, { length }) => sum + length, 0),
    measured: measured.length,
    penalty,
  };
  const figures = measured.length > 0 ? measure(measured, weights, rng) : {};
  return { weights, report: { ...counts, ...figures } };
}

const toResidual = ({ features, label, shared }: TasteAnswer): Residual => ({ features, value: label - shared });

function measure(answers: readonly TasteAnswer[], weights: Tastes['weights'], rng: Random) {
  const own = answers.map(({ raterId, shared, features }) => shared + dot(weights.get(raterId)!, features));
  const isRight = (score: number, label: 0 | 1) => Number(score > 0.5 === (label === 1));
  const paired = answers.map(({ promptId, label, shared }, i) => ({
    group: promptId,
    first: isRight(own[i]!, label),
    second: isRight(shared, label),
  }));
  const error = (of: (i: number) => number) =>
    answers.reduce((sum, { label }, i) => sum + (label - of(i)) ** 2, 0) / answers.length;
  return {
    gain: measureGain(paired, rng)!,
    error: { own: error((i) => own[i]!), shared: error((i) => answers[i]!.shared) },
  };
}

/** The one with the least squared error over all raters, whole prompts being left out in turn. */
function choosePenalty(raters: readonly (readonly TasteAnswer[])[]): number {
  const errors = PENALTIES.map((penalty) =>
    raters.reduce((sum, answers) => {
      const prompts = [...new Set(answers.map(({ promptId }) => promptId))].sort();
      const foldOf = new Map(prompts.map((id, i) => [id, i % FOLDS]));
      return sum + Array.from({ length: FOLDS }, (_, fold) => leaveOut(answers, foldOf, fold, penalty)).reduce(add, 0);
    }, 0),
  );
  return PENALTIES[errors.indexOf(Math.min(...errors))]!;
}

const add = (a: number, b: number) => a + b;

function leaveOut(
  answers: readonly TasteAnswer[],
  foldOf: ReadonlyMap<string, number>,
  fold: number,
  penalty: number,
): number {
  const isOut = ({ promptId }: TasteAnswer) => foldOf.get(promptId) === fold;
  const [out, others] = [answers.filter(isOut), answers.filter((answer) => !isOut(answer))];
  if (others.length === 0) return 0;
  const weights = fitRidge(others.map(toResidual), penalty);
  return out.reduce((sum, answer) => sum + (toResidual(answer).value - dot(weights, answer.features)) ** 2, 0);
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(key(item)) ?? [];
    group.push(item);
    groups.set(key(item), group);
  }
  return groups;
}

/** The mean of raters' heads: what a group likes beside what everyone does. */
export function meanTaste(weights: readonly Float64Array[]): Float64Array {
  return weights[0]!.map((_, k) => weights.reduce((sum, of) => sum + of[k]!, 0) / weights.length);
}
