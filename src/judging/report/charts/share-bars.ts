// Shares of a whole as horizontal bars, such as good, bad and skipped answers of each category.

import { type Html, html } from '../html.ts';
import { round, svg, WIDTH } from './frame.ts';

export interface ShareRow {
  readonly name: string;
  /** Parts in order; they need not sum to 1. */
  readonly parts: readonly { readonly name: string; readonly value: number; readonly color: string }[];
}

const [LEFT, RIGHT, ROW, BAR] = [96, 12, 34, 20];

/** One bar a row, each as wide as the chart; parts of at least 12 % carry their figure. */
export function shareBars(title: string, rows: readonly ShareRow[]): Html {
  const width = WIDTH - LEFT - RIGHT;
  const body = rows.map(({ name, parts }, r) => {
    const total = parts.reduce((sum, { value }) => sum + value, 0) || 1;
    let x = LEFT;
    const bars = parts.map(({ value, color }) => {
      const length = (value / total) * width;
      const text =
        value / total >= 0.12
          ? html`<text class="on-bar" x="${round(x + length / 2)}" y="${r * ROW + 7 + BAR / 2 + 4}" text-anchor="middle">${Math.round((100 * value) / total)} %</text>`
          : null;
      const bar = html`<rect class="${color} bar" x="${round(x)}" y="${r * ROW + 7}" width="${round(Math.max(0, length - 1))}" height="${BAR}"/>${text}`;
      x += length;
      return bar;
    });
    return html`<text class="row" x="${LEFT - 10}" y="${r * ROW + 7 + BAR / 2 + 4}" text-anchor="end">${name}</text>${bars}`;
  });
  const description = rows
    .map(({ name, parts }) => `${name}: ${parts.map((part) => `${part.value} ${part.name}`).join(', ')}.`)
    .join(' ');
  const keys = (rows[0]?.parts ?? []).map(
    ({ name, color }) =>
      html`<span class="key"><svg class="swatch square" viewBox="0 0 10 10" aria-hidden="true"><rect class="${color} bar" width="10" height="10"/></svg>${name}</span>`,
  );
  return html`<figure class="chart-figure"><figcaption><b>${title}</b><span class="keys">${keys}</span></figcaption>${svg(title, description, rows.length * ROW + 6, body)}</figure>`;
}
