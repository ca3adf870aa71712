// Edits exactly where people said that pictures went wrong: they come first among those of their prompt, since these are the
// mistakes that a reward function has to tell.

import { listPromptWords } from '../../project/prompts/prompt-words.ts';
import type { MarkedImage } from '../../project/rating/marked-words.ts';

/** The words that bad pictures of each prompt do not show, by prompt, the most often named first. */
export function wordsByPrompt(marked: readonly MarkedImage[]): ReadonlyMap<string, readonly string[]> {
  const counts = new Map<string, Map<string, number>>();
  for (const { promptId, words } of marked) {
    const of = counts.get(promptId) ?? new Map<string, number>();
    for (const word of words) of.set(word, (of.get(word) ?? 0) + 1);
    counts.set(promptId, of);
  }
  return new Map(
    [...counts].map(([id, of]) => [
      id,
      [...of].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([word]) => word),
    ]),
  );
}

/**
 * Up to `count` of `edits`: first those in which a marked word is gone, at most half of the places, rounded up, as long as there are
 * others; then the others in their order.
 */
export function preferMarked(edits: readonly string[], marked: readonly string[], count: number): string[] {
  const words = new Map(
    edits.map((edit) => [edit, new Set(listPromptWords(edit).map((word) => word.toLowerCase()))] as const),
  );
  // A word that no edit keeps is not of this prompt: it would make all edits alike.
  const telling = marked.filter((word) => edits.some((edit) => words.get(edit)!.has(word)));
  if (telling.length === 0) return edits.slice(0, count);
  const isThere = (edit: string) => telling.every((word) => words.get(edit)!.has(word));
  const [there, others] = [edits.filter((edit) => !isThere(edit)), edits.filter(isThere)];
  const places = Math.max(Math.ceil(count / 2), count - others.length);
  const first = there.slice(0, places);
  return [...first, ...others].slice(0, count);
}
