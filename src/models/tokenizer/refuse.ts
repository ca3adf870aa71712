// What is said of a tokenizer that cannot be used.

import { join } from 'node:path';
import type { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { describeIssues } from '../../util/issue-words.ts';
import { parsePythonJson } from '../../util/python-json.ts';

/** An error about one of a tokenizer's files. */
export function badTokenizer(folder: string, name: string, problem: string, hint = WHOLE_FOLDER): CollimateError {
  return new CollimateError('MODEL_CONFIG', `tokenizer ${join(folder, name)}: ${problem}`, hint);
}

const WHOLE_FOLDER =
  'Use the complete tokenizer folder that belongs to the model: tokenizer.json, or vocab.json and merges.txt, with tokenizer_config.json.';

/** A file's JSON as `schema` has it. @throws CollimateError MODEL_CONFIG */
export function parseTokenizerJson<T extends z.ZodType>(
  folder: string,
  name: string,
  text: string,
  schema: T,
): z.output<T> {
  let value: unknown;
  try {
    value = parsePythonJson(text);
  } catch (error) {
    throw badTokenizer(folder, name, `expected JSON (${(error as Error).message})`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw badTokenizer(folder, name, describeIssues(result.error.issues, 1));
}
