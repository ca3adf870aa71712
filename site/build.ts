// `npm run docs`: the documents as a site, in site/dist. Takes the pages of the repository, makes those of the reference, and
// ends where a link leads nowhere. Nothing of it is in the package.

import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeApiPages } from './api.ts';
import { makeCommandPages } from './commands.ts';
import { makeConfigurationPage } from './configuration.ts';
import { listEntries } from './entries.ts';
import { renderLanding, WAYS } from './landing.ts';
import { findDeadLinks, mapLinks, type Sources } from './links.ts';
import type { Page } from './markdown.ts';
import { addressOf, type Found, renderPage } from './page.ts';
import { GROUPS } from './pages.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SITE = join(ROOT, 'site');
const OUT = join(SITE, 'dist');

const made = [...(await makeCommandPages()), makeConfigurationPage(), ...makeApiPages(listEntries(), declareTypes())];
const listed = GROUPS.flatMap(({ pages }) => pages.map(([, path]) => path));
const written = listed.filter((path) => !made.some((page) => page.path === path));
const unlisted = written.filter((path) => !existsSync(join(ROOT, path)));
if (unlisted.length > 0) fail('site/pages.ts names pages that are not there', unlisted);
const pages: Page[] = [...written.map((path) => ({ path, body: readFileSync(join(ROOT, path), 'utf8') })), ...made];

const texts = new Map(pages.map(({ path, body }) => [path, body]));
const sources: Sources = {
  has: (path) => texts.has(path) || existsSync(join(ROOT, path)),
  read: (path) => texts.get(path) ?? readFileSync(join(ROOT, path), 'utf8'),
};
const ways = WAYS.flatMap(([path]) => (texts.has(path) ? [] : [`the first page: ${path}`]));
const dead = [...findDeadLinks(sources, [...texts.keys()]), ...ways];
if (dead.length > 0) fail('links lead nowhere', dead);

rmSync(OUT, { recursive: true, force: true });
const found: Found[] = [];
for (const page of pages) {
  const rendered = renderPage(page.path, takeAlong(page), GROUPS);
  found.push(...rendered.found);
  write(addressOf(page.path), rendered.html);
}
write('index.html', renderLanding());
write('search-list.js', `window.searchList=${JSON.stringify(found.map((part) => Object.values(part)))}\n`);
for (const name of ['style.css', 'search.js']) copyFileSync(join(SITE, name), join(OUT, name));
copy('docs/images/method.svg');
process.stdout.write(`${pages.length + 1} pages in ${relative(process.cwd(), OUT)}\n`);

/** The declaration files of the package, in a folder that goes with this process. */
function declareTypes(): string {
  const dist = mkdtempSync(join(tmpdir(), 'collimate-types-'));
  process.on('exit', () => rmSync(dist, { recursive: true, force: true }));
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const options = ['--emitDeclarationOnly', '--noCheck', '--outDir', dist];
  execFileSync(tsc, ['-p', join(ROOT, 'tsconfig.build.json'), ...options], { stdio: 'inherit' });
  return dist;
}

/** What a page links to and is no page comes along as a file; of folders only the words stay. */
function takeAlong({ path, body }: Page): string {
  return mapLinks(path, body, (whole, words, { file }) => {
    if (file === path || texts.has(file)) return whole;
    if (statSync(join(ROOT, file)).isDirectory()) return words.slice(1, -1);
    copy(file);
    return whole;
  });
}

function copy(file: string): void {
  mkdirSync(dirname(join(OUT, file)), { recursive: true });
  copyFileSync(join(ROOT, file), join(OUT, file));
}

function write(path: string, content: string): void {
  mkdirSync(dirname(join(OUT, path)), { recursive: true });
  writeFileSync(join(OUT, path), content);
}

function fail(what: string, lines: readonly string[]): never {
  process.stderr.write(`docs: ${what}:\n${lines.map((line) => `  ${line}\n`).join('')}`);
  process.exit(1);
}
