// CLIP's tokenizer: lower-cased text to byte-pair ids of a fixed length. The merging itself is @huggingface/tokenizers';
// here are CLIP's rules around it, as transformers' CLIPTokenizer has them.

import { Tokenizer as BpeTokenizer } from '@huggingface/tokenizers';
import type { AddedToken } from './added.ts';
import type { TokenizerFiles } from './files.ts';

/** What a text encoder needs of its tokenizer: texts to ids, always `maxLength` long. */
export interface PromptTokenizer {
  /** Ids in a row, start and end token counted; 77 for Stable Diffusion. */
  readonly maxLength: number;
  /** Ids of several texts in row-major order, [texts, maxLength]. */
  encodeBatch(texts: readonly string[]): { ids: Int32Array; shape: [number, number] };
  /** Ids before cutting and padding, start and end token counted: more than `maxLength` where words get lost. */
  measure(text: string): number;
}

/** CLIP's. */
export interface Tokenizer extends PromptTokenizer {
  /** One more than the highest id: the least height of an embedding table. */
  readonly vocabSize: number;
  readonly startId: number;
  readonly endId: number;
  readonly padId: number;
  /** Tokens beyond the vocabulary. */
  readonly added: readonly AddedToken[];
  /** Ids of one text, cut to `maxLength` with the end token kept, or padded to it. */
  encode(text: string): number[];
}

/** Contractions, words, single digits, and runs of anything else: the pieces that byte pairs never cross. */
export const PIECES = "'s|'t|'re|'ve|'m|'ll|'d|[\\p{L}]+|[\\p{N}]|[^\\s\\p{L}\\p{N}]+";

/**
 * A tokenizer from the contents of its files.
 *
 * @example
 * createTokenizer(files).encode('two green dogs'); // [49406, 1237, 1901, 3255, 49407, 49407, …]
 */
export function createTokenizer(files: TokenizerFiles): Tokenizer {
  const { special, maxLength } = files;
  const bpe = new BpeTokenizer(tokenizerJson(files), {});
  const idOf = (token: string) => tokenId(files, token);
  const endId = idOf(special.eos);
  const padId = idOf(special.pad);

  function encode(text: string): number[] {
    const { ids } = bpe.encode(text);
    if (ids.length > maxLength) return [...ids.slice(0, maxLength - 1), endId];
    return [...ids, ...new Array<number>(maxLength - ids.length).fill(padId)];
  }

  function encodeBatch(texts: readonly string[]): { ids: Int32Array; shape: [number, number] } {
    return { ids: Int32Array.from(texts.flatMap(encode)), shape: [texts.length, maxLength] };
  }

  return {
    maxLength,
    vocabSize: highestId(files) + 1,
    startId: idOf(special.bos),
    endId,
    padId,
    added: files.added,
    encode,
    encodeBatch,
    measure: (text) => bpe.encode(text).ids.length,
  };
}

/** The id of a token, of the vocabulary or added. */
export function tokenId({ vocab, added }: Pick<TokenizerFiles, 'vocab' | 'added'>, token: string): number {
  return Object.hasOwn(vocab, token) ? vocab[token]! : added.find(({ content }) => content === token)!.id;
}

function highestId({ vocab, added }: TokenizerFiles): number {
  const ids = [...Object.values(vocab), ...added.map(({ id }) => id)];
  return ids.reduce((highest, id) => Math.max(highest, id), 0);
}

/** The one-file form that CLIP's two files stand for. */
function tokenizerJson(files: TokenizerFiles): object {
  const { vocab, merges, special, added, lowerCase } = files;
  const { bos, eos, pad, unk } = special;
  const specials = [...new Set([bos, eos, pad, unk])];
  return {
    added_tokens: [
      ...specials.map((content) => specialToken(content, tokenId(files, content))),
      ...added.filter(({ content }) => !specials.includes(content)).map(addedToken),
    ],
    normalizer: {
      type: 'Sequence',
      normalizers: [
        { type: 'NFC' },
        { type: 'Replace', pattern: { Regex: '\\s+' }, content: ' ' },
        ...(lowerCase ? [{ type: 'Lowercase' }] : []),
      ],
    },
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Split', pattern: { Regex: PIECES }, behavior: 'Removed', invert: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: { type: 'RobertaProcessing', cls: [bos, tokenId(files, bos)], sep: [eos, tokenId(files, eos)] },
    decoder: { type: 'ByteLevel' },
    model: {
      type: 'BPE',
      vocab,
      merges,
      unk_token: unk,
      continuing_subword_prefix: '',
      end_of_word_suffix: '</w>',
      fuse_unk: false,
    },
  };
}

/** Never split, and found before lower-casing. */
function specialToken(content: string, id: number): object {
  return { content, id, special: true, normalized: false, single_word: false, lstrip: false, rstrip: false };
}

/** White space around it makes no token, so it does not matter whether that is taken along. */
function addedToken({ content, id, normalized }: AddedToken): object {
  return { content, id, special: false, normalized, single_word: false, lstrip: false, rstrip: false };
}
