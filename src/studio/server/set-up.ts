// The one-time token that makes the owner: printed at the start, kept in memory alone, gone after use.

import { randomBytes, timingSafeEqual } from 'node:crypto';
import { CollimateError } from '../../util/errors.ts';

export interface SetUp {
  /** Null once there is an owner. */
  readonly token: string | null;
  /**
   * Runs `work` if `token` is the right one; it is used up unless `work` throws.
   *
   * @throws CollimateError FORBIDDEN for a wrong token, and where the studio has its owner.
   */
  use<T>(token: string, work: () => Promise<T>): Promise<T>;
}

export function createSetUp(needed: boolean): SetUp {
  let token = needed ? randomBytes(18).toString('base64url') : null;
  return {
    get token() {
      return token;
    },
    async use(given, work) {
      const own = token;
      if (own === null)
        throw new CollimateError(
          'FORBIDDEN',
          'this studio has its owner already',
          'Sign in, or ask for an invitation.',
        );
      if (!isEqual(own, given))
        throw new CollimateError(
          'FORBIDDEN',
          'this is not the set-up token',
          'Open the address that `collimate studio` printed when it started.',
        );
      token = null;
      try {
        return await work();
      } catch (error) {
        token = own;
        throw error;
      }
    },
  };
}

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
