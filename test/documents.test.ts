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
