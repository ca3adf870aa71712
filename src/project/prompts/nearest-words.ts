// The known words nearest to one that was mistyped.

import { editDistance } from '../../util/text.ts';

/** The `limit` words with the smallest edit distance to `word`, nearest first, ties in alphabetical order. */
export function nearestWords(word: string, known: readonly string[], limit = 3): string[] {
  return known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .sort((a, b) => a.distance - b.distance || (a.candidate < b.candidate ? -1 : 1))
    .slice(0, limit)
    .map(({ candidate }) => candidate);
}
