// What the figures given to these functions must be: a wrong one would give a figure too, and nobody would see it.

import { CollimateError } from '../util/errors.ts';

const refuse = (who: string, name: string, expected: string, got: unknown): CollimateError =>
  new CollimateError(
    'USAGE',
    `${who}: ${name}: expected ${expected}, got ${typeof got === 'object' && got !== null ? 'an object' : String(got)}`,
    'Correct what the function is given.',
  );

/** @throws CollimateError USAGE for what is no whole number from `least` on */
export function requireCount(who: string, name: string, value: number, least = 0): void {
  if (!Number.isSafeInteger(value) || value < least) throw refuse(who, name, `a whole number from ${least} on`, value);
}

/** @throws CollimateError USAGE for what is no number within `low` and `high` */
export function requireWithin(who: string, name: string, value: number, [low, high]: readonly [number, number]): void {
  // Sums of shares may be above 1 by rounding.
  if (!(typeof value === 'number' && value >= low && value <= high + 1e-9))
    throw refuse(who, name, `a number from ${low} to ${high}`, value);
}

/** @throws CollimateError USAGE for no vectors, or vectors of other lengths than `width` or with numbers that are not finite */
export function requireVectors(
  who: string,
  name: string,
  vectors: readonly Float32Array[],
  width = vectors?.[0]?.length,
): void {
  if (!vectors?.length || !width) throw refuse(who, name, 'one vector or more', vectors?.length ?? vectors);
  for (const vector of vectors) {
    if (vector?.length !== width) throw refuse(who, name, `vectors of ${width} numbers`, vector?.length);
    if (!vector.every(Number.isFinite))
      throw refuse(
        who,
        name,
        'finite numbers',
        vector.find((x) => !Number.isFinite(x)),
      );
  }
}
