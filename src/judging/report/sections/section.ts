// What every section of the page is: a heading with an anchor and a body, or a line that names the command that makes it.

import { type Html, html } from '../html.ts';

export interface Section {
  readonly id: string;
  readonly title: string;
  readonly body: Html;
  /** Whether its stage has not run yet. */
  readonly missing: boolean;
}

export function section(id: string, title: string, body: Html): Section {
  return { id, title, body, missing: false };
}

export function missingSection(id: string, title: string, command: string): Section {
  const body = html`<p class="missing">This stage has not run yet. <code>collimate ${command}</code> runs it.</p>`;
  return { id, title, body, missing: true };
}

/** A section of a judge's figures in a project whose pictures no judge knows. */
export function unjudgedSection(id: string, title: string): Section {
  const body = html`<p class="missing">No judge knows these pictures. What code can say of them stands under <a href="#measures">Automatic measures</a>; <code>collimate evaluate human</code> has people judge.</p>`;
  return { id, title, body, missing: true };
}

/** What everybody should see stands open; a section whose stage has not run is one line, and needs no fold. */
export function renderSection({ id, title, body }: Section): Html {
  return html`<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${title}</h2>${body}</section>`;
}

/** The rest is folded. The anchor lies within, so that a link to it unfolds it. */
export function foldSection(whole: Section): Html {
  const { id, title, body, missing } = whole;
  if (missing) return renderSection(whole);
  return html`<section aria-labelledby="${id}-h"><details class="fold"><summary><h2 id="${id}-h">${title}</h2></summary><div id="${id}">${body}</div></details></section>`;
}
