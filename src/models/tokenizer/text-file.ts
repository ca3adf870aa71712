// A tokenizer's files: of a folder, or by name.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The one file in which transformers 5, T5 and SigLIP keep a tokenizer. */
export const ONE_FILE = 'tokenizer.json';

/** The text of a file; undefined where there is none. */
export function readTokenizerText(source: string | Readonly<Record<string, string>>, name: string): string | undefined {
  if (typeof source !== 'string') return source[name];
  try {
    return readFileSync(join(source, name), 'utf8');
  } catch {
    return undefined;
  }
}
