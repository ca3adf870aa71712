// The words of the embedded world, for whoever builds its tokenizer.

import { grammarWords } from '../prompts/grammar.ts';
import { worldGrammar } from '../prompts/world-grammar.ts';

/** Every word that a prompt of the embedded world may contain, sorted. */
export function worldWords(): string[] {
  return grammarWords(worldGrammar);
}
