// Makes the tokenizer of a small world: a vocabulary in CLIP's own format in which every word of that world is one
// token, and any other text falls back to shorter pieces, down to bytes.

import { CollimateError } from '../../util/errors.ts';
import { BYTE_ALPHABET, byteCharacters } from './bytes.ts';

const START = '<|startoftext|>';
const END = '<|endoftext|>';

/** The files of a tokenizer by name, and the height of the embedding table that it needs. */
export type TinyTokenizer = { files: Record<string, string>; vocabSize: number };

/**
 * The files of a tokenizer in which each of `words` is one token.
 * Ids are laid out as CLIP's: 256 bytes, 256 bytes that end a word, one token a merge, start and end.
 *
 * @param words lower-case words of letters; a repeated word counts once.
 * @param contextLength ids in a row, start and end token counted; at least 3.
 * @throws CollimateError CONFIG where a word is not one piece of text, such as "two dogs" or "it's".
 */
export function buildTinyTokenizer(words: readonly string[], contextLength = 16): TinyTokenizer {
  const merges: [string, string][] = [];
  for (const word of new Set(words)) {
    checkWord(word);
    // Each merge ranks behind those of the words before, so that it cannot change how they come together.
    for (let pieces = split(word, merges); pieces.length > 1; pieces = split(word, merges))
      merges.push([pieces[0]!, pieces[1]!]);
  }
  const bytes = [...BYTE_ALPHABET.values()];
  const merged = merges.map(([left, right]) => left + right);
  const tokens = [...new Set([...bytes, ...bytes.map((byte) => `${byte}</w>`), ...merged, START, END])];
  const special = { bos_token: START, eos_token: END, pad_token: END, unk_token: END };
  const config = { tokenizer_class: 'CLIPTokenizer', model_max_length: contextLength, do_lower_case: true };
  const lines = ['#version: 0.2', ...merges.map((pair) => pair.join(' '))];
  return {
    files: {
      'vocab.json': `${JSON.stringify(Object.fromEntries(tokens.map((token, id) => [token, id])))}\n`,
      'merges.txt': `${lines.join('\n')}\n`,
      'tokenizer_config.json': `${JSON.stringify({ ...config, add_prefix_space: false, ...special }, null, 2)}\n`,
      'special_tokens_map.json': `${JSON.stringify(special, null, 2)}\n`,
    },
    vocabSize: tokens.length,
  };
}

function checkWord(word: string): void {
  if (/^\p{L}+$/u.test(word) && word === word.toLowerCase().normalize('NFC')) return;
  throw new CollimateError(
    'CONFIG',
    `tiny tokenizer: expected a lower-case word of letters, got ${JSON.stringify(word)}`,
    'Give the words of a prompt one by one; digits and punctuation have tokens of their own.',
  );
}

/** A word's pieces: again and again the merge of highest rank is applied everywhere, until none fits. */
function split(word: string, merges: readonly [string, string][]): string[] {
  const pieces = byteCharacters(word);
  pieces.push(`${pieces.pop()!}</w>`);
  for (let best = 0; best < merges.length; best++) {
    const [left, right] = merges[best]!;
    let applied = false;
    for (let i = 0; i + 1 < pieces.length; i++) {
      if (pieces[i] !== left || pieces[i + 1] !== right) continue;
      pieces.splice(i, 2, left + right);
      applied = true;
    }
    // What was just made may complete a pair of higher rank.
    if (applied) best = -1;
  }
  return pieces;
}
