// Categories in the order in which tables show them.

import { CATEGORIES, type Category } from './grammar.ts';

/** Each category once: those of the paper first, in its order, then any other by name. */
export function orderCategories(names: Iterable<Category>): Category[] {
  const found = new Set(names);
  const others = [...found].filter((name) => !CATEGORIES.includes(name)).sort();
  return [...CATEGORIES.filter((name) => found.has(name)), ...others];
}
