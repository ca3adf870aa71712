// The tokenizers of a file in the original layout: CLIP's own, unless the file was written here from a model with another
// or with added tokens. That one is in the metadata, its vocabulary only where it is not CLIP's.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CollimateError } from '../../util/errors.ts';
import { readTokenizerFiles, type TokenizerFiles } from '../tokenizer/files.ts';
import { publishedTokenizer } from '../tokenizer/published.ts';
import { formatTokenizer } from '../tokenizer/write.ts';

/** Where the files of the first tokenizer stand in the metadata, as JSON of texts by name; of others with `.` and their folder. */
const TOKENIZER_KEY = 'collimate.tokenizer';

type Texts = Readonly<Record<string, string>>;

function keyOf(folder: string): string {
  return folder === 'tokenizer' ? TOKENIZER_KEY : `${TOKENIZER_KEY}.${folder}`;
}

/**
 * What the metadata of a file say of its tokenizers; nothing of those that are CLIP's own with the usual padding.
 *
 * @param paddings of CLIP's tokenizers by folder; others are written whole
 * @throws CollimateError MODEL_CONFIG
 */
export function tokenizerMetadata(
  sources: Readonly<Record<string, string | Texts>>,
  paddings: Readonly<Record<string, string>>,
): Record<string, string> {
  const entries = Object.entries(sources).flatMap(([folder, source]) => {
    const texts = paddings[folder] === undefined ? readTexts(source) : unusualTexts(source, paddings[folder]);
    return texts ? [[keyOf(folder), JSON.stringify(texts)]] : [];
  });
  return Object.fromEntries(entries);
}

/** The files of CLIP's kind of tokenizer, as far as they are not CLIP's own. */
function unusualTexts(source: string | Texts, padding: string): Texts | undefined {
  const own = readTokenizerFiles(source);
  const usual = readTokenizerFiles(publishedTokenizer(padding));
  if (isDeepStrictEqual(own, usual)) return undefined;
  const { 'vocab.json': vocab, 'merges.txt': merges, ...rest } = formatTokenizer(own);
  return hasVocabularyOf(own, usual) ? rest : { 'vocab.json': vocab!, 'merges.txt': merges!, ...rest };
}

/** Files of another kind of tokenizer, as they are. */
function readTexts(source: string | Texts): Texts {
  if (typeof source !== 'string') return source;
  const names = ['tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'];
  const there = names.filter((name) => existsSync(join(source, name)));
  return Object.fromEntries(there.map((name) => [name, readFileSync(join(source, name), 'utf8')]));
}

function hasVocabularyOf(own: TokenizerFiles, usual: TokenizerFiles): boolean {
  return isDeepStrictEqual(own.vocab, usual.vocab) && isDeepStrictEqual(own.merges, usual.merges);
}

/**
 * The files of each tokenizer by folder: CLIP's own with these paddings where the metadata say nothing, and whatever else they
 * hold.
 *
 * @throws CollimateError MODEL_CONFIG where the metadata are damaged.
 */
export function readTokenizerMetadata(
  path: string,
  metadata: Texts,
  paddings: Readonly<Record<string, string>>,
  folders: readonly string[],
): Readonly<Record<string, Texts>> {
  return Object.fromEntries(
    folders.flatMap((folder) => {
      const json = metadata[keyOf(folder)];
      const padding = paddings[folder];
      if (json === undefined && padding === undefined) return [];
      const stored = json === undefined ? undefined : parseTexts(path, keyOf(folder), json);
      if (padding === undefined) return [[folder, stored!]];
      const usual = publishedTokenizer(padding);
      const vocabulary = { 'vocab.json': usual['vocab.json']!, 'merges.txt': usual['merges.txt']! };
      return [[folder, stored ? { ...vocabulary, ...stored } : usual]];
    }),
  );
}

function parseTexts(path: string, key: string, json: string): Texts {
  try {
    return JSON.parse(json) as Texts;
  } catch (cause) {
    throw new CollimateError('MODEL_CONFIG', `model ${path}: ${key} is no JSON`, 'Convert it again.', { cause });
  }
}
