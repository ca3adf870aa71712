// One figure of the overview: a name, a value, and what it is to be read beside.

import { type Html, html } from './html.ts';

export function tile(name: string, value: Html, sub: Html): Html {
  return html`<div class="tile"><div class="name">${name}</div><div class="value">${value}</div><div class="sub">${sub}</div></div>`;
}
