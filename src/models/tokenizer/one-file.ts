// `tokenizer.json`: the one file in which transformers 5 keeps a tokenizer. CLIP's alone is read: its rules around the byte
// pairs are compared with those that are built here, and another's are refused.

import { z } from 'zod';
import { addedListSchema } from './added.ts';
import { badTokenizer, parseTokenizerJson } from './refuse.ts';
import { PIECES } from './tokenizer.ts';

const merge = z.union([z.tuple([z.string(), z.string()]), z.string().transform(splitMerge)]);

const schema = z.looseObject({
  added_tokens: addedListSchema.default([]),
  normalizer: z.looseObject({ normalizers: z.array(z.looseObject({ type: z.string() })).optional() }).nullish(),
  pre_tokenizer: z.looseObject({ pretokenizers: z.array(z.looseObject({ type: z.string() })).optional() }).nullish(),
  post_processor: z.looseObject({ type: z.string() }).nullish(),
  model: z.looseObject({
    type: z.string().optional(),
    vocab: z.record(z.string(), z.int().nonnegative()),
    merges: z.array(merge),
    end_of_word_suffix: z.string().nullish(),
    continuing_subword_prefix: z.string().nullish(),
    byte_fallback: z.boolean().nullish(),
    ignore_merges: z.boolean().nullish(),
  }),
});

export interface OneFile {
  readonly vocab: Record<string, number>;
  readonly merges: [string, string][];
  readonly added: z.output<typeof addedListSchema>;
  readonly lowerCase: boolean;
}

/** The content of `tokenizer.json`. @throws CollimateError MODEL_CONFIG where it is not CLIP's kind of tokenizer. */
export function parseOneFile(folder: string, text: string): OneFile {
  const name = 'tokenizer.json';
  const {
    model,
    normalizer,
    pre_tokenizer: pieces,
    added_tokens: added,
  } = parseTokenizerJson(folder, name, text, schema);
  const normalizers = (normalizer?.normalizers ?? []).map(({ type }) => type);
  const [split, bytes] = pieces?.pretokenizers ?? [];
  const pattern = (split?.pattern as { Regex?: unknown } | undefined)?.Regex;
  const expected: readonly [string, boolean, unknown][] = [
    ['model.type BPE', (model.type ?? 'BPE') === 'BPE', model.type],
    ['model.end_of_word_suffix </w>', model.end_of_word_suffix === '</w>', model.end_of_word_suffix],
    ['no model.continuing_subword_prefix', !model.continuing_subword_prefix, model.continuing_subword_prefix],
    ['model.byte_fallback false', !model.byte_fallback, model.byte_fallback],
    ['model.ignore_merges false', !model.ignore_merges, model.ignore_merges],
    ['the normalizers NFC, Replace, Lowercase', /^NFC,Replace(,Lowercase)?$/.test(normalizers.join()), normalizers],
    ["CLIP's pattern of pieces", typeof pattern === 'string' && pattern.endsWith(PIECES), pattern],
    ['pieces as bytes (ByteLevel)', bytes?.type === 'ByteLevel', bytes?.type],
  ];
  const wrong = expected.find(([, holds]) => !holds);
  if (wrong)
    throw badTokenizer(
      folder,
      name,
      `expected ${wrong[0]}, got ${JSON.stringify(wrong[2]) ?? 'nothing'}`,
      "This is not CLIP's tokenizer; use the one of a Stable Diffusion 1.x or 2.x or of a CLIP.",
    );
  return { vocab: model.vocab, merges: model.merges, added, lowerCase: normalizers.includes('Lowercase') };
}

function splitMerge(text: string, context: z.RefinementCtx): [string, string] {
  const [left, right, ...rest] = text.split(' ');
  if (left && right && rest.length === 0) return [left, right];
  context.addIssue({ code: 'custom', message: `expected two tokens, got ${JSON.stringify(text)}` });
  return z.NEVER;
}
