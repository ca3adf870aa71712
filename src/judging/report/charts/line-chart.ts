// Lines over steps or any other number, such as losses.

import { type Html, html } from '../html.ts';
import { type Axis, frame, round, WIDTH } from './frame.ts';
import { extent, type Scale } from './scale.ts';

export type ChartPoint = readonly [x: number, y: number];

export interface Line {
  readonly name: string;
  /** A color class of the page: `c-base`, `c-tuned`, … */
  readonly color: string;
  readonly points: readonly ChartPoint[];
  readonly dashed?: boolean;
  /** Marks at the points themselves. */
  readonly dots?: boolean;
  /** Small marks beside the line: what its points are means of. */
  readonly scatter?: readonly ChartPoint[];
}

export interface LineChartOptions {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly x: Omit<Axis, 'domain'> & { domain?: readonly [number, number] };
  readonly y: Omit<Axis, 'domain'> & { domain?: readonly [number, number] };
  /** Upright lines with a name, at places that are worth telling. */
  readonly marks?: readonly { readonly x: number; readonly name: string }[];
  /** A diagonal from (0, 0) to (1, 1), as reliability diagrams have. */
  readonly diagonal?: boolean;
}

/** A chart of lines with its legend. */
export function lineChart({ title, lines, x, y, marks = [], diagonal }: LineChartOptions): Html {
  const drawn = lines.filter(({ points }) => points.length > 0);
  const points = drawn.flatMap((line) => [...line.points, ...(line.scatter ?? [])]);
  const xAxis: Axis = { ...x, domain: x.domain ?? extent(points.map(([value]) => value)) };
  const yAxis: Axis = { ...y, domain: y.domain ?? extent(points.map(([, value]) => value)) };
  const told = marks.map((mark) => `${mark.name} at ${x.label} ${show(mark.x)}.`);
  const description = [...drawn.map((line) => describe(line, x.label)), ...told].join(' ');
  const chart = frame({ title, description, x: xAxis, y: yAxis }, (places) => [
    ...(diagonal
      ? [
          html`<line class="reference" x1="${places.x(0)}" y1="${places.y(0)}" x2="${places.x(1)}" y2="${places.y(1)}"/>`,
        ]
      : []),
    ...marks.map(({ x: at, name }) => upright(round(places.x(at)), places.y, yAxis.domain, name)),
    ...drawn.map(({ points, color, dashed, dots, scatter = [] }) => {
      const path = points.map(([a, b]) => `${round(places.x(a))},${round(places.y(b))}`).join(' ');
      const circle = ([a, b]: ChartPoint, kind: string, radius: number) =>
        html`<circle class="${color} ${kind}" cx="${round(places.x(a))}" cy="${round(places.y(b))}" r="${radius}"/>`;
      const marks = [
        ...scatter.map((point) => circle(point, 'mark faint', 1.8)),
        ...(dots ? points.map((point) => circle(point, 'mark', 3)) : []),
      ];
      return html`<polyline class="${color} line${dashed ? ' dashed' : ''}" points="${path}"/>${marks}`;
    }),
  ]);
  return figure(title, y.label, drawn, chart);
}

/** A dashed upright line over the whole chart, its name above it. */
function upright(x: number, y: Scale, [low, high]: readonly [number, number], name: string): Html {
  const right = x > WIDTH - 60;
  return html`<line class="reference" x1="${x}" x2="${x}" y1="${round(y(low))}" y2="${round(y(high))}"/><text class="note" x="${x + (right ? -3 : 3)}" y="9" text-anchor="${right ? 'end' : 'start'}">${name}</text>`;
}

function describe({ name, points }: Line, over: string): string {
  const [first, last] = [points[0]!, points.at(-1)!];
  return `${name}: ${show(first[1])} at ${over} ${show(first[0])}, ${show(last[1])} at ${show(last[0])}.`;
}

function show(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A chart under its title and legend. */
export function figure(
  title: string,
  yLabel: string,
  entries: readonly { name: string; color: string; dashed?: boolean }[],
  chart: Html,
): Html {
  const legend = entries.map(
    ({ name, color, dashed }) =>
      html`<span class="key"><svg class="swatch" viewBox="0 0 22 10" aria-hidden="true"><line class="${color} line${dashed ? ' dashed' : ''}" x1="1" x2="21" y1="5" y2="5"/></svg>${name}</span>`,
  );
  return html`<figure class="chart-figure"><figcaption><b>${title}</b>${yLabel ? html`<span class="unit">${yLabel}</span>` : null}<span class="keys">${entries.length > 1 ? legend : null}</span></figcaption>${chart}</figure>`;
}
