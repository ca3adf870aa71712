// All prompts of a category, in a fixed order.

import type { Category, Grammar, Slots } from './grammar.ts';
import { COUNTS } from './grammar.ts';
import { worldGrammar } from './world-grammar.ts';

/**
 * Every prompt of a category, each once. Combinations name all four parts, and counts include one ("a dog").
 *
 * @example
 * enumeratePrompts('color').length; // 36: 6 subjects by 6 colors
 */
export function enumeratePrompts(category: Category, grammar: Grammar = worldGrammar): Slots[] {
  const { colors } = grammar;
  const subjects = grammar.subjects.map(({ singular }) => singular);
  const backgrounds = grammar.backgrounds.map(({ name }) => name);
  switch (category) {
    case 'count':
      return subjects.flatMap((subject) => COUNTS.map((count): Slots => ({ count, subject })));
    case 'color':
      return subjects.flatMap((subject) => colors.map((color): Slots => ({ count: 1, color, subject })));
    case 'background':
      return subjects.flatMap((subject) => backgrounds.map((background): Slots => ({ count: 1, subject, background })));
    case 'combination':
      return subjects.flatMap((subject) =>
        colors.flatMap((color) =>
          backgrounds.flatMap((background) => COUNTS.map((count): Slots => ({ count, color, subject, background }))),
        ),
      );
  }
}
