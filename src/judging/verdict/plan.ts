// What is fixed before the first answer: who is compared with whom, and how the answers will be read.

import { CollimateError } from '../../util/errors.ts';
import { plural } from '../../util/text.ts';

/** Two contestants by name; wins are those of the first. */
export interface NamedComparison {
  readonly a: string;
  readonly b: string;
}

/**
 * Reads `tuned:base,tuned:best-of-16`.
 *
 * @throws CollimateError USAGE for anything else.
 */
export function parseComparisons(text: string): NamedComparison[] {
  const comparisons = text.split(',').map((part) => {
    const [a = '', b = '', ...rest] = part.trim().split(':');
    if (a === '' || b === '' || a === b || rest.length > 0)
      throw new CollimateError(
        'USAGE',
        `evaluate human: expected two names such as tuned:base, got ${JSON.stringify(part)}`,
        'Give comparisons as --compare tuned:base,tuned:best-of-16; wins are those of the first of each two.',
      );
    return { a, b };
  });
  const keys = comparisons.map(({ a, b }) => [a, b].sort().join(':'));
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice === undefined) return comparisons;
  throw new CollimateError('USAGE', `evaluate human: ${twice} is compared twice`, 'Name each two models once.');
}

/** N of `best-of-<N>`; undefined for the name of a model. */
export function readBestOf(name: string): number | undefined {
  const count = /^best-of-(\d+)$/.exec(name)?.[1];
  return count === undefined ? undefined : Number(count);
}

/** The analysis as it is registered: words for people, numbers for the verdict. */
export function makeAnalysisPlan({ a, b }: NamedComparison, ratersPerPair: number, samples: number, seed: number) {
  return {
    primary: `alignment of ${a} against ${b} on unseen prompts, all categories: share of pairs won less share lost, by majority`,
    majority: 'the answer given most often; two that lead together make a tie',
    interval: '95 %, bootstrap crossed over prompts (within categories) and raters',
    test: 'two-sided exact sign test over prompts at level 0.05, ties left out; only the primary one confirms',
    leftOut: 'answers of excluded raters',
    stop: `when every pair has ${plural(ratersPerPair, 'rater')}`,
    samples,
    seed,
  };
}
