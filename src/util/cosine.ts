// How alike embeddings are.

/** The mean of `1 − cos` over pairs of embeddings of length 1, or undefined for fewer than two. */
export function cosineDiversity(embeddings: readonly Float32Array[]): number | undefined {
  let [sum, pairs] = [0, 0];
  embeddings.forEach((a, i) => {
    for (const b of embeddings.slice(i + 1)) {
      sum += 1 - cosine(a, b);
      pairs++;
    }
  });
  return pairs === 0 ? undefined : sum / pairs;
}

/** Of vectors of length 1. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}
