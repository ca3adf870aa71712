// The tokenizer of a file in the original layout: CLIP's own, unless the file was written here from a model with another
// or with added tokens. That one is in the metadata, its vocabulary only where it is not CLIP's.

import { isDeepStrictEqual } from 'node:util';
import { CollimateError } from '../../util/errors.ts';
import { readTokenizerFiles, type TokenizerFiles } from '../tokenizer/files.ts';
import { publishedTokenizer } from '../tokenizer/published.ts';
import { formatTokenizer } from '../tokenizer/write.ts';
import type { TextTower } from './text-keys.ts';

/** Where the tokenizer's files stand in the metadata, as JSON of texts by name. */
const TOKENIZER_KEY = 'collimate.tokenizer';

type Texts = Readonly<Record<string, string>>;

function published(tower: TextTower): Texts {
  return publishedTokenizer(tower === 'openclip' ? '!' : '<|endoftext|>');
}

/** What the metadata of a file says of its tokenizer; nothing for CLIP's own. @throws CollimateError MODEL_CONFIG */
export function tokenizerMetadata(source: string | Texts | undefined, tower: TextTower): Record<string, string> {
  if (source === undefined) return {};
  const own = readTokenizerFiles(source);
  const usual = readTokenizerFiles(published(tower));
  if (isDeepStrictEqual(own, usual)) return {};
  const { 'vocab.json': vocab, 'merges.txt': merges, ...rest } = formatTokenizer(own);
  const isClips = hasVocabularyOf(own, usual);
  return { [TOKENIZER_KEY]: JSON.stringify(isClips ? rest : { 'vocab.json': vocab, 'merges.txt': merges, ...rest }) };
}

function hasVocabularyOf(own: TokenizerFiles, usual: TokenizerFiles): boolean {
  return isDeepStrictEqual(own.vocab, usual.vocab) && isDeepStrictEqual(own.merges, usual.merges);
}

/** The tokenizer's files by name. @throws CollimateError MODEL_CONFIG where the metadata are damaged. */
export function readTokenizerMetadata(path: string, metadata: Texts, tower: TextTower): Texts {
  const json = metadata[TOKENIZER_KEY];
  const { 'vocab.json': vocab, 'merges.txt': merges, ...usual } = published(tower);
  const vocabulary = { 'vocab.json': vocab!, 'merges.txt': merges! };
  if (json === undefined) return { ...vocabulary, ...usual };
  try {
    return { ...vocabulary, ...(JSON.parse(json) as Texts) };
  } catch (cause) {
    throw new CollimateError('MODEL_CONFIG', `model ${path}: ${TOKENIZER_KEY} is no JSON`, 'Convert it again.', {
      cause,
    });
  }
}
