// Named points in a plane, such as alignment against Fréchet distance.

import type { Interval } from '../../../statistics/interval.ts';
import { type Html, html } from '../html.ts';
import { type Axis, type Frame, frame, RIGHT, round, WIDTH } from './frame.ts';
import { mark } from './interval-chart.ts';
import { type LabelBox, placeLabels } from './labels.ts';
import { extent } from './scale.ts';

export interface ScatterPoint {
  readonly name: string;
  readonly color: string;
  readonly x: number;
  readonly y: number;
  /** Half the length of the whisker along y. */
  readonly spread?: number | null;
  /** The interval of x, a whisker along it. */
  readonly range?: Interval;
}

export interface ScatterOptions {
  readonly title: string;
  readonly points: readonly ScatterPoint[];
  readonly x: Omit<Axis, 'domain'>;
  readonly y: Omit<Axis, 'domain'>;
  /** A dashed line along x with a name, such as what renders reach. */
  readonly reference?: { readonly y: number; readonly name: string };
}

const [LEFT, TOP, HEIGHT, BOTTOM] = [44, 4, 240, 200];

/** Points with their names beside them; the y axis starts at 0. */
export function scatter({ title, points, x, y, reference }: ScatterOptions): Html {
  const xs = pad(extent(points.flatMap((point) => [point.x, ...endsOf(point)])), 0.15);
  const ends = points.flatMap((point) => [point.y - (point.spread ?? 0), point.y + (point.spread ?? 0)]);
  const ys = extent([0, ...ends, ...(reference ? [reference.y] : [])]);
  const description = points.map((point) => `${point.name}: ${show(point.x)}, ${show(point.y)}.`).join(' ');
  const axes = { title, description, x: { ...x, domain: xs }, y: { ...y, domain: ys }, height: HEIGHT, left: LEFT };
  const chart = frame(axes, (places) => {
    const line = reference ? round(places.y(reference.y)) : null;
    const note: LabelBox[] =
      reference && line !== null
        ? [{ left: LEFT, right: LEFT + 6 * reference.name.length, top: line - 15, bottom: line }]
        : [];
    return [
      line !== null
        ? html`<line class="reference" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${line}" y2="${line}"/><text class="note" x="${LEFT + 3}" y="${line - 5}">${reference!.name}</text>`
        : html``,
      ...drawPoints(points, places, note),
    ];
  });
  return html`<figure class="chart-figure"><figcaption><b>${title}</b><span class="unit">${y.label}</span></figcaption>${chart}</figure>`;
}

function drawPoints(points: readonly ScatterPoint[], places: Frame, taken: readonly LabelBox[]): Html[] {
  const marks = points.map((point) => ({
    name: point.name,
    x: round(places.x(point.x)),
    y: round(places.y(point.y)),
    reach: point.spread ? Math.abs(places.y(point.spread) - places.y(0)) : 0,
    ends: endsOf(point).map((end) => round(places.x(end))),
  }));
  const labels = placeLabels(marks, { left: LEFT, right: WIDTH, top: TOP, bottom: BOTTOM }, taken);
  return points.map(({ color, name }, i) => {
    const { x, y, reach, ends } = marks[i]!;
    const label = labels[i]!;
    const whisker =
      reach > 0
        ? html`<line class="${color} whisker" x1="${x}" x2="${x}" y1="${round(y - reach)}" y2="${round(y + reach)}"/>`
        : null;
    const across =
      ends.length > 0
        ? html`<line class="${color} whisker" x1="${ends[0]}" x2="${ends[1]}" y1="${y}" y2="${y}"/>`
        : null;
    return html`${whisker}${across}${mark(color, i, x, y)}<text class="label" x="${round(label.x)}" y="${round(label.y)}" text-anchor="${label.anchor}">${name}</text>`;
  });
}

/** Both ends of the whisker along x, or none. */
function endsOf({ range }: ScatterPoint): number[] {
  return range && range.low !== null && range.high !== null ? [range.low, range.high] : [];
}

function pad([low, high]: readonly [number, number], share: number): [number, number] {
  const room = (high - low || 0.1) * share;
  return [low - room, high + room];
}

function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}
