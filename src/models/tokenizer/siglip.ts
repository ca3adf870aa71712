// SigLIP's tokenizers: a unigram model (SigLIP) or Gemma's byte pairs (SigLIP 2) in `tokenizer.json`. Both saw lower-cased texts
// alone in their training; the first also without punctuation. The rest is @huggingface/tokenizers'.

import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { badTokenizer, parseTokenizerJson } from './refuse.ts';
import { ONE_FILE, readTokenizerText } from './text-file.ts';
import type { PromptTokenizer } from './tokenizer.ts';

const vocab = z.union([
  z.array(z.tuple([z.string(), z.number()])).transform((pieces) => new Map(pieces.map(([piece], id) => [piece, id]))),
  z.record(z.string(), z.int().nonnegative()).transform((ids) => new Map(Object.entries(ids))),
]);

const schema = z.looseObject({
  model: z.looseObject({
    type: z.enum(['Unigram', 'BPE'], { error: 'expected Unigram or BPE, which SigLIP and SigLIP 2 have' }),
    vocab,
  }),
  added_tokens: z.array(z.looseObject({ content: z.string(), id: z.int().nonnegative() })).default([]),
});

const token = z.union([z.string(), z.looseObject({ content: z.string() }).transform(({ content }) => content)]);
const configSchema = z.looseObject({
  tokenizer_class: z.string().optional(),
  eos_token: token.optional(),
  pad_token: token.optional(),
  padding_side: z.literal('right', { error: 'expected right, as SigLIP was trained' }).optional(),
});

export interface SiglipTokenizer {
  readonly tokenizer: PromptTokenizer;
  readonly end: number;
  readonly pad: number;
  /** The content of tokenizer.json. */
  readonly file: string;
}

/**
 * The tokenizer of a folder, for texts of `length` tokens and an embedding of `rows`.
 *
 * @throws CollimateError MODEL_CONFIG where `tokenizer.json` is missing, of another kind, or has ids beyond the embedding.
 */
export function loadSiglipTokenizer(
  folder: string,
  { length, rows }: { readonly length: number; readonly rows: number },
): SiglipTokenizer {
  const file = readTokenizerText(folder, ONE_FILE);
  if (file === undefined)
    throw badTokenizer(
      folder,
      ONE_FILE,
      'there is no such file (a spiece.model or tokenizer.model alone is not read)',
      'Fetch tokenizer.json of the same model.',
    );
  const parsed = parseTokenizerJson(folder, ONE_FILE, file, schema);
  const configName = 'tokenizer_config.json';
  const config = parseTokenizerJson(folder, configName, readTokenizerText(folder, configName) ?? '{}', configSchema);
  const ids = parsed.model.vocab;
  for (const { content, id } of parsed.added_tokens) ids.set(content, id);
  const highest = [...ids.values()].reduce((most, id) => Math.max(most, id), 0);
  if (highest >= rows)
    throw badTokenizer(folder, ONE_FILE, `expected ids below ${rows}, the rows of the embedding, got ${highest}`);
  const usual = parsed.model.type === 'BPE' ? { end: '<eos>', pad: '<pad>' } : { end: '</s>', pad: '</s>' };
  const idOf = (content: string) => {
    const id = ids.get(content);
    if (id !== undefined) return id;
    throw badTokenizer(folder, ONE_FILE, `expected the special token ${JSON.stringify(content)}, got none`);
  };
  const [end, pad] = [idOf(config.eos_token ?? usual.end), idOf(config.pad_token ?? usual.pad)];
  const library = new LibraryTokenizer(JSON.parse(file) as object, config);
  const clean = config.tokenizer_class === 'SiglipTokenizer' ? withoutPunctuation : (text: string) => text;
  const read = (text: string) => library.encode(clean(text.toLowerCase()), { add_special_tokens: false }).ids;
  const encode = (text: string): number[] => {
    const kept = [...read(text).slice(0, length - 1), end];
    return [...kept, ...new Array<number>(length - kept.length).fill(pad)];
  };
  const tokenizer: PromptTokenizer = {
    maxLength: length,
    encodeBatch: (texts) => ({ ids: Int32Array.from(texts.flatMap(encode)), shape: [texts.length, length] }),
    measure: (text) => read(text).length + 1,
  };
  return { tokenizer, end, pad, file };
}

/** ASCII punctuation gone, white space as single blanks, as the publisher's tokenizer canonicalises. */
function withoutPunctuation(text: string): string {
  return text
    .replace(/[!-/:-@[-`{-~]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
