// Files of a project that name a person: reports, votes and logs that were written before somebody was erased.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';

/** Pictures and weights name nobody, and the database is looked after by itself. */
const TEXTS: readonly string[] = ['.json', '.jsonl', '.html', '.csv', '.txt', '.md', '.log', '.yaml', '.xml'];
const SKIPPED: readonly string[] = ['images', 'weights', 'node_modules'];
const MOST_BYTES = 200 * 1024 * 1024;

/** The paths, relative to `dir`, of the text files in which one of `words` stands as a word of its own. */
export function findMentions(dir: string, words: readonly string[]): string[] {
  const escaped = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${escaped.join('|')})(?![\\p{L}\\p{N}])`, 'u');
  return listTexts(dir)
    .filter((path) => pattern.test(readFileSync(path, 'utf8')))
    .map((path) => relative(dir, path).split(sep).join('/'))
    .sort();
}

function listTexts(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = join(dir, entry.name);
    if (entry.isDirectory()) return SKIPPED.includes(entry.name) ? [] : listTexts(path);
    return entry.isFile() && TEXTS.includes(extname(entry.name)) && statSync(path).size <= MOST_BYTES ? [path] : [];
  });
}
