// Tokens that were added to a tokenizer after it was made, such as the one of a learned embedding. A text is searched for
// them before its words are split.

import { z } from 'zod';
import { badTokenizer } from './refuse.ts';

export interface AddedToken {
  readonly content: string;
  readonly id: number;
  /** Whether it is searched for in the lower-cased text. */
  readonly normalized: boolean;
}

const entry = z.looseObject({
  content: z.string().min(1),
  id: z.int().nonnegative().optional(),
  normalized: z.boolean().default(true),
  single_word: z.boolean().default(false),
});

/** `added_tokens.json`: ids by content. */
export const addedJsonSchema = z.record(z.string().min(1), z.int().nonnegative());
/** `added_tokens_decoder` of tokenizer_config.json: records by id. */
export const addedDecoderSchema = z.record(z.string().regex(/^\d+$/), entry);
/** `added_tokens` of tokenizer.json. */
export const addedListSchema = z.array(entry.extend({ id: z.int().nonnegative() }));

/** Where added tokens stand, as far as a folder has these files. */
export interface AddedSources {
  readonly json?: z.output<typeof addedJsonSchema> | undefined;
  readonly decoder?: z.output<typeof addedDecoderSchema> | undefined;
  readonly list?: z.output<typeof addedListSchema> | undefined;
}

/**
 * The tokens of all files that are not in the vocabulary under the same id.
 *
 * @throws CollimateError MODEL_CONFIG where two files, or a file and the vocabulary, give one token two ids.
 */
export function collectAdded(
  folder: string,
  vocab: Readonly<Record<string, number>>,
  { json = {}, decoder = {}, list = [] }: AddedSources,
): AddedToken[] {
  const all = [
    ...Object.entries(decoder).map(([id, token]) => ({ ...token, id: Number(id), file: 'tokenizer_config.json' })),
    ...list.map((token) => ({ ...token, file: 'tokenizer.json' })),
    // An old file says no more than the id: what else there is to say, its readers take as for any new token.
    ...Object.entries(json).map(([content, id]) => ({
      content,
      id,
      normalized: true,
      single_word: false,
      file: 'added_tokens.json',
    })),
  ];
  const found = new Map<string, AddedToken>();
  const taken = new Map(Object.entries(vocab).map(([content, id]) => [id, content]));
  for (const { file, content, id, normalized, single_word } of all) {
    const known = found.get(content)?.id ?? (Object.hasOwn(vocab, content) ? vocab[content] : undefined);
    const shown = JSON.stringify(content);
    if (known !== undefined && known !== id)
      throw badTokenizer(folder, file, `expected the added token ${shown} to be ${known} as elsewhere, got ${id}`);
    if (known !== undefined) continue;
    const other = taken.get(id);
    if (other !== undefined)
      throw badTokenizer(
        folder,
        file,
        `expected an id of its own for ${shown}, got ${id}, which is ${JSON.stringify(other)}`,
      );
    if (single_word)
      throw badTokenizer(folder, file, `the added token ${shown}: single_word is not built here, expected false`);
    taken.set(id, content);
    found.set(content, { content, id, normalized });
  }
  return [...found.values()].sort((a, b) => a.id - b.id);
}
