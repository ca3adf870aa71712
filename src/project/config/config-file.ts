// The text of a project file as YAML, whatever somebody wrote into it: what cannot be read is told with its line.

import { readFileSync } from 'node:fs';
import { type Alias, type Document, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { CollimateError } from '../../util/errors.ts';
import { findTextFault } from '../../util/outside-text.ts';
import { decodeText } from '../../util/text-encoding.ts';

/** The configuration of a project, in its folder. */
export const CONFIG_FILE = 'collimate.yaml';

const HINT = 'Correct this line and run the same command again.';

/** A project file's content. @throws CollimateError CONFIG with the line where it is no YAML or an alias leads nowhere. */
export function readConfigFile(path: string): unknown {
  return toContent(openConfigDocument(path), path);
}

/** A project file with its comments, to be changed. @throws CollimateError CONFIG with the line where it is no YAML. */
export function openConfigDocument(path: string): Document {
  const document = parseDocument(readText(path), { prettyErrors: true, logLevel: 'error' });
  const [error] = document.errors;
  // The reader's own words for this are advice to programmers.
  if (error?.code === 'MULTIPLE_DOCS')
    throw new CollimateError('CONFIG', `${path}: a line --- begins a second document, and one is read`, HINT);
  if (error) throw new CollimateError('CONFIG', `${path}: ${error.message}`, HINT);
  refuseFaults(document, path);
  return document;
}

/** In another encoding, names would silently be others. */
function readText(path: string): string {
  const decoded = decodeText(readFileSync(path));
  if ('text' in decoded) return decoded.text;
  throw new CollimateError('CONFIG', `${path}: the file ${decoded.fault}`, 'Save it as UTF-8 and run again.');
}

/** Texts that no file name and no database can hold, which an escape of YAML may bring. */
function refuseFaults(document: Document, path: string): void {
  visit(document, {
    Scalar(_key, { value }) {
      const fault = typeof value === 'string' ? findTextFault(value) : undefined;
      if (fault !== undefined)
        throw new CollimateError('CONFIG', `${path}: the text ${JSON.stringify(value).slice(0, 60)} ${fault}`, HINT);
    },
  });
}

/**
 * What a document says. Aliases are checked before they are followed: one that stands within what it names has no end,
 * and a few that name one another can stand for more than memory holds.
 *
 * @throws CollimateError CONFIG
 */
export function toContent(document: Document, path: string): unknown {
  const first = checkAliases(document, path);
  try {
    return document.toJS() ?? {};
  } catch (error) {
    if (first === undefined || !(error instanceof ReferenceError)) throw error;
    throw wrongAlias(path, first, 'and those after it stand for too much');
  }
}

/** Returns the first alias, if there is one. */
function checkAliases(document: Document, path: string): Alias | undefined {
  let first: Alias | undefined;
  visit(document, {
    Alias(_key, alias, around) {
      first ??= alias;
      const named = alias.resolve(document) as Node | undefined;
      if (!named) throw wrongAlias(path, alias, 'names no anchor before it');
      if (around.includes(named)) throw wrongAlias(path, alias, 'stands within what it names');
    },
  });
  return first;
}

function wrongAlias(path: string, alias: Alias, problem: string): CollimateError {
  const counter = new LineCounter();
  parseDocument(readFileSync(path, 'utf8'), { lineCounter: counter });
  const { line } = counter.linePos(alias.range?.[0] ?? 0);
  return new CollimateError('CONFIG', `${path}: the alias *${alias.source} at line ${line} ${problem}`, HINT);
}
