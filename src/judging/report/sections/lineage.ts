// What came from what, by hashes.

import type { LineageRow } from '../data.ts';
import { shortHash } from '../format.ts';
import { html } from '../html.ts';
import { type Section, section } from './section.ts';

export function lineageSection(rows: readonly LineageRow[]): Section {
  const items = rows.map(
    ({ what, hash, detail }) =>
      html`<li><b>${what}</b>${hash ? html`<span class="hash">${shortHash(hash)}</span>` : null}<br><span class="note">${detail}</span></li>`,
  );
  return section(
    'lineage',
    'Lineage',
    html`<p>Each thing below was made from those above it and is known by the hash of its content. <code>collimate lineage IMAGE</code> walks the same way from any picture.</p><ol class="chain">${items}</ol>`,
  );
}
