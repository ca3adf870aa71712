// The documents as a reader follows them: links that lead somewhere, pages that the site's navigation has, and an answer to
// every error code. `npm run docs` looks at the generated pages too.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findDeadLinks } from '../site/links.ts';
import { GROUPS } from '../site/pages.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const listed = GROUPS.flatMap(({ pages }) => pages.map(([, path]) => path));
const written = listed.filter((path) => !path.startsWith('reference/'));

test('every link of the documents leads somewhere', () => {
  const sources = {
    has: (path: string) => existsSync(join(ROOT, path)),
    read: (path: string) => readFileSync(join(ROOT, path), 'utf8'),
  };
  assert.deepEqual(findDeadLinks(sources, written), []);
});

test('every page of docs/ is in the navigation of the site', () => {
  const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
  assert.deepEqual(
    pages.filter((name) => !listed.includes(`docs/${name}`)),
    [],
  );
});

test('docs/troubleshooting.md has every error code, and no other', () => {
  const page = readFileSync(join(ROOT, 'docs', 'troubleshooting.md'), 'utf8');
  const source = readFileSync(join(ROOT, 'src', 'util', 'errors.ts'), 'utf8');
  const told = [...page.matchAll(/^### ([A-Z_]+)$/gm)].map(([, code]) => code!);
  const codes = [...source.matchAll(/^ {2}\| '([A-Z_]+)'/gm)].map(([, code]) => code!);
  assert.ok(codes.length > 20);
  assert.deepEqual(told.toSorted(), codes.toSorted());
});

test('a page, part or card of the studio that documents, the command line and the studio name is there', () => {
  const web = readTree('web/src', /(?<!test)\.tsx?$/);
  const pages = [...web['layout/frame.tsx']!.matchAll(/\['\/\w+', '(\w+)'\]/g)].map(([, name]) => name!);
  const parts = [...web['pages/settings/tabs.ts']!.matchAll(/^ {2}\w+: '([^']+)'/gm)].map(([, name]) => name!);
  const cards = [
    ...Object.values(web)
      .join('\n')
      .matchAll(/\btitle="([^"]+)"/g),
  ].map(([, name]) => name!);
  assert.ok(pages.length > 8 && parts.length > 4 && cards.length > 20);
  const texts = Object.entries({
    ...readTree('docs', /\.md$/),
    ...readTree('src', /(?<!test)\.ts$/),
    ...web,
    README: readFileSync(join(ROOT, 'README.md'), 'utf8'),
  });
  const named = texts.flatMap(([path, text]) => [
    ...[
      ...text.matchAll(/\bSettings(?:,| →)\s+\*?(?!Labeling)([A-Z][a-z, ]+[a-z])\*?(?: → \*([A-Z][a-z ]+)\*)?/g),
    ].flatMap(([all, part, card]) => [
      { path, all, has: all.includes('→') && parts.includes(part!) },
      ...(card ? [{ path, all, has: cards.includes(card) }] : []),
    ]),
    ...[...text.matchAll(/\b(?:the|on) (?:page \*?([A-Z][a-z]+)|\*?([A-Z][a-z]+)\*? page)\b/g)].map(
      ([all, after, before]) => ({ path, all, has: pages.includes((after ?? before)!) }),
    ),
  ]);
  assert.ok(named.length >= 15, `${named.length} places`);
  assert.deepEqual(
    named.filter(({ has }) => !has),
    [],
  );
});

/** The text of each file below a folder, by its path in there. */
function readTree(folder: string, names: RegExp): Readonly<Record<string, string>> {
  const paths = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    paths.filter((path) => names.test(path)).map((path) => [path, readFileSync(join(ROOT, folder, path), 'utf8')]),
  );
}
