// What all charts share: a small SVG of one width, so that its text keeps its size on a phone, with title, description,
// axes and grid. Colors and fonts are classes of the page's style.

import { type Html, html, raw } from '../html.ts';
import { linearScale, niceTicks, type Scale } from './scale.ts';

export const WIDTH = 360;
/** Room for half of the last label of the x axis. */
export const RIGHT = 20;

export interface Axis {
  readonly label: string;
  readonly domain: readonly [number, number];
  /** The values that are named; round ones by default. */
  readonly ticks?: readonly number[];
  readonly format?: (value: number) => string;
}

export interface FrameOptions {
  readonly title: string;
  /** The chart in words, for those who do not see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly height?: number;
  readonly left?: number;
}

export interface Frame {
  readonly x: Scale;
  readonly y: Scale;
}

let drawn = 0;

/** An SVG of `height` units, with a title and description for screen readers. */
export function svg(title: string, description: string, height: number, body: Html | readonly Html[]): Html {
  const id = `chart-${++drawn}`;
  return html`<svg class="chart" role="img" viewBox="0 0 ${WIDTH} ${height}" aria-labelledby="${id}-t ${id}-d"><title id="${id}-t">${title}</title><desc id="${id}-d">${description}</desc>${body}</svg>`;
}

/** Numbers the charts of a page from one, so that the same data give the same bytes. */
export function restartCharts(): void {
  drawn = 0;
}

/** Axes with a grid, and what `paint` draws in between. */
export function frame(options: FrameOptions, paint: (frame: Frame) => Html | readonly Html[]): Html {
  const { title, description, height = 220, left = 44 } = options;
  const [top, right, bottom] = [12, RIGHT, 40];
  const xTicks = options.x.ticks ?? niceTicks(...options.x.domain, 5);
  const yTicks = options.y.ticks ?? niceTicks(...options.y.domain, 5);
  const x = linearScale(span(options.x.domain, xTicks), [left, WIDTH - right]);
  const y = linearScale(span(options.y.domain, yTicks), [height - bottom, top]);
  const [formatX = plain, formatY = plain] = [options.x.format, options.y.format];
  const grid = yTicks.map(
    (tick) =>
      html`<line class="grid" x1="${left}" x2="${WIDTH - right}" y1="${round(y(tick))}" y2="${round(y(tick))}"/><text class="tick" x="${left - 6}" y="${round(y(tick) + 4)}" text-anchor="end">${formatY(tick)}</text>`,
  );
  const bottomTicks = xTicks.map(
    (tick) =>
      html`<line class="tickmark" x1="${round(x(tick))}" x2="${round(x(tick))}" y1="${height - bottom}" y2="${height - bottom + 4}"/><text class="tick" x="${round(x(tick))}" y="${height - bottom + 16}" text-anchor="middle">${formatX(tick)}</text>`,
  );
  const labels = html`<text class="axis" x="${(left + WIDTH - right) / 2}" y="${height - 6}" text-anchor="middle">${options.x.label}</text>`;
  const line = raw(
    `<line class="baseline" x1="${left}" x2="${WIDTH - right}" y1="${height - bottom}" y2="${height - bottom}"/>`,
  );
  return svg(title, description, height, html`${grid}${line}${bottomTicks}${labels}${paint({ x, y })}`);
}

function span([low, high]: readonly [number, number], ticks: readonly number[]): [number, number] {
  return [Math.min(low, ticks[0]!), Math.max(high, ticks.at(-1)!)];
}

function plain(value: number): string {
  return String(value).replace('-', '−');
}

/** Places with one decimal: small files, and no visible difference. */
export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
