// Which raters stand apart from the others in a figure: |x − median| more than 3.5 times the median of these distances
// (scaled to a standard deviation, 1.4826; Iglewicz and Hoaglin, 1993). Of fewer than five raters nothing is said.

import { median } from '../../../../src/statistics/median.ts';

const LEAST = 5;
const SCALE = 1.4826;
const APART = 3.5;

/** The rows whose figure is far from that of the others; rows without the figure are passed over. */
export function findOutliers<Row>(rows: readonly Row[], figureOf: (row: Row) => number | null): ReadonlySet<Row> {
  const known = rows.flatMap((row) => {
    const value = figureOf(row);
    return value === null ? [] : [{ row, value }];
  });
  if (known.length < LEAST) return new Set();
  const middle = median(known.map(({ value }) => value))!;
  const spread = SCALE * median(known.map(({ value }) => Math.abs(value - middle)))!;
  // Where most are alike to the digit, any other would stand apart by however little.
  if (spread === 0) return new Set();
  return new Set(known.filter(({ value }) => Math.abs(value - middle) > APART * spread).map(({ row }) => row));
}
