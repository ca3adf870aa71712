// HTML as values: a template that escapes what is put into it, so that no prompt or name can break the page.

/** A piece of finished HTML. */
export interface Html {
  readonly html: string;
}

/** What a template takes: text is escaped, pieces are put in as they are, lists are joined, nothing is left out. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[];

/**
 * A piece of HTML.
 *
 * @example
 * html`<p>${'a < b'}</p>`.html; // '<p>a &lt; b</p>'
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return { html: strings.reduce((text, string, i) => text + toHtml(values[i - 1]) + string) };
}

/** Text that is HTML already. */
export function raw(text: string): Html {
  return { html: text };
}

function toHtml(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeText(String(value));
  if (Array.isArray(value)) return value.map(toHtml).join('');
  return (value as Html).html;
}

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
