// Named points in a plane, such as alignment against Fréchet distance.

import { type Html, html } from '../html.ts';
import { type Axis, frame, round } from './frame.ts';
import { mark } from './interval-chart.ts';
import { extent } from './scale.ts';

export interface ScatterPoint {
  readonly name: string;
  readonly color: string;
  readonly x: number;
  readonly y: number;
  /** Half the length of the whisker along y. */
  readonly spread?: number | null;
}

export interface ScatterOptions {
  readonly title: string;
  readonly points: readonly ScatterPoint[];
  readonly x: Omit<Axis, 'domain'>;
  readonly y: Omit<Axis, 'domain'>;
  /** A dashed line along x with a name, such as what renders reach. */
  readonly reference?: { readonly y: number; readonly name: string };
}

/** Points with their names beside them. */
export function scatter({ title, points, x, y, reference }: ScatterOptions): Html {
  const xs = pad(extent(points.map((point) => point.x)), 0.15);
  const ends = points.flatMap((point) => [point.y - (point.spread ?? 0), point.y + (point.spread ?? 0)]);
  const ys = extent([0, ...ends, ...(reference ? [reference.y] : [])]);
  const description = points.map((point) => `${point.name}: ${show(point.x)}, ${show(point.y)}.`).join(' ');
  const chart = frame(
    { title, description, x: { ...x, domain: xs }, y: { ...y, domain: ys }, height: 240 },
    (places) => {
      const line = reference
        ? html`<line class="reference" x1="44" x2="348" y1="${round(places.y(reference.y))}" y2="${round(places.y(reference.y))}"/><text class="note" x="346" y="${round(places.y(reference.y) - 5)}" text-anchor="end">${reference.name}</text>`
        : null;
      const names = spread(points.map((point) => places.y(point.y) + 4));
      const dots = points.map((point, i) => {
        const [cx, cy] = [round(places.x(point.x)), round(places.y(point.y))];
        const half = point.spread ? Math.abs(places.y(point.spread) - places.y(0)) : 0;
        const whisker = half
          ? html`<line class="${point.color} whisker" x1="${cx}" x2="${cx}" y1="${round(cy - half)}" y2="${round(cy + half)}"/>`
          : null;
        const leftwards = cx > 250;
        return html`${whisker}${mark(point.color, i, cx, cy)}<text class="label" x="${leftwards ? cx - 9 : cx + 9}" y="${round(names[i]!)}" text-anchor="${leftwards ? 'end' : 'start'}">${point.name}</text>`;
      });
      return html`${line}${dots}`;
    },
  );
  return html`<figure class="chart-figure"><figcaption><b>${title}</b><span class="unit">${y.label}</span></figcaption>${chart}</figure>`;
}

function pad([low, high]: readonly [number, number], share: number): [number, number] {
  const room = (high - low || 0.1) * share;
  return [low - room, high + room];
}

/** Moves labels down so that no two are nearer than a line of text. */
function spread(places: readonly number[]): number[] {
  const result = [...places];
  const order = [...places.keys()].sort((a, b) => places[a]! - places[b]!);
  for (let i = 1; i < order.length; i++) result[order[i]!] = Math.max(result[order[i]!]!, result[order[i - 1]!]! + 13);
  return result;
}

function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}
