// A tokenizer as the files that transformers 4 and 5 read.

import type { TokenizerFiles } from './files.ts';

/** vocab.json, merges.txt, tokenizer_config.json and special_tokens_map.json by name: what `readTokenizerFiles` reads. */
export function formatTokenizer(files: TokenizerFiles): Record<string, string> {
  const { vocab, merges, special, added, maxLength, lowerCase } = files;
  const tokens = {
    bos_token: special.bos,
    eos_token: special.eos,
    pad_token: special.pad,
    unk_token: special.unk,
  };
  const plain = { lstrip: false, rstrip: false, single_word: false, special: false };
  const decoder = added.map(({ id, content, normalized }) => [String(id), { content, normalized, ...plain }]);
  const config = {
    add_prefix_space: false,
    ...(added.length > 0 && { added_tokens_decoder: Object.fromEntries(decoder) }),
    do_lower_case: lowerCase,
    model_max_length: maxLength,
    tokenizer_class: 'CLIPTokenizer',
    ...tokens,
  };
  return {
    'vocab.json': `${JSON.stringify(vocab)}\n`,
    'merges.txt': `${['#version: 0.2', ...merges.map((pair) => pair.join(' '))].join('\n')}\n`,
    'tokenizer_config.json': `${JSON.stringify(config, null, 2)}\n`,
    'special_tokens_map.json': `${JSON.stringify(tokens, null, 2)}\n`,
  };
}
