// T5's tokenizer: a unigram model in `tokenizer.json`. All of it is @huggingface/tokenizers'; here are its length, its end and
// its padding, as Stable Diffusion 3's pipeline asks for them.

import { Tokenizer as LibraryTokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { badTokenizer, parseTokenizerJson } from './refuse.ts';
import { ONE_FILE as FILE, readTokenizerText } from './text-file.ts';
import type { PromptTokenizer } from './tokenizer.ts';

const schema = z.looseObject({
  model: z.looseObject({
    type: z.literal('Unigram', { error: 'expected Unigram, which T5 has' }),
    vocab: z.array(z.tuple([z.string(), z.number()])).min(1),
  }),
  added_tokens: z.array(z.looseObject({ content: z.string(), id: z.int().nonnegative() })).default([]),
});
const configSchema = z.looseObject({ eos_token: z.unknown().optional(), pad_token: z.unknown().optional() });

interface UnigramOptions {
  /** Tokens that are read of each text, the end counted. */
  readonly length: number;
  /** Rows of the embedding. */
  readonly rows: number;
}

/**
 * The tokenizer of a folder, or of such files by name.
 *
 * @param model stands in messages
 * @throws CollimateError MODEL_CONFIG where `tokenizer.json` is missing, of another kind, or has ids beyond the embedding.
 */
export function loadUnigramTokenizer(
  source: string | Readonly<Record<string, string>>,
  model: string,
  { length, rows }: UnigramOptions,
): PromptTokenizer {
  const folder = typeof source === 'string' ? source : `${model}/tokenizer`;
  const text = readTokenizerText(source, FILE);
  if (text === undefined)
    throw badTokenizer(
      folder,
      FILE,
      'there is no such file (a spiece.model alone is not read)',
      'Fetch tokenizer.json of the same model, or leave T5 out: [null, null] for text_encoder_3 in model_index.json.',
    );
  const parsed = parseTokenizerJson(folder, FILE, text, schema);
  const config = parseTokenizerJson(
    folder,
    'tokenizer_config.json',
    readTokenizerText(source, 'tokenizer_config.json') ?? '{}',
    configSchema,
  );
  const ids = new Map(parsed.model.vocab.map(([piece], id) => [piece, id]));
  for (const { content, id } of parsed.added_tokens) ids.set(content, id);
  const highest = [...ids.values()].reduce((most, id) => Math.max(most, id), 0);
  if (highest >= rows)
    throw badTokenizer(folder, FILE, `expected ids below ${rows}, the rows of the embedding, got ${highest}`);
  const idOf = (token: unknown, usual: string) => {
    const content = typeof token === 'string' ? token : ((token as { content?: string })?.content ?? usual);
    const id = ids.get(content);
    if (id !== undefined) return id;
    throw badTokenizer(folder, FILE, `expected the special token ${JSON.stringify(content)}, got none`);
  };
  const [end, pad] = [idOf(config.eos_token, '</s>'), idOf(config.pad_token, '<pad>')];
  const library = new LibraryTokenizer(parsed as object, { ...config, eos_token: config.eos_token ?? '</s>' });
  const encode = (prompt: string): number[] => {
    const found = library.encode(prompt).ids;
    const kept = found.length > length ? [...found.slice(0, length - 1), end] : found;
    return [...kept, ...new Array<number>(length - kept.length).fill(pad)];
  };
  return {
    maxLength: length,
    encodeBatch: (texts) => ({ ids: Int32Array.from(texts.flatMap(encode)), shape: [texts.length, length] }),
    measure: (prompt) => library.encode(prompt).ids.length,
  };
}
