// Files of JSON that one version wrote and another may read: looked at before anybody trusts their fields.

import { readFileSync } from 'node:fs';
import { CollimateError } from './errors.ts';
import { describeIssues } from './issue-words.ts';

/** What a zod schema is to whoever reads by it. */
export interface Schema<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

export interface ArtefactOptions {
  /** The newest version that can be read; left out for files without one. */
  readonly version?: number;
  /** How the file is made again: `run \`collimate evaluate\` again`. */
  readonly again: string;
}

/**
 * The content of a JSON file.
 *
 * @throws CollimateError STORAGE where it is no JSON, of a version that is not known here, or not of this form.
 */
export function readArtefact<T>(path: string, schema: Schema<T>, options: ArtefactOptions): T {
  const remedy = `Remove it and ${options.again}.`;
  const value = parseArtefact(readFileSync(path, 'utf8'), path, remedy);
  checkVersion(value, path, options.version);
  return checkForm(value, schema, path, remedy);
}

/** A JSON text. @throws CollimateError STORAGE naming `where` it stands. */
export function parseArtefact(text: string, where: string, remedy: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CollimateError('STORAGE', `${where}: no whole JSON (${(error as Error).message})`, remedy, {
      cause: error,
    });
  }
}

/** A value of that form. @throws CollimateError STORAGE naming `where` it stands and the first field that is wrong. */
export function checkForm<T>(value: unknown, schema: Schema<T>, where: string, remedy: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problem = describeIssues(result.error.issues, 1);
  throw new CollimateError('STORAGE', `${where}: not what this version writes there (${problem})`, remedy);
}

function checkVersion(value: unknown, path: string, known: number | undefined): void {
  const version = (value as { version?: unknown } | null)?.version;
  if (known === undefined || version === known) return;
  const newer = typeof version === 'number' && version > known;
  throw new CollimateError(
    'STORAGE',
    `${path}: expected version ${known}, got ${version === undefined ? 'none' : JSON.stringify(version)}`,
    newer
      ? 'A newer Collimate wrote it: use that one, or make it again with this one.'
      : 'Make it again with this version.',
  );
}
