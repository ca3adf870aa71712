// The words of a prompt that a picture can fail to show: what raters choose from when they say what is missing.

/** Words that name nothing which could be missing. Where a thing stands ("behind", "under") may be. */
const PASSED_OVER: ReadonlySet<string> = new Set(
  'a an the and or of in on at to by for from with as is are was were be it its this that these those'.split(' '),
);

// Unicode's own rules, so that languages which put no blanks between words have words as well.
const segmenter = new Intl.Segmenter('en', { granularity: 'word' });

/**
 * The words of a prompt as they stand in it, each once whatever its letter case, from left to right. Articles and the like are
 * left out, unless there is nothing else.
 *
 * @example
 * listPromptWords('two green dogs in a city'); // ['two', 'green', 'dogs', 'city']
 */
export function listPromptWords(text: string): string[] {
  const all = new Map<string, string>();
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    const key = segment.toLowerCase();
    if (isWordLike && !all.has(key)) all.set(key, segment);
  }
  const telling = [...all].filter(([key]) => !PASSED_OVER.has(key)).map(([, word]) => word);
  return telling.length > 0 ? telling : [...all.values()];
}
