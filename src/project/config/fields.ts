// Kinds of values that keys of the configuration have.

import { z } from 'zod';

const real = (low: number, high: number) => z.number().min(low).max(high);

export const fields = {
  /** A whole number from `low` to `high`. */
  whole: (low: number, high: number) => z.int().min(low).max(high),
  /** A number from `low` to `high`. */
  real,
  /** A number above 0, up to `high`. */
  positive: (high: number) => z.number().positive().max(high),
  /** Two numbers, the first not above the second. */
  range: (low: number, high: number) =>
    z
      .tuple([real(low, high), real(low, high)])
      .refine(([from, to]) => from <= to, 'the first number must not be above the second'),
};
