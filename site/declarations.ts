// Reads the declaration files that `tsc` writes: what an entry exports, how it is declared, and which names its signature needs.
// It knows the form that `tsc` prints, statements at the line's start, and is no parser of TypeScript.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type DeclarationKind = 'function' | 'class' | 'interface' | 'type' | 'const';

/** A name of a file, as it is declared there. */
export interface Declaration {
  readonly name: string;
  readonly kind: DeclarationKind;
  /** Without `export declare`; functions with several forms have one a line. */
  readonly text: string;
  /** Its doc comment without stars; empty where there is none. */
  readonly comment: string;
  /** The file that declares it. */
  readonly file: string;
}

/** A name as an entry exports it. */
export interface Exported {
  readonly name: string;
  readonly declaration: Declaration;
}

interface Source {
  readonly declarations: ReadonlyMap<string, Declaration>;
  /** What a name of this file stands for elsewhere: imported names, and names that it hands on. */
  readonly elsewhere: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
}

const START = /^(?:export |declare |import |interface |type |abstract |class |\/\*\*|\/\/|})/;
const DECLARED = /^(?:export )?(?:declare )?(?:abstract )?(function|class|interface|type|const|let) ([\w$]+)/;

const sources = new Map<string, Source>();

function readSource(file: string): Source {
  const known = sources.get(file);
  if (known) return known;
  const declarations = new Map<string, Declaration>();
  const elsewhere = new Map<string, { file: string; name: string }>();
  let comment = '';
  for (const statement of splitStatements(readFileSync(file, 'utf8'))) {
    if (statement.startsWith('/**')) comment = readComment(statement);
    else {
      addNames(elsewhere, file, statement);
      const [, kind, name] = DECLARED.exec(statement) ?? [];
      if (name !== undefined) {
        const text = statement.replace(/^export /, '').replace(/^declare /, '');
        const before = declarations.get(name);
        declarations.set(name, {
          name,
          kind: kind === 'let' ? 'const' : (kind as DeclarationKind),
          text: before ? `${before.text}\n${text}` : text,
          comment: comment || (before?.comment ?? ''),
          file,
        });
      }
      comment = '';
    }
  }
  const source = { declarations, elsewhere };
  sources.set(file, source);
  return source;
}

function splitStatements(whole: string): string[] {
  const statements: string[] = [];
  for (const line of whole.split('\n')) {
    if (START.test(line) && !line.startsWith('}')) statements.push(line);
    else if (statements.length > 0) statements[statements.length - 1] += `\n${line}`;
  }
  return statements.map((statement) => statement.trimEnd()).filter((statement) => !statement.startsWith('//'));
}

const readComment = (statement: string): string =>
  statement
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();

/** Of `import { a, type B as C } from './x.js'` and `export { … } from`, and of `import("./x.js").B` within a type. */
function addNames(into: Map<string, { file: string; name: string }>, file: string, statement: string): void {
  const [, names, target] = /^(?:import|export) (?:type )?\{([\s\S]*?)\} from ['"](\.[^'"]+)['"]/.exec(statement) ?? [];
  for (const each of names?.split(',') ?? []) {
    const [, name, as] = /^(?:type )?([\w$]+)(?: as ([\w$]+))?$/.exec(each.trim()) ?? [];
    if (name !== undefined) into.set(as ?? name, { file: resolveTarget(file, target!), name });
  }
  for (const [, path, name] of statement.matchAll(/import\(['"](\.[^'"]+)['"]\)\.([\w$]+)/g))
    into.set(name!, { file: resolveTarget(file, path!), name: name! });
}

function resolveTarget(file: string, target: string): string {
  return join(dirname(file), target.replace(/\.[jt]s$/, '.d.ts'));
}

/** The declaration that `name` stands for in `file`; undefined for one of another package. */
function find(file: string, name: string): Declaration | undefined {
  if (!existsSync(file)) return undefined;
  const source = readSource(file);
  const at = source.elsewhere.get(name);
  return source.declarations.get(name) ?? (at && find(at.file, at.name));
}

/** What the declaration file of an entry exports, in its order. */
export function listExported(entry: string): Exported[] {
  return [...readSource(entry).elsewhere.keys()].map((name) => {
    const declaration = find(entry, name);
    if (!declaration) throw new Error(`${entry}: ${name} is declared nowhere`);
    return { name, declaration };
  });
}

/** The declarations of ours that a signature names. */
export function listNeeded({ text, file }: Declaration): Declaration[] {
  const bare = text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\/\/.*$/gm, '')
    .replace(/'[^'\n]*'|"[^"\n]*"/g, '');
  const words = new Set(bare.match(/[A-Z][\w$]*/g));
  return [...words].flatMap((word) => {
    const found = find(file, word);
    return found && !(found.file === file && text === found.text) ? [found] : [];
  });
}
