// What an import left out and how it read the rest, in lines for people.

import { formatNumber } from '../../util/text.ts';
import type { ImportReport } from './notes.ts';

/** A line for each reason, way of reading and row; none where nothing was left out. */
export function describeNotes({ leftOut, passedOver, readAs, bad }: ImportReport): string[] {
  const columns = Object.entries(passedOver).map(([name, count]) => `${name} (${formatNumber(count)})`);
  const files = leftOut.reduce((sum, { count }) => sum + count, 0);
  return [
    ...(Object.keys(readAs).length > 0 ? ['Read in this way:'] : []),
    ...Object.entries(readAs).map(([words, count]) => `  ${formatNumber(count)} × ${words}`),
    ...(columns.length > 0 ? [`Columns passed over, with the rows that fill them: ${columns.join(', ')}.`] : []),
    ...(files > 0 ? [`Left out ${formatNumber(files)}:`] : []),
    ...describeOmissions(leftOut).map((line) => `  ${line}`),
    ...(bad.length > 0 ? [`Left out as wrong ${formatNumber(bad.length)}:`] : []),
    ...bad.map((problem) => `  ${problem}`),
  ];
}

/** A line for each reason, such as `2 × no caption (a.png, b.png)`. */
export function describeOmissions(leftOut: ImportReport['leftOut']): string[] {
  return leftOut.map(({ reason, count, examples }) => {
    const more = count > examples.length ? ', …' : '';
    return `${formatNumber(count)} × ${reason} (${examples.join(', ')}${more})`;
  });
}
