// How far raters agree where several saw the same image.

/** One answer of one rater about one item. */
export interface AgreementAnswer {
  readonly item: string;
  readonly answer: string;
}

export interface Agreement {
  /** Items with at least two answers. */
  readonly items: number;
  /** Pairs of answers about one item. */
  readonly pairs: number;
  /** Share of these pairs that are alike, each item weighing by its answers as α does, 0 to 1. */
  readonly agreement: number;
  /** Krippendorff's α: 1 is full agreement, 0 what chance gives; null where all answers are alike. */
  readonly alpha: number | null;
}

/**
 * Agreement over items with two answers or more: `α = 1 − D_o / D_e` for nominal data (Krippendorff, 2011, "Computing
 * Krippendorff's alpha-reliability"). Undefined where no item has two answers.
 */
export function measureAgreement(answers: readonly AgreementAnswer[]): Agreement | undefined {
  const items = new Map<string, string[]>();
  for (const { item, answer } of answers) items.set(item, [...(items.get(item) ?? []), answer]);
  const shared = [...items.values()].filter(({ length }) => length > 1);
  if (shared.length === 0) return undefined;
  const total = shared.reduce((sum, { length }) => sum + length, 0);
  const counts = countAnswers(shared.flat());
  let [unlike, pairs] = [0, 0];
  for (const own of shared) {
    const same = [...countAnswers(own).values()].reduce((sum, n) => sum + n * (n - 1), 0);
    const ordered = own.length * (own.length - 1);
    unlike += (ordered - same) / (own.length - 1);
    pairs += ordered / 2;
  }
  const observed = unlike / total;
  const alike = [...counts.values()].reduce((sum, n) => sum + n * (n - 1), 0);
  const expected = 1 - alike / (total * (total - 1));
  return {
    items: shared.length,
    pairs,
    agreement: 1 - observed,
    alpha: expected === 0 ? null : 1 - observed / expected,
  };
}

function countAnswers(answers: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  return counts;
}
