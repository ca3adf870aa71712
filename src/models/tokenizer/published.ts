// The tokenizer of CLIP, which every Stable Diffusion 1.x and 2.x shares: for files that come without one. Its merges are
// OpenAI's (github.com/openai/CLIP, MIT licence).

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { BYTE_ALPHABET } from './bytes.ts';

const MERGES = fileURLToPath(new URL('../../../models/tokenizer/merges.txt.gz', import.meta.url));
const START = '<|startoftext|>';
const END = '<|endoftext|>';

/** The files of `tokenizer/` by name. @param pad what fills a prompt up: the end token in 1.x, `!` in 2.x */
export function publishedTokenizer(pad: string): Record<string, string> {
  const merges = gunzipSync(readFileSync(MERGES)).toString('utf8');
  const merged = merges
    .trimEnd()
    .split('\n')
    .slice(1) // the version
    .map((line) => line.replace(' ', ''));
  const bytes = [...BYTE_ALPHABET.values()];
  const tokens = [...bytes, ...bytes.map((byte) => `${byte}</w>`), ...merged, START, END];
  const whole = (content: string) => ({ content, lstrip: false, normalized: true, rstrip: false, single_word: false });
  const special = { bos_token: whole(START), eos_token: whole(END), pad_token: pad, unk_token: whole(END) };
  const config = {
    add_prefix_space: false,
    bos_token: START,
    do_lower_case: true,
    eos_token: END,
    errors: 'replace',
    model_max_length: 77,
    pad_token: END,
    tokenizer_class: 'CLIPTokenizer',
    unk_token: END,
  };
  return {
    'vocab.json': `${JSON.stringify(Object.fromEntries(tokens.map((token, id) => [token, id])))}\n`,
    'merges.txt': merges,
    'tokenizer_config.json': `${JSON.stringify(config, null, 2)}\n`,
    'special_tokens_map.json': `${JSON.stringify(special, null, 2)}\n`,
  };
}
