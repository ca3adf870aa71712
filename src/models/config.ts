// Reading a published config.json against a schema. A field that is out of range or not supported is refused by name;
// nothing is guessed.

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { CollimateError } from '../util/errors.ts';
import { inWords } from '../util/issue-words.ts';
import { parsePythonJson } from '../util/python-json.ts';
import { rememberText } from './config-text.ts';

/**
 * The object in a JSON file.
 *
 * @throws CollimateError MODEL_CONFIG where the file is missing or holds no JSON object.
 */
export function readJsonObject(file: string): Record<string, unknown> {
  let value: unknown;
  let text = '';
  try {
    text = readFileSync(file, 'utf8');
    value = parsePythonJson(text);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const problem = missing ? 'there is no such file' : `expected JSON, got ${(cause as Error).message}`;
    throw new CollimateError('MODEL_CONFIG', `${file}: ${problem}`, 'Fetch the whole model folder again.', { cause });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    rememberText(value, text);
    return value as Record<string, unknown>;
  }
  throw new CollimateError(
    'MODEL_CONFIG',
    `${file}: expected a JSON object, got ${show(value).slice(0, 60)}`,
    'Fetch the whole model folder again.',
  );
}

/**
 * The fields of `value` that the schema knows, with its defaults. Fields that start with `_` are notes of the program
 * that wrote the file.
 *
 * @throws CollimateError MODEL_CONFIG that names the file, the field, what is allowed and what came.
 */
export function parseConfig<T extends z.ZodType>(schema: T, value: Record<string, unknown>, file: string): z.infer<T> {
  const fields = Object.fromEntries(Object.entries(value).filter(([name]) => !name.startsWith('_')));
  const result = schema.safeParse(fields, { reportInput: true });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    throw new CollimateError(
      'MODEL_CONFIG',
      `${file}: ${issue.keys[0]}: expected no such field, got ${show(value[issue.keys[0]!])}`,
      'This model has a part that is not built here; docs/checkpoints.md lists what is read.',
    );
  }
  throw new CollimateError(
    'MODEL_CONFIG',
    `${file}: ${issue.path.join('.')}: expected ${toWanted(issue.message)}, got ${show(issue.input)}`,
    'Use the published config.json of this model; docs/checkpoints.md lists what is read.',
  );
}

/** What is allowed; a schema without words of its own says it in a sentence of zod. */
function toWanted(message: string): string {
  return inWords(message).replace(/^expected (.*?)(, got .*)?$/s, '$1');
}

function show(value: unknown): string {
  if (typeof value === 'number') return String(value);
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** A whole number within a range. */
export function whole(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

/** A number above `min`, up to `max`. */
export function real(min: number, max: number) {
  const error = `a number above ${min} and at most ${max}`;
  return z.number({ error }).gt(min, { error }).max(max, { error });
}

/** `true` or `false`. */
export function flag() {
  return z.boolean({ error: 'true or false' });
}

/** One of these strings. */
export function oneOf<const T extends readonly [string, ...string[]]>(...names: T) {
  return z.enum(names, { error: names.join(' or ') });
}

/** A list of 1 to `max` items. */
export function listOf<T extends z.ZodType>(item: T, max = 16) {
  const error = `a list of 1 to ${max} entries`;
  return z.array(item, { error }).min(1, { error }).max(max, { error });
}

/** Fields of features that are not built: each may be left out, or say that the feature is off. */
export function onlyNeutral<const K extends string>(values: Record<K, readonly unknown[]>) {
  const entry = (allowed: readonly unknown[]) => {
    const isNeutral = (value: unknown) => allowed.some((one) => one === value);
    return z
      .unknown()
      .refine(isNeutral, { error: `${allowed.map(show).join(' or ')}, the only supported` })
      .optional();
  };
  const fields = Object.entries<readonly unknown[]>(values).map(([name, allowed]) => [name, entry(allowed)] as const);
  return Object.fromEntries(fields) as Record<K, ReturnType<typeof entry>>;
}
