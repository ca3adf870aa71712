// Bytes of text files from outside as text. No encoding is guessed: where bytes are neither UTF-8 nor marked as UTF-16, the
// first line that is not is told.

import { isUtf8 } from 'node:buffer';

/** The text, or what keeps the bytes from being one. */
export type Decoded = { readonly text: string } | { readonly fault: string };

const MARKS = { fffe: 'utf-16le', feff: 'utf-16be' } as const;

/** UTF-8 with or without a mark, or UTF-16 with one, as spreadsheets and editors of Windows write it. */
export function decodeText(bytes: Uint8Array): Decoded {
  const mark = Buffer.from(bytes.subarray(0, 2)).toString('hex');
  const encoding = Object.hasOwn(MARKS, mark) ? MARKS[mark as keyof typeof MARKS] : 'utf-8';
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes) };
  } catch {
    return { fault: encoding === 'utf-8' ? describeBytes(bytes) : 'is marked as UTF-16 and is none' };
  }
}

function describeBytes(bytes: Uint8Array): string {
  let start = 0;
  for (let line = 1; ; line++) {
    const at = bytes.indexOf(0x0a, start);
    const end = at === -1 ? bytes.length : at;
    if (!isUtf8(bytes.subarray(start, end)) || at === -1) return `is no UTF-8 text (line ${line})`;
    start = end + 1;
  }
}
