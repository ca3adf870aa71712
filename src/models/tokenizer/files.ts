// The files of a CLIP tokenizer folder, read and checked: vocab.json, merges.txt, and two small configs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';

/** The contents of a tokenizer's files. */
export type TokenizerFiles = {
  vocab: Record<string, number>;
  merges: [string, string][];
  special: { bos: string; eos: string; pad: string; unk: string };
  maxLength: number;
  lowerCase: boolean;
};

/** A special token stands as text or as a record around it. */
const token = z.union([z.string(), z.looseObject({ content: z.string() }).transform((record) => record.content)]);

const specialSchema = z.looseObject({
  bos_token: token.optional(),
  eos_token: token.optional(),
  pad_token: token.optional(),
  unk_token: token.optional(),
});

const configSchema = specialSchema.extend({
  model_max_length: z.number().positive().optional(),
  do_lower_case: z.boolean().optional(),
});

const vocabSchema = z.record(z.string(), z.int().nonnegative());

/** CLIP's own context, for configs that leave it out or write "no limit" as 1e30. */
const CLIP_CONTEXT = 77;

/**
 * The tokenizer of a folder such as `tokenizer/` of a Stable Diffusion model, or of such files by name.
 *
 * @throws CollimateError MODEL_CONFIG where a file is missing or does not hold.
 */
export function loadTokenizer(source: string | Readonly<Record<string, string>>): Tokenizer {
  return createTokenizer(readTokenizerFiles(source));
}

/** What `loadTokenizer` reads. @throws CollimateError MODEL_CONFIG where a file is missing or does not hold. */
export function readTokenizerFiles(source: string | Readonly<Record<string, string>>): TokenizerFiles {
  if (typeof source !== 'string') return parseTokenizerFiles('', (name) => source[name]);
  return parseTokenizerFiles(source, (name) => {
    try {
      return readFileSync(join(source, name), 'utf8');
    } catch {
      return undefined;
    }
  });
}

/** Parses the files that `read` finds by name; `folder` stands in messages only. */
function parseTokenizerFiles(folder: string, read: (name: string) => string | undefined): TokenizerFiles {
  const config = parseJson(folder, 'tokenizer_config.json', read('tokenizer_config.json') ?? '{}', configSchema);
  const map = parseJson(folder, 'special_tokens_map.json', read('special_tokens_map.json') ?? '{}', specialSchema);
  const vocab = parseJson(folder, 'vocab.json', required(folder, 'vocab.json', read), vocabSchema);
  const merges = parseMerges(folder, required(folder, 'merges.txt', read), vocab);
  // The map comes first: Stable Diffusion 2 pads with "!" by saying so there alone.
  const special = {
    bos: map.bos_token ?? config.bos_token ?? '<|startoftext|>',
    eos: map.eos_token ?? config.eos_token ?? '<|endoftext|>',
    pad: map.pad_token ?? config.pad_token ?? '<|endoftext|>',
    unk: map.unk_token ?? config.unk_token ?? '<|endoftext|>',
  };
  for (const content of Object.values(special)) {
    if (!Object.hasOwn(vocab, content))
      throw invalid(folder, 'vocab.json', `expected the special token ${JSON.stringify(content)}, got none`);
  }
  const length = config.model_max_length ?? CLIP_CONTEXT;
  const maxLength = length > 1e6 ? CLIP_CONTEXT : length;
  if (!Number.isInteger(maxLength) || maxLength < 3)
    throw invalid(
      folder,
      'tokenizer_config.json',
      `model_max_length: expected a whole number from 3 on, got ${length}`,
    );
  return { vocab, merges, special, maxLength, lowerCase: config.do_lower_case ?? true };
}

function required(folder: string, name: string, read: (name: string) => string | undefined): string {
  const text = read(name);
  if (text === undefined) throw invalid(folder, name, 'there is no such file');
  return text;
}

function parseJson<T>(folder: string, name: string, text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalid(folder, name, `expected JSON (${(error as Error).message})`);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  throw invalid(folder, name, `${issue.path.join('.')}: ${issue.message}`);
}

/** Pairs by falling priority; the first line names the format's version. */
function parseMerges(folder: string, text: string, vocab: Record<string, number>): [string, string][] {
  const lines = text.trimEnd().split(/\r?\n/);
  if (lines[0]?.startsWith('#version')) lines.shift();
  const merges: [string, string][] = [];
  for (const line of lines) {
    const [left, right, ...rest] = line.split(' ');
    if (!left || !right || rest.length > 0)
      throw invalid(folder, 'merges.txt', `expected two tokens a line, got ${JSON.stringify(line)}`);
    // The published file of the vocabulary's makers goes on beyond the vocabulary: those merges are not in use.
    if (Object.hasOwn(vocab, left + right)) merges.push([left, right]);
  }
  return merges;
}

function invalid(folder: string, name: string, problem: string): CollimateError {
  return new CollimateError(
    'MODEL_CONFIG',
    `tokenizer ${join(folder, name)}: ${problem}`,
    'Use the complete tokenizer folder that belongs to the model: vocab.json, merges.txt and tokenizer_config.json.',
  );
}
