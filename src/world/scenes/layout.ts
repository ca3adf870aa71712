// Places equal boxes in the picture so that none overlaps: the picture is cut between them, first one way, then the other.

import { CollimateError } from '../../util/errors.ts';
import type { Random } from '../../util/random.ts';

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Upper left corners of `count` boxes of one size in a square of `side` pixels, at least one pixel apart, all below row
 * `top`. Both ways of the first cut must be possible for up to four; where only one is, that is taken.
 */
export function placeBoxes(count: number, box: Size, side: number, top: number, rng: Random): Point[] {
  const area = { left: 0, top, width: side, height: side - top };
  const wish = rng.int(2) === 0;
  const columns = fits(count, box, area, wish) ? wish : !wish;
  return place(count, area, box, columns, rng);
}

/**
 * Crowds that are begun before one is given up. Of those that have been asked for, the closest takes 46,853 in the mean and is
 * given up once in 2 · 10⁹; at 600,000 it were once in 4 · 10⁵, which a set of scenes meets.
 */
const MOST_CROWDS = 1_000_000;

/**
 * Upper left corners of `count` boxes anywhere below row `top`, as crowds stand: two may reach `overlap` pixels over each
 * other, both along and across.
 *
 * @param mostBegun crowds that are begun before it is given up
 * @throws CollimateError PROMPT for a crowd that has no room, or so little that none is found
 */
export function scatterBoxes(
  count: number,
  box: Size,
  side: number,
  top: number,
  overlap: number,
  rng: Random,
  mostBegun = MOST_CROWDS,
): Point[] {
  const apart = (a: Point, b: Point) =>
    Math.abs(a.x - b.x) >= box.width - overlap || Math.abs(a.y - b.y) >= box.height - overlap;
  // Of boxes of one size none stand closer than in rows and columns.
  const lines = (room: number, length: number) =>
    length > overlap ? Math.floor(room / (length - overlap)) + 1 : Number.POSITIVE_INFINITY;
  const most = lines(side - box.width, box.width) * lines(side - top - box.height, box.height);
  for (let begun = 0; count <= most && begun < mostBegun; begun++) {
    const points: Point[] = [];
    // A crowd that has blocked its own room begins anew.
    for (let trial = 0; points.length < count && trial < 40 * count; trial++) {
      const point = { x: rng.int(side - box.width + 1), y: top + rng.int(side - top - box.height + 1) };
      if (points.every((other) => apart(point, other))) points.push(point);
    }
    if (points.length === count) return points;
  }
  throw new CollimateError(
    'PROMPT',
    `scene: expected a crowd of at most ${most} of ${box.width}×${box.height} pixels in ${side}×${side - top}, got ${count}${count <= most ? ', which fit too closely to be found' : ''}`,
    'Ask for fewer, or let them reach further over each other.',
  );
}

function fits(count: number, box: Size, area: Size, columns: boolean): boolean {
  const { width, height } = leastSize(count, box, columns);
  return width <= area.width && height <= area.height;
}

/** The room that `count` boxes need whose first cut is between columns, or between rows. */
function leastSize(count: number, box: Size, columns: boolean): Size {
  if (count === 1) return box;
  const [a, b] = [leastSize(Math.ceil(count / 2), box, !columns), leastSize(Math.floor(count / 2), box, !columns)];
  return columns
    ? { width: a.width + 1 + b.width, height: Math.max(a.height, b.height) }
    : { width: Math.max(a.width, b.width), height: a.height + 1 + b.height };
}

function place(count: number, area: Box, box: Size, columns: boolean, rng: Random): Point[] {
  if (count === 1) {
    return [
      { x: area.left + rng.int(area.width - box.width + 1), y: area.top + rng.int(area.height - box.height + 1) },
    ];
  }
  const half = count >> 1;
  const first = count % 2 === 1 ? half + rng.int(2) : half;
  const least = [first, count - first].map((part) => leastSize(part, box, !columns)[columns ? 'width' : 'height']);
  const [before, after] = cut(area, columns, least as [number, number], rng);
  return [...place(first, before, box, !columns, rng), ...place(count - first, after, box, !columns, rng)];
}

/** Two parts of `area`, at least as long as each must be, with one pixel between them. */
function cut(area: Box, columns: boolean, [before, after]: [number, number], rng: Random): [Box, Box] {
  const length = columns ? area.width : area.height;
  const at = before + rng.int(length - before - after);
  if (columns)
    return [
      { ...area, width: at },
      { ...area, left: area.left + at + 1, width: length - at - 1 },
    ];
  return [
    { ...area, height: at },
    { ...area, top: area.top + at + 1, height: length - at - 1 },
  ];
}
