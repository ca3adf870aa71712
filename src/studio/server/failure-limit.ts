// Passwords and tokens can be guessed only slowly: failures are counted by address and by what was tried.

import type { Context } from 'hono';
import { CollimateError } from '../../util/errors.ts';
import { readAddress } from './guard.ts';
import type { Studio } from './studio.ts';

const GUESSES: readonly string[] = ['UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND'];

/**
 * Runs `work`, counting where it fails as a guess does.
 *
 * @throws CollimateError TOO_MANY after ten failures for `subject` or fifty of one address in a quarter of an hour.
 */
export async function countFailures<T>(
  { failures }: Studio,
  context: Context,
  subject: string,
  work: () => Promise<T>,
): Promise<T> {
  const address = readAddress(context);
  failures.bySubject.check(`${address} ${subject}`);
  failures.byAddress.check(address);
  try {
    return await work();
  } catch (error) {
    if (error instanceof CollimateError && GUESSES.includes(error.code)) {
      failures.bySubject.count(`${address} ${subject}`);
      failures.byAddress.count(address);
    }
    throw error;
  }
}
