// Kinds of values that keys of the configuration have.

import { z } from 'zod';

/** A whole number from `low` to `high`. */
export const whole = (low: number, high: number) => z.int().min(low).max(high);
/** A number from `low` to `high`. */
export const real = (low: number, high: number) => z.number().min(low).max(high);
/** A number above 0, up to `high`. */
export const positive = (high: number) => z.number().positive().max(high);
/** Two numbers, the first not above the second. */
export const range = (low: number, high: number) =>
  z
    .tuple([real(low, high), real(low, high)])
    .refine(([from, to]) => from <= to, 'the first number must not be above the second');
