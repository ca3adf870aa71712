// Who sent a cookie or token, remembered for a few seconds, so that 400 answers a second do not ask the database 400
// times. Whatever changes an account or a token forgets everything at once.

import type { Caller } from './caller.ts';

const FRESH_MS = 15_000;
const MOST = 5_000;

export interface SessionCache {
  remember(key: string, read: () => Promise<Caller | null>): Promise<Caller | null>;
  forget(): void;
}

export function createSessionCache(clock: () => number = Date.now): SessionCache {
  const known = new Map<string, { caller: Promise<Caller | null>; until: number }>();
  return {
    remember(key, read) {
      const found = known.get(key);
      if (found && found.until > clock()) return found.caller;
      if (known.size >= MOST) known.clear();
      const caller = read();
      known.set(key, { caller, until: clock() + FRESH_MS });
      caller.then(
        (value) => value === null && known.delete(key),
        () => known.delete(key),
      );
      return caller;
    },
    forget: () => known.clear(),
  };
}
