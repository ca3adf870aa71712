// Links of Markdown pages, and those of them that are dead: to files that are not there, and to headings that a page lacks.

import { posix } from 'node:path';

export interface Link {
  /** As seen from the root; the page itself where the link names a heading alone. */
  readonly file: string;
  /** Without `#`; empty where the link names none. */
  readonly heading: string;
}

/** Where pages and files are looked up, by their places as seen from the root. */
export interface Sources {
  has(path: string): boolean;
  read(path: string): string;
}

const LINK = /(!?\[(?:[^[\]]|\[[^\]]*\])*\])\(([^)\s]+)\)/g;

/** Calls `change` for each link of a page that stays here, outside of code; what it returns takes the link's place. */
export function mapLinks(
  page: string,
  markdown: string,
  change: (whole: string, words: string, link: Link) => string,
): string {
  return mapProse(markdown, (prose) =>
    prose.replace(LINK, (whole, words: string, address: string) => {
      if (/^[a-z]+:/.test(address)) return whole;
      const [target = '', heading = ''] = address.split('#');
      const file = target === '' ? page : posix.normalize(posix.join(posix.dirname(page), target));
      return change(whole, words, { file, heading });
    }),
  );
}

/** What stands in no block of code. */
function mapProse(markdown: string, change: (prose: string) => string): string {
  return markdown
    .split(/(^```[\s\S]*?^```$)/m)
    .map((part, i) => (i % 2 === 1 ? part : change(part)))
    .join('');
}

/** Every link of the pages that leads nowhere, as `page: link`. */
export function findDeadLinks(sources: Sources, pages: readonly string[]): string[] {
  return pages.flatMap((page) => {
    const dead: string[] = [];
    mapLinks(page, sources.read(page), (whole, _, { file, heading }) => {
      const missing = file.startsWith('..') || !sources.has(file);
      if (missing || (heading !== '' && !listHeadings(sources.read(file)).includes(heading)))
        dead.push(`${page}: ${whole}`);
      return whole;
    });
    return dead;
  });
}

function listHeadings(markdown: string): string[] {
  const slug = createSlugs();
  const titles = markdown.replace(/^```[\s\S]*?^```$/gm, '').matchAll(/^#+ (.+)$/gm);
  return [...titles].map(([, title]) => slug(title!.replace(/[\\`]/g, '')));
}

/** Names of headings as code hosts make them: in small letters without signs; one that comes again gets a number. */
export function createSlugs(): (title: string) => string {
  const times = new Map<string, number>();
  return (title) => {
    const slug = title
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    const before = times.get(slug) ?? 0;
    times.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  };
}
