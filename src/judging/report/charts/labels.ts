// Where names go beside the points of a chart so that they cover neither each other nor the points.

export interface LabelBox {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export interface LabelledPoint {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  /** Half the height of the mark with its whisker. */
  readonly reach: number;
}

export interface PlacedLabel {
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'end' | 'middle';
}

/** Of a letter of the labels, on average, and of a line. */
const [LETTER, LINE] = [6.6, 13];
const GAP = 9;

/** For each point the first place of right, left, above, below that is free and inside `frame`; right where none is. */
export function placeLabels(
  points: readonly LabelledPoint[],
  frame: LabelBox,
  taken: readonly LabelBox[] = [],
): PlacedLabel[] {
  const boxes: LabelBox[] = [...taken, ...points.map(boxOfMark)];
  return points.map((point, own) => {
    const others = boxes.filter((_, i) => i !== taken.length + own);
    const options = candidates(point);
    const free = options.find(({ box }) => isInside(box, frame) && !others.some((other) => overlap(box, other)));
    const { label, box } = free ?? options[0]!;
    boxes.push(box);
    return label;
  });
}

function boxOfMark({ x, y, reach }: LabelledPoint): LabelBox {
  return { left: x - 5, right: x + 5, top: y - Math.max(5, reach), bottom: y + Math.max(5, reach) };
}

function candidates({ name, x, y, reach }: LabelledPoint): { label: PlacedLabel; box: LabelBox }[] {
  const width = name.length * LETTER;
  const up = Math.max(5, reach) + 4;
  const row = (left: number, baseline: number): LabelBox => ({
    left,
    right: left + width,
    top: baseline - LINE + 3,
    bottom: baseline + 3,
  });
  return [
    { label: { x: x + GAP, y: y + 4, anchor: 'start' }, box: row(x + GAP, y + 4) },
    { label: { x: x - GAP, y: y + 4, anchor: 'end' }, box: row(x - GAP - width, y + 4) },
    { label: { x, y: y - up, anchor: 'middle' }, box: row(x - width / 2, y - up) },
    { label: { x, y: y + up + 8, anchor: 'middle' }, box: row(x - width / 2, y + up + 8) },
  ];
}

function isInside(box: LabelBox, frame: LabelBox): boolean {
  return box.left >= frame.left && box.right <= frame.right && box.top >= frame.top && box.bottom <= frame.bottom;
}

function overlap(a: LabelBox, b: LabelBox): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
