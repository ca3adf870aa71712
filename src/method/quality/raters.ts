// How each rater does: against the majority of the others, against known answers, against themselves, and how fast.

import type { Interval } from '../../statistics/interval.ts';
import { wilsonInterval } from '../../statistics/wilson.ts';
import type { RaterAnswer } from './dawid-skene.ts';

/** Two answers that should be alike. */
export interface AnswerPair {
  readonly answer: string;
  readonly other: string;
}

/** Counts of pairs of answers: row by `answer`, column by `other`. */
export interface Confusion {
  readonly labels: readonly string[];
  readonly counts: readonly (readonly number[])[];
}

/** The share of alike pairs with its 95 % interval (Wilson, 1927); null where there are none. */
export function shareAlike(pairs: readonly AnswerPair[]): Interval | null {
  if (pairs.length === 0) return null;
  const estimate = pairs.filter(({ answer, other }) => answer === other).length / pairs.length;
  const [low, high] = wilsonInterval(estimate, pairs.length);
  return { estimate, low, high };
}

export function countConfusion(pairs: readonly AnswerPair[], labels: readonly string[]): Confusion {
  const places = new Map(labels.map((label, place) => [label, place]));
  const counts = labels.map(() => labels.map(() => 0));
  for (const { answer, other } of pairs) {
    const [row, column] = [places.get(answer), places.get(other)];
    if (row !== undefined && column !== undefined) counts[row]![column]! += 1;
  }
  return { labels, counts };
}

/**
 * Each rater's answers beside what most of the other raters said about the same item; an item on which the others are tied,
 * or silent, is left out.
 */
export function compareWithRest(answers: readonly RaterAnswer[]): Map<string, AnswerPair[]> {
  const counts = new Map<string, Map<string, number>>();
  for (const { item, answer } of answers) {
    const own = counts.get(item) ?? new Map<string, number>();
    counts.set(item, own.set(answer, (own.get(answer) ?? 0) + 1));
  }
  const pairs = new Map<string, AnswerPair[]>();
  for (const { item, rater, answer } of answers) {
    const rest = [...counts.get(item)!].map(([name, count]) => ({ name, count: count - (name === answer ? 1 : 0) }));
    const [first, second] = rest.toSorted((a, b) => b.count - a.count);
    if (first!.count === 0 || first!.count === second?.count) continue;
    if (!pairs.has(rater)) pairs.set(rater, []);
    pairs.get(rater)!.push({ answer, other: first!.name });
  }
  return pairs;
}

/** Every pair of answers of two raters about one item, both ways round, so that the counts are symmetric. */
export function pairAnswers(answers: readonly RaterAnswer[]): AnswerPair[] {
  const items = new Map<string, RaterAnswer[]>();
  for (const answer of answers) items.set(answer.item, [...(items.get(answer.item) ?? []), answer]);
  return [...items.values()].flatMap((own) =>
    own.flatMap((a) => own.filter((b) => b.rater !== a.rater).map((b) => ({ answer: a.answer, other: b.answer }))),
  );
}
