// What an import did, in words.

import { describeRemarks } from '../../pictures/remarks.ts';
import { formatNumber } from '../../util/text.ts';
import { describeNotes } from './describe-notes.ts';
import type { ImportSummary } from './store-items.ts';

/** A sentence with all counts, and a line for each thing that was decided on the way. */
export function describeImport(summary: ImportSummary): string {
  const { images, knownImages, prompts, ratings, changedRatings, knownRatings, olderRatings } = summary;
  const stored = `Stored ${formatNumber(images)} images${bracket([[knownImages, 'were there already']])}, ${formatNumber(prompts)} prompts`;
  const answers = `${formatNumber(ratings)} answers${bracket([
    [changedRatings, 'changed'],
    [knownRatings, 'the same as before'],
    [olderRatings, 'left out, since their rater answered later'],
    [summary.derivedRatings, 'left out, since they were made of answers about the very images'],
  ])}`;
  const remarks = describeRemarks(summary.remarks);
  return [
    `${stored} and ${answers}.`,
    ...(summary.pairs + summary.knownPairs > 0
      ? [
          `${formatNumber(summary.pairs)} pairs were stored as they came${bracket([[summary.knownPairs, 'were there, or made of what is there']])}; the answers are made of them, for the reward function.`,
        ]
      : []),
    ...(remarks ? [`Of the pictures: ${remarks}.`] : []),
    ...(summary.timesWithoutOffset > 0
      ? [`${formatNumber(summary.timesWithoutOffset)} times of answers say no offset; they were taken for UTC.`]
      : []),
    ...describeNotes(summary.notes),
  ].join('\n');
}

function bracket(parts: readonly (readonly [count: number, words: string])[]): string {
  const said = parts.filter(([count]) => count > 0).map(([count, words]) => `${formatNumber(count)} ${words}`);
  return said.length > 0 ? ` (${said.join(', ')})` : '';
}
