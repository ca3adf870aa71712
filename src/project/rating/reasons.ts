// What may stand beside an answer: the words of the prompt that the picture does not show, and a note in the rater's own words.

/** Why an answer is what it is; both parts are optional, and empty where nothing was said. */
export interface Reasons {
  /** Words as they stand in the prompt, each once. */
  readonly words: readonly string[];
  readonly note: string;
}

/** What was said of them, if anything. */
export type GivenReasons = { readonly [K in keyof Reasons]?: Reasons[K] | undefined };

/** Reasons as their columns have them. */
export interface ReasonColumns {
  /** JSON: a list of words. */
  words: string;
  note: string;
}

export function toReasonColumns({ words = [], note = '' }: GivenReasons): ReasonColumns {
  return { words: JSON.stringify(words), note };
}

export function readReasons({ words, note }: ReasonColumns): Reasons {
  return { words: words === '[]' ? [] : (JSON.parse(words) as string[]), note };
}

/** Whether two say the same; reasons that are absent add nothing to what was said before. */
export function addsNothing(given: GivenReasons, before: Reasons): boolean {
  const { words = [], note = '' } = given;
  if (words.length === 0 && note === '') return true;
  return note === before.note && words.length === before.words.length && words.every((w) => before.words.includes(w));
}
