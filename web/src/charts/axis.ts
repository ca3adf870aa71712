// What the axes of all charts have in common: how they look, what they cover, how numbers on them are written.

import { niceTicks, rangeOf } from './nice-ticks.ts';

export const AXIS = {
  tick: { fill: 'var(--soft)', fontSize: 12 },
  tickLine: false,
  axisLine: { stroke: 'var(--line)' },
} as const;

export const writeNumber = (value: number) => Number(value.toPrecision(3)).toString();

interface AxisOptions {
  readonly write: (value: number) => string;
  /** Covered in place of what the values take up. */
  readonly domain?: readonly [number, number] | undefined;
  /** Begins at 0 where that is near: what is small then looks small. */
  readonly fromZero?: boolean;
}

/** An axis of numbers with round ones along it, from at or below all values to at or above them. */
export function axisOver(values: readonly number[], { write, domain, fromZero = false }: AxisOptions) {
  const [low, high] = domain ?? rangeOf(values);
  const ticks = niceTicks(fromZero && low > 0 && low < high / 3 ? 0 : low, high);
  return {
    ...AXIS,
    type: 'number' as const,
    ticks,
    domain: [ticks[0]!, ticks.at(-1)!] as [number, number],
    tickFormatter: write,
  };
}
