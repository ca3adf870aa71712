// A file of prompts as the form takes it.

type PromptFormat = 'text' | 'csv' | 'jsonl';

/** What the name of a file says, as on the command line. */
export function formatOfName(name: string): PromptFormat {
  if (/\.(csv|tsv)$/i.test(name)) return 'csv';
  return /\.(jsonl|ndjson|json)$/i.test(name) ? 'jsonl' : 'text';
}

/** The text of a file in UTF-8, or in UTF-16 that is marked as such; undefined where it is neither: other letters would be stored. */
export function decodeText(bytes: ArrayBuffer): string | undefined {
  const [first, second] = new Uint8Array(bytes);
  const isLittle = first === 0xff && second === 0xfe;
  const isBig = first === 0xfe && second === 0xff;
  try {
    return new TextDecoder(isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
