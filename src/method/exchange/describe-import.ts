// What an import did, in words.

import { describeRemarks } from '../../pictures/remarks.ts';
import { formatNumber, plural } from '../../util/text.ts';
import { describeNotes } from './describe-notes.ts';
import type { ImportSummary } from './store-items.ts';

/** A sentence with all counts, and a line for each thing that was decided on the way. */
export function describeImport(summary: ImportSummary): string {
  const { images, knownImages, prompts, ratings, changedRatings, knownRatings, olderRatings } = summary;
  const stored = `Stored ${plural(images, 'image')}${bracket([[knownImages, 'there already']])}, ${plural(prompts, 'prompt')}`;
  const answers = `${plural(ratings, 'answer')}${bracket([
    [changedRatings, 'changed'],
    [knownRatings, 'the same as before'],
    [olderRatings, 'left out: of several answers of one rater about one image the last counts'],
    [summary.derivedRatings, 'left out, since they were made of answers about the very images'],
  ])}`;
  const remarks = describeRemarks(summary.remarks);
  return [
    `${stored} and ${answers}.`,
    ...(summary.pairs + summary.knownPairs > 0
      ? [
          `${plural(summary.pairs, 'pair was stored as it', 'pairs were stored as they')} came${bracket([[summary.knownPairs, 'there already, or made of what is there']])}; the answers are made of them, for the reward function.`,
        ]
      : []),
    ...(summary.decisions > 0
      ? [
          `${plural(summary.decisions, 'decision')} of what a picture shows${bracket([[summary.knownDecisions, 'about pictures that were decided before, which stays']])}.`,
        ]
      : []),
    ...(remarks ? [`Of the pictures: ${remarks}.`] : []),
    ...(summary.timesWithoutOffset > 0
      ? [`${plural(summary.timesWithoutOffset, 'time', 'times')} of answers without an offset: taken for UTC.`]
      : []),
    ...describeNotes(summary.notes),
  ].join('\n');
}

function bracket(parts: readonly (readonly [count: number, words: string])[]): string {
  const said = parts.filter(([count]) => count > 0).map(([count, words]) => `${formatNumber(count)} ${words}`);
  return said.length > 0 ? ` (${said.join(', ')})` : '';
}
