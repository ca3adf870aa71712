// The comments of a GIF file (GIF 89a, section 24) that stand before its first picture, where programs that draw write.

/** One after the other, undefined where there are none. */
export function readGifComment(bytes: Uint8Array): string | undefined {
  if (Buffer.from(bytes.subarray(0, 4)).toString('latin1') !== 'GIF8') return undefined;
  const flags = bytes[10] ?? 0;
  const found: Uint8Array[] = [];
  let at = 13 + (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
  while (bytes[at] === 0x21) {
    const isComment = bytes[at + 1] === 0xfe;
    // Blocks of up to 255 bytes, each with its length before it, to one of none.
    for (at += 2; (bytes[at] ?? 0) > 0; at += bytes[at]! + 1)
      if (isComment) found.push(bytes.subarray(at + 1, at + 1 + bytes[at]!));
    at++;
  }
  return found.length === 0 ? undefined : Buffer.concat(found).toString('utf8');
}
