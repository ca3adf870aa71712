// One page of the site as HTML: navigation, the text, and what stands on the page. All addresses are relative, so that the
// site works below any path and from a folder.

import { posix } from 'node:path';
import MarkdownIt from 'markdown-it';
import { createSlugs } from './links.ts';
import type { Group } from './pages.ts';

/** A part of a page that the search finds: from one heading to the next. */
export interface Found {
  readonly address: string;
  readonly page: string;
  readonly heading: string;
  readonly words: string;
}

export interface Rendered {
  readonly html: string;
  readonly found: readonly Found[];
}

const markdown = new MarkdownIt({ html: false, linkify: false });
const toHtml = (words: string) => markdown.utils.escapeHtml(words);

/** Where a page's HTML lies: `docs/rating.md` at `docs/rating.html`. */
export const addressOf = (path: string): string => path.replace(/\.md$/, '.html');

/** The address of a file as seen from a page. */
const seenFrom = (page: string, target: string): string => posix.relative(posix.dirname(page), target) || '.';

export function renderPage(path: string, body: string, groups: readonly Group[]): Rendered {
  const { content, title, headings, found } = renderBody(path, body);
  const nav = groups.map(({ title: of, pages }) => {
    const links = pages.map(([words, to]) => {
      const here = to === path ? ' aria-current="page"' : '';
      return `<li><a href="${seenFrom(path, addressOf(to))}"${here}>${toHtml(words)}</a></li>`;
    });
    return `<h2>${toHtml(of)}</h2><ul>${links.join('')}</ul>`;
  });
  const outline = headings.map(
    ({ level, id, words }) => `<li class="l${level}"><a href="#${id}">${toHtml(words)}</a></li>`,
  );
  const aside =
    outline.length > 1 ? `<nav class="outline" aria-label="On this page"><ol>${outline.join('')}</ol></nav>` : '';
  const main = `<nav class="pages" aria-label="Pages"><details open><summary>Pages</summary>${nav.join('')}</details></nav><main id="main">${content}</main>${aside}`;
  return { html: frame(path, title, `<div class="layout">${main}</div>`), found };
}

/** What all pages have around them. */
export function frame(path: string, title: string, content: string): string {
  const to = (target: string) => seenFrom(path, target);
  const head = title === 'Collimate' ? title : `${title} · Collimate`;
  return `<!doctype html>
<html lang="en" data-root="${to('index.html').replace(/index\.html$/, '')}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>${toHtml(head)}</title><link rel="icon" href="data:,"><link rel="stylesheet" href="${to('style.css')}"><script src="${to('search.js')}" defer></script></head>
<body><a class="skip" href="#main">To the text</a>
<header><a class="name" href="${to('index.html')}">Collimate</a><form role="search"><input type="search" placeholder="Search" aria-label="Search the documents" autocomplete="off"><ul class="hits" hidden></ul></form></header>
${content}
</body></html>
`;
}

interface Heading {
  readonly level: number;
  readonly id: string;
  readonly words: string;
}

function renderBody(path: string, body: string) {
  const tokens = markdown.parse(body, {});
  const slugs = createSlugs();
  const headings: Heading[] = [];
  const found: { heading: string; id: string; words: string[] }[] = [{ heading: '', id: '', words: [] }];
  let title = '';
  tokens.forEach((token, i) => {
    if (token.type === 'heading_open') {
      const words = plainOf(tokens[i + 1]!);
      const level = Number(token.tag.slice(1));
      const id = slugs(words);
      token.attrSet('id', id);
      if (level === 1) title ||= words;
      else if (level <= 3) headings.push({ level, id, words });
      found.push({ heading: level === 1 ? '' : words, id: level === 1 ? '' : id, words: [] });
    }
    if (token.type === 'inline') {
      if (tokens[i - 1]?.type !== 'heading_open') found.at(-1)!.words.push(plainOf(token));
      for (const child of token.children ?? []) pointToPages(child);
    }
  });
  const rendered = markdown.renderer.render(tokens, markdown.options, {});
  const content = rendered
    .replaceAll('<table>', '<div class="scroll" tabindex="0"><table>')
    .replaceAll('</table>', '</table></div>');
  const address = addressOf(path);
  const parts = found.filter(({ words, heading }) => words.length > 0 || heading !== '');
  return {
    content,
    title,
    headings,
    found: parts.map(({ heading, id, words }) => ({
      address: id === '' ? address : `${address}#${id}`,
      page: title,
      heading,
      words: words.join(' ').slice(0, MOST_LETTERS),
    })),
  };
}

/** Of one part that the search looks through. */
const MOST_LETTERS = 2000;

type Token = ReturnType<typeof markdown.parse>[number];

/** Links to pages of Markdown lead to their HTML. */
function pointToPages(token: Token): void {
  const href = token.type === 'link_open' ? String(token.attrGet('href') ?? '') : '';
  if (href && !/^[a-z]+:/.test(href)) token.attrSet('href', href.replace(/\.md(?=#|$)/, '.html'));
}

const plainOf = ({ children }: Token): string =>
  (children ?? []).map(({ type, content }) => (type === 'softbreak' ? ' ' : content)).join('');
