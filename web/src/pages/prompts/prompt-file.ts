// A file of prompts as the form takes it.

type PromptFormat = 'text' | 'csv' | 'jsonl';

/** What the name of a file says, as on the command line. */
export function formatOfName(name: string): PromptFormat {
  if (/\.(csv|tsv)$/i.test(name)) return 'csv';
  return /\.(jsonl|ndjson|json)$/i.test(name) ? 'jsonl' : 'text';
}

/** The text of a file; undefined where it is no UTF-8, of which other letters would be stored. */
export function decodeText(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
