// Estimates with their intervals: one row a group, one mark a series, whiskers for the interval.

import type { Interval } from '../../../statistics/bootstrap.ts';
import { type Html, html } from '../html.ts';
import { round, svg, WIDTH } from './frame.ts';
import { figure } from './line-chart.ts';
import { linearScale, niceTicks } from './scale.ts';

export interface IntervalSeries {
  readonly name: string;
  readonly color: string;
  /** By row; null leaves the mark out. */
  readonly values: readonly (Interval | null)[];
}

export interface IntervalChartOptions {
  readonly title: string;
  readonly label: string;
  readonly rows: readonly string[];
  readonly series: readonly IntervalSeries[];
  readonly domain: readonly [number, number];
  readonly format: (value: number) => string;
  /** A dashed line at a value, such as no difference. */
  readonly reference?: number;
}

const GAP = 11;
const [RIGHT, TOP, BOTTOM] = [22, 6, 38];
/** Of a letter of a row's name, on average, and of the least and the most room for names. */
const [LETTER, NARROW, WIDE] = [6.4, 92, WIDTH / 2];

/** Rows of marks with whiskers; each series has its own shape as well as its color. */
export function intervalChart({ title, label, rows, series, domain, format, reference }: IntervalChartOptions): Html {
  const left = Math.min(WIDE, Math.max(NARROW, 16 + LETTER * Math.max(...rows.map(({ length }) => length))));
  const rowHeight = GAP * (series.length + 1);
  const height = TOP + rows.length * rowHeight + BOTTOM;
  const ticks = niceTicks(...domain, 5);
  const x = linearScale([ticks[0]!, ticks.at(-1)!], [left, WIDTH - RIGHT]);
  const bottom = height - BOTTOM;
  const grid = ticks.map(
    (tick) =>
      html`<line class="grid" x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${TOP}" y2="${bottom}"/><text class="tick" x="${round(x(tick))}" y="${bottom + 16}" text-anchor="middle">${format(tick)}</text>`,
  );
  const marks = rows.flatMap((row, r) => {
    const middle = TOP + r * rowHeight + rowHeight / 2;
    const band =
      r % 2 === 0
        ? html`<rect class="band" x="0" y="${TOP + r * rowHeight}" width="${WIDTH}" height="${rowHeight}"/>`
        : null;
    const name = html`<text class="row" x="${left - 10}" y="${middle + 4}" text-anchor="end">${row}</text>`;
    const values = series.map(({ values: all, color }, s) => {
      const value = all[r];
      const y = TOP + r * rowHeight + GAP * (s + 1);
      return value ? whisker(value, color, s, x, y) : null;
    });
    return [html`${band}${name}`, html`${values}`];
  });
  const line =
    reference === undefined
      ? null
      : html`<line class="reference" x1="${round(x(reference))}" x2="${round(x(reference))}" y1="${TOP}" y2="${bottom}"/>`;
  const axis = html`<text class="axis" x="${(left + WIDTH - RIGHT) / 2}" y="${height - 4}" text-anchor="middle">${label}</text>`;
  const bands = marks.filter((_, i) => i % 2 === 0);
  const points = marks.filter((_, i) => i % 2 === 1);
  const chart = svg(title, describe(rows, series, format), height, html`${bands}${grid}${line}${points}${axis}`);
  return figure(title, '', series, chart);
}

function whisker(
  { estimate, low, high }: Interval,
  color: string,
  shape: number,
  x: (v: number) => number,
  y: number,
): Html {
  const line =
    low === null || high === null
      ? null
      : html`<line class="${color} whisker" x1="${round(x(low))}" x2="${round(x(high))}" y1="${y}" y2="${y}"/>`;
  return html`${line}${mark(color, shape, round(x(estimate)), y)}`;
}

/** A circle, a square, a diamond, a triangle, by the place of the series. */
export function mark(color: string, shape: number, x: number, y: number): Html {
  if (shape % 4 === 0) return html`<circle class="${color} mark" cx="${x}" cy="${y}" r="4"/>`;
  if (shape % 4 === 1)
    return html`<rect class="${color} mark" x="${x - 3.6}" y="${y - 3.6}" width="7.2" height="7.2"/>`;
  const path = shape % 4 === 2 ? `M${x} ${y - 5}l5 5-5 5-5-5z` : `M${x} ${y - 5}l4.6 8.4h-9.2z`;
  return html`<path class="${color} mark" d="${path}"/>`;
}

function describe(
  rows: readonly string[],
  series: readonly IntervalSeries[],
  format: (value: number) => string,
): string {
  const of = (row: number) =>
    series.flatMap(({ name, values }) =>
      values[row] ? [`${name} ${format(Number(values[row].estimate.toPrecision(3)))}`] : [],
    );
  return rows.map((row, i) => `${row}: ${of(i).join(', ')}.`).join(' ');
}
