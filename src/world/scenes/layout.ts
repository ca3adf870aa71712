// Places equal boxes in the picture so that none overlaps: the picture is cut between them, first one way, then the other.

import type { Random } from '../../util/random.ts';
import { SIZE } from './canvas.ts';

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

/** Upper left corners of `count` (1 to 4) boxes of `width` by `height`, at least one pixel apart, all below row `top`. */
export function placeBoxes(count: number, width: number, height: number, top: number, rng: Random): Point[] {
  const area = { left: 0, top, width: SIZE, height: SIZE - top };
  return place(count, area, width, height, rng.int(2) === 0, rng);
}

function place(count: number, area: Box, width: number, height: number, columns: boolean, rng: Random): Point[] {
  if (count === 1) {
    return [{ x: area.left + rng.int(area.width - width + 1), y: area.top + rng.int(area.height - height + 1) }];
  }
  const first = count === 3 ? 1 + rng.int(2) : count >> 1;
  const [before, after] = cut(area, columns, columns ? width : height, rng);
  return [
    ...place(first, before, width, height, !columns, rng),
    ...place(count - first, after, width, height, !columns, rng),
  ];
}

/** Two parts of `area`, each at least `least` long, with one pixel between them. */
function cut(area: Box, columns: boolean, least: number, rng: Random): [Box, Box] {
  const length = columns ? area.width : area.height;
  const at = least + rng.int(length - 2 * least);
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
