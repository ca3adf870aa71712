// Tables with a caption, and headers that say what they head.

import type { Interval } from '../../statistics/bootstrap.ts';
import { range } from './format.ts';
import { type Html, type HtmlValue, html } from './html.ts';

export interface Row {
  /** The first cell, which heads the row; alone it heads a group of rows. */
  readonly head: HtmlValue;
  readonly cells: readonly HtmlValue[];
  /** Stands out, as a total does. */
  readonly total?: boolean;
}

/**
 * A table that scrolls sideways on a narrow screen. Rows without cells head a group; the columns named in `words` hold text,
 * which starts at the left as figures do not.
 */
export function table(
  caption: HtmlValue,
  columns: readonly string[],
  rows: readonly Row[],
  words: readonly string[] = [],
): Html {
  const left = (i: number) => (words.includes(columns[i]!) ? html` class="left"` : null);
  const headers = columns.map((column, i) => html`<th scope="col"${left(i)}>${column}</th>`);
  const body = rows.map(({ head, cells, total }, r) => {
    if (cells.length > 0)
      return html`<tr${total ? html` class="total"` : null}><th scope="row">${head}</th>${cells.map((cell, i) => html`<td${left(i + 1)}>${cell}</td>`)}</tr>`;
    const start = r > 0 ? html`</tbody><tbody>` : null;
    return html`${start}<tr class="group"><th scope="rowgroup" colspan="${columns.length}">${head}</th></tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="group" aria-label="Table"><table><caption>${caption}</caption><thead><tr>${headers}</tr></thead><tbody>${body}</tbody></table></div>`;
}

/** An estimate with its interval below it. */
export function withInterval(text: string, interval: Interval, scale = 100, digits = 1): Html {
  return html`${text}<span class="i">${range(interval, scale, digits)}</span>`;
}
