// The API reference: a page for each entry of the package, made of the declaration files that ship with it.

import { join } from 'node:path';
import { type Declaration, type DeclarationKind, type Exported, listExported } from './declarations.ts';
import type { Entry } from './entries.ts';
import { block, type Page, table, text } from './markdown.ts';

const FOLDER = 'reference/api';

const KINDS: readonly (readonly [title: string, kinds: readonly DeclarationKind[]])[] = [
  ['Functions', ['function']],
  ['Classes', ['class']],
  ['Constants', ['const']],
  ['Types', ['interface', 'type']],
];

/** An index, and a page for each entry; `dist` holds the declaration files. */
export function makeApiPages(entries: readonly Entry[], dist: string): Page[] {
  const pages = entries.map((entry) => {
    const exported = listExported(join(dist, entry.file));
    return { entry, exported, page: makePage(entry, exported) };
  });
  const rows = pages.map(({ entry, exported }) => [
    `[\`${entry.path}\`](${fileOf(entry)})`,
    String(exported.length),
    text(entry.about),
  ]);
  const body = [
    '# API',
    "What the package exports, made of its declaration files. Everything is imported by name: `import { openPainter } from 'collimate/models'`.",
    table(['entry', 'names', 'what it holds'], rows),
    '`collimate` itself has the names that most programs need. Names that are not exported may change without notice.',
    'Programs that run, each in at most a hundred lines, lie in the folder `examples` of the repository; the tests run them.',
  ].join('\n\n');
  return [{ path: `${FOLDER}/index.md`, body }, ...pages.map(({ page }) => page)];
}

const fileOf = ({ path }: Entry) => `${path.replaceAll('/', '-')}.md`;

function makePage(entry: Entry, exported: readonly Exported[]): Page {
  const sections = KINDS.flatMap(([title, kinds]) => {
    const of = exported.filter(({ declaration }) => kinds.includes(declaration.kind));
    return of.length === 0 ? [] : [`## ${title}`, ...of.flatMap(describe)];
  });
  const example = entry.example === '' ? [] : [block('ts', entry.example)];
  const body = [`# ${entry.path}`, text(entry.about), ...example, ...sections].join('\n\n');
  return { path: `${FOLDER}/${fileOf(entry)}`, body };
}

function describe({ name, declaration }: Exported): string[] {
  return [`### ${name}`, ...describeComment(declaration), block('ts', declaration.text)];
}

/** A doc comment as Markdown: its sentences, parameters as a list, and examples as code. */
function describeComment({ comment }: Declaration): string[] {
  const [words = '', ...tags] = comment.split(/^@(?=[a-z])/m);
  const parts = tags.map((tag) => {
    const [, name, rest] = /^(\w+)\s*([\s\S]*)$/.exec(tag.trim())!;
    if (name === 'example') return block('ts', rest!.replace(/^```\w*\n|\n```$/g, ''));
    if (name === 'param') return `- ${rest!.replace(/^([\w$.]+)\s+/, '`$1`: ')}`;
    return `*${name}*: ${rest}`;
  });
  return [words.trim(), ...parts].filter((part) => part !== '').map(flatten);
}

/** One paragraph; code stays as it is. */
const flatten = (part: string) => (part.startsWith('```') ? part : text(part).replaceAll('\\*', '*'));
