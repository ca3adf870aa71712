// How different the images of one prompt are from each other.

/**
 * The mean Euclidean distance between the features of two images of one prompt, or undefined for fewer than two.
 *
 * @example
 * withinPromptDistance([Float32Array.of(0, 0), Float32Array.of(3, 4)]); // 5
 */
export function withinPromptDistance(features: readonly Float32Array[]): number | undefined {
  const pairs = (features.length * (features.length - 1)) / 2;
  if (pairs === 0) return undefined;
  let sum = 0;
  features.forEach((a, i) => {
    for (const b of features.slice(i + 1))
      sum += Math.sqrt(a.reduce((total, value, k) => total + (value - b[k]!) ** 2, 0));
  });
  return sum / pairs;
}
