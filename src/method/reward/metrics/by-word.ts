// Which words a reward function knows to be missing: bad pictures by the words that raters said they do not show.

import type { Random } from '../../../util/random.ts';
import { clusteredInterval } from './clustered.ts';

/** A bad picture with the words that its raters named. */
export interface NamedPicture {
  readonly promptId: string;
  readonly words: readonly string[];
  /** Whether the reward holds it for bad. */
  readonly found: boolean;
}

/** One word, in lower case. */
export interface WordFigures {
  readonly word: string;
  readonly images: number;
  readonly prompts: number;
  /** Share of these bad pictures that the reward holds for bad. */
  readonly accuracy: number;
  /** 95 %, over prompts. */
  readonly interval: readonly [low: number, high: number];
}

export interface WordReport {
  /** The most often named, at most 20. */
  readonly words: readonly WordFigures[];
  /** Further words that were named. */
  readonly leftOut: number;
}

const MOST = 20;

/** Undefined where nobody named a word. */
export function measureWords(
  pictures: readonly NamedPicture[],
  stream: (word: string) => Random,
): WordReport | undefined {
  const byWord = new Map<string, NamedPicture[]>();
  for (const picture of pictures)
    for (const word of picture.words) byWord.set(word, [...(byWord.get(word) ?? []), picture]);
  if (byWord.size === 0) return undefined;
  const sorted = [...byWord].sort(([a, m], [b, n]) => n.length - m.length || (a < b ? -1 : 1));
  const words = sorted.slice(0, MOST).map(([word, of]): WordFigures => {
    const answers = of.map(({ promptId, found }) => ({ promptId, right: found }));
    return {
      word,
      images: of.length,
      prompts: new Set(of.map(({ promptId }) => promptId)).size,
      accuracy: of.filter(({ found }) => found).length / of.length,
      interval: clusteredInterval(answers, stream(word)),
    };
  });
  return { words, leftOut: sorted.length - words.length };
}
