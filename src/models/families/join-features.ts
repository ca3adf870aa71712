// Tokens of several encoders side by side.

/** What one encoder gives of each token. */
export interface Features {
  /** [rows, tokens, width] */
  readonly data: Float32Array;
  readonly width: number;
}

/** [tokens, Σ widths] of tokens that each have all of these features, filled up with zeros to `width`. */
export function joinFeatures(
  parts: readonly Features[],
  width = parts.reduce((sum, part) => sum + part.width, 0),
): Float32Array {
  const tokens = parts[0]!.data.length / parts[0]!.width;
  const joined = new Float32Array(tokens * width);
  for (let token = 0; token < tokens; token++) {
    let at = token * width;
    for (const part of parts) {
      joined.set(part.data.subarray(token * part.width, (token + 1) * part.width), at);
      at += part.width;
    }
  }
  return joined;
}
