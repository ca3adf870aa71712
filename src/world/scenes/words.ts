// The words of the embedded world, for whoever builds its tokenizer.

import { grammarWords } from '../../project/prompts/grammar.ts';
import { worldGrammar } from '../../project/prompts/world-grammar.ts';

/** Every word that a prompt of the embedded world may contain, sorted. */
export function worldWords(): string[] {
  return grammarWords(worldGrammar);
}
