// The byte alphabet of GPT-2 and CLIP: each of the 256 bytes as one visible character, so that merges can be a text file.

/** Bytes that are visible as they are; the other 68 are moved behind U+0100. */
const VISIBLE: [number, number][] = [
  [0x21, 0x7e],
  [0xa1, 0xac],
  [0xae, 0xff],
];

function visibleBytes(): number[] {
  return VISIBLE.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
}

/** Byte to character, in the order in which CLIP's vocabulary lists them. */
export const BYTE_ALPHABET: ReadonlyMap<number, string> = makeAlphabet();

function makeAlphabet(): Map<number, string> {
  const alphabet = new Map(visibleBytes().map((byte) => [byte, String.fromCharCode(byte)]));
  for (let byte = 0, next = 256; byte < 256; byte++) {
    if (!alphabet.has(byte)) alphabet.set(byte, String.fromCharCode(next++));
  }
  return alphabet;
}

/** A word's UTF-8 bytes as characters of the alphabet. */
export function byteCharacters(word: string): string[] {
  return Array.from(Buffer.from(word, 'utf8'), (byte) => BYTE_ALPHABET.get(byte)!);
}
