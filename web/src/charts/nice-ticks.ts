// What an axis covers, and round numbers along it.

/** From the least to the greatest of `values`; about the only one where all are the same, and 0 to 1 where there are none. */
export function rangeOf(values: readonly number[]): readonly [low: number, high: number] {
  if (values.length === 0) return [0, 1];
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  const room = low < high ? 0 : Math.abs(low) / 10 || 1;
  return [low - room, high + room];
}

/** About `most` numbers, 1, 2 or 5 times a power of ten apart, from at or below `low` to at or above `high`. */
export function niceTicks(low: number, high: number, most = 5): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((each) => each >= rough * 0.999)!;
  const [first, last] = [Math.floor(low / step), Math.ceil(high / step - 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
