// Categories in the order in which tables show them.

import { CATEGORIES } from './grammar.ts';

/** Each category once: those of the paper first, in its order, then any other by name. */
export function orderCategories(names: Iterable<string>): string[] {
  const found = new Set(names);
  const paper: readonly string[] = CATEGORIES;
  const others = [...found].filter((name) => !paper.includes(name)).sort();
  return [...paper.filter((name) => found.has(name)), ...others];
}
