// The files of a CLIP tokenizer folder, read and checked: vocab.json and merges.txt, or tokenizer.json alone, with two small
// configs and added tokens.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type AddedToken, addedDecoderSchema, addedJsonSchema, addedListSchema, collectAdded } from './added.ts';
import { parseOneFile } from './one-file.ts';
import { badTokenizer, parseTokenizerJson } from './refuse.ts';
import { createTokenizer, type Tokenizer } from './tokenizer.ts';

/** The contents of a tokenizer's files. */
export type TokenizerFiles = {
  vocab: Record<string, number>;
  merges: [string, string][];
  special: { bos: string; eos: string; pad: string; unk: string };
  /** Tokens beyond the vocabulary. */
  added: AddedToken[];
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
  added_tokens_decoder: addedDecoderSchema.optional(),
  split_special_tokens: z.literal(false, { error: 'is not built here, expected false' }).nullish(),
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

type Read = (name: string) => string | undefined;

/** Parses the files that `read` finds by name; `folder` stands in messages only. */
function parseTokenizerFiles(folder: string, read: Read): TokenizerFiles {
  const parse = <T extends z.ZodType>(name: string, schema: T) =>
    parseTokenizerJson(folder, name, read(name) ?? '{}', schema);
  const config = parse('tokenizer_config.json', configSchema);
  const map = parse('special_tokens_map.json', specialSchema);
  const { vocab, merges, list, lowerCase } = readVocabulary(folder, read);
  const json = parse('added_tokens.json', addedJsonSchema);
  const added = collectAdded(folder, vocab, { decoder: config.added_tokens_decoder, list, json });
  // The map comes first: Stable Diffusion 2 pads with "!" by saying so there alone.
  const special = {
    bos: map.bos_token ?? config.bos_token ?? '<|startoftext|>',
    eos: map.eos_token ?? config.eos_token ?? '<|endoftext|>',
    pad: map.pad_token ?? config.pad_token ?? '<|endoftext|>',
    unk: map.unk_token ?? config.unk_token ?? '<|endoftext|>',
  };
  for (const content of Object.values(special)) {
    if (!Object.hasOwn(vocab, content) && !added.some((token) => token.content === content))
      throw badTokenizer(folder, 'vocab.json', `expected the special token ${JSON.stringify(content)}, got none`);
  }
  const length = config.model_max_length ?? CLIP_CONTEXT;
  const maxLength = length > 1e6 ? CLIP_CONTEXT : length;
  if (!Number.isInteger(maxLength) || maxLength < 3)
    throw badTokenizer(
      folder,
      'tokenizer_config.json',
      `model_max_length: expected a whole number from 3 on, got ${length}`,
    );
  return { vocab, merges, special, added, maxLength, lowerCase: lowerCase ?? config.do_lower_case ?? true };
}

const listSchema = z.looseObject({ added_tokens: addedListSchema.optional() });

/** vocab.json and merges.txt come first, as in programs that read both forms. */
function readVocabulary(folder: string, read: Read) {
  const whole = read('tokenizer.json');
  const pairs = read('vocab.json') ?? read('merges.txt');
  if (pairs === undefined && whole !== undefined) {
    const { added: list, ...rest } = parseOneFile(folder, whole);
    return { ...rest, list };
  }
  const vocab = parseTokenizerJson(folder, 'vocab.json', required(folder, 'vocab.json', read), vocabSchema);
  const merges = parseMerges(folder, required(folder, 'merges.txt', read), vocab);
  const list = parseTokenizerJson(folder, 'tokenizer.json', whole ?? '{}', listSchema).added_tokens;
  return { vocab, merges, list, lowerCase: undefined };
}

function required(folder: string, name: string, read: Read): string {
  const text = read(name);
  if (text !== undefined) return text;
  throw badTokenizer(folder, name, 'there is no such file, and no tokenizer.json in its place');
}

/** Pairs by falling priority; the first line names the format's version. */
function parseMerges(folder: string, text: string, vocab: Record<string, number>): [string, string][] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/);
  if (lines[0]?.startsWith('#version')) lines.shift();
  const merges: [string, string][] = [];
  for (const line of lines) {
    const [left, right, ...rest] = line.split(' ');
    if (!left || !right || rest.length > 0)
      throw badTokenizer(folder, 'merges.txt', `expected two tokens a line, got ${JSON.stringify(line)}`);
    // The published file of the vocabulary's makers goes on beyond the vocabulary: those merges are not in use.
    if (Object.hasOwn(vocab, left + right)) merges.push([left, right]);
  }
  return merges;
}
