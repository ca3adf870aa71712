// Why a rater is shown the next images: most are new, some are gold, some are repeated. Nothing is read or stored here.

import type { LeaseReason } from '../../../project/database/schema-queue.ts';
import { random } from '../../../util/random.ts';

export interface MixRates {
  /** Share of gold images, 0 to 0.5. */
  readonly goldRate: number;
  /** Share of deliberate repeats, 0 to 0.5. */
  readonly repeatRate: number;
}

/** Repeats come at least this many answers later, so that a rater does not simply remember, … */
export const REPEAT_AFTER = 20;
/** … and among this many they are chosen at random. */
export const REPEAT_WINDOW = 200;

/**
 * The reasons of the images number `position`, `position + 1`, … that a rater is shown. They depend on the seed, the
 * rater and the number alone, so that asking for them one by one or together gives the same.
 */
export function planReasons(
  seed: number,
  raterId: string,
  position: number,
  count: number,
  { goldRate, repeatRate }: MixRates,
): LeaseReason[] {
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const drawn = random(seed, 'queue-reason', raterId, position + i).uniform();
    return drawn < goldRate ? 'gold' : drawn < goldRate + repeatRate ? 'repeat' : 'new';
  });
}
