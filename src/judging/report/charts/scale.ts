// From values to places on a chart, and the round values that its axis names.

/** A value's place in user units. */
export type Scale = (value: number) => number;

/** The straight scale that brings `from` to `to`; a domain without width is put in the middle. */
export function linearScale([low, high]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  if (low === high) return () => (start + end) / 2;
  return (value) => start + ((value - low) / (high - low)) * (end - start);
}

/**
 * About `wanted` round values that cover `low` to `high`: steps of 1, 2, 2.5 (but not 2.5 itself) or 5 times a power of ten.
 *
 * @example
 * niceTicks(0, 0.87, 5); // [0, 0.25, 0.5, 0.75, 1]
 */
export function niceTicks(low: number, high: number, wanted = 5): number[] {
  const span = high > low ? high - low : Math.abs(low) || 1;
  const rough = span / Math.max(1, wanted - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factors = power === 1 ? [1, 2, 5, 10] : [1, 2, 2.5, 5, 10];
  const step = power * (factors.find((factor) => factor * power >= rough * 0.999) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** The lowest and highest of values; [0, 1] of none. */
export function extent(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  return values.reduce(([low, high], value): [number, number] => [Math.min(low, value), Math.max(high, value)], [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ] as [number, number]);
}
