// Passwords can be guessed only slowly. Failures are counted by the account together with where they come from, so that a
// stranger slows down nobody but themselves; and a browser that has signed in before is counted apart, so that it gets in
// whatever happens elsewhere. After a few failures each further one has to wait twice as long.

import type { Context } from 'hono';
import { findAccountId } from '../../project/people/accounts.ts';
import { recordAudit } from '../../project/people/audit.ts';
import { CollimateError } from '../../util/errors.ts';
import { sha256 } from '../../util/hash.ts';
import { networkOf } from './client-address.ts';
import type { Studio } from './studio.ts';

const GUESSES: readonly string[] = ['UNAUTHORIZED', 'FORBIDDEN', 'NOT_FOUND'];
const MOST_KEYS = 20_000;
const LONGEST_MS = 15 * 60_000;

interface Entry {
  failures: number;
  /** When the next attempt may come. */
  until: number;
  last: number;
}

/** Failures by key: `free` of them at any pace, then one after 1 s, 2 s, 4 s … up to a quarter of an hour. */
export interface AttemptLimit {
  /** Counts an attempt as failed before it is made. @throws CollimateError TOO_MANY where it comes too early. */
  begin(key: string): void;
  /** It failed just now: the wait begins here, since looking at a password takes time itself. */
  fail(key: string): void;
  /** It was none: a success, or a failure that says nothing about the guess. */
  takeBack(key: string): void;
  /** The right password: what failed before is forgotten. */
  forget(key: string): void;
  readonly size: number;
}

export function createAttemptLimit(free: number, clock: () => number = Date.now): AttemptLimit {
  const entries = new Map<string, Entry>();
  const read = (key: string): Entry => {
    const found = entries.get(key);
    return found && clock() - found.last < LONGEST_MS ? found : { failures: 0, until: 0, last: 0 };
  };
  const write = (key: string, failures: number) => {
    // Taken out and put in again, the oldest comes first; it gives way where there are too many.
    entries.delete(key);
    if (failures <= 0) return;
    if (entries.size >= MOST_KEYS) entries.delete(entries.keys().next().value!);
    const wait = failures < free ? 0 : Math.min(LONGEST_MS, 1000 * 2 ** (failures - free));
    entries.set(key, { failures, until: clock() + wait, last: clock() });
  };
  return {
    begin(name) {
      const key = sha256(name);
      const { failures, until } = read(key);
      if (until > clock()) throw tooEarly(until - clock());
      write(key, failures + 1);
    },
    fail: (name) => write(sha256(name), read(sha256(name)).failures),
    takeBack: (name) => write(sha256(name), read(sha256(name)).failures - 1),
    forget: (name) => void entries.delete(sha256(name)),
    get size() {
      return entries.size;
    },
  };
}

function tooEarly(ms: number): CollimateError {
  const retryAfter = Math.ceil(ms / 1000);
  return new CollimateError('TOO_MANY', 'too many failed attempts', `Try again in ${retryAfter} s.`, { retryAfter });
}

/** Whose password is tried: an account by what signs in, or a caller's own. */
export type Subject = { readonly email: string } | { readonly account: string };

/**
 * Runs `work` as an attempt at a password.
 *
 * @throws CollimateError TOO_MANY where it comes too early after those that failed.
 */
export async function tryPassword<T>(
  studio: Studio,
  context: Context,
  subject: Subject,
  work: () => Promise<T>,
): Promise<T> {
  const { attempts } = studio;
  const keys = await listKeys(studio, context, subject);
  const begun: (readonly [AttemptLimit, string])[] = [];
  const settle = (how: 'takeBack' | 'fail') => {
    for (const [limit, key] of begun) limit[how](key);
  };
  try {
    for (const [limit, key] of keys) {
      limit.begin(key);
      begun.push([limit, key]);
    }
    const value = await work();
    for (const [limit, key] of begun) limit[limit === attempts.bySubject ? 'forget' : 'takeBack'](key);
    return value;
  } catch (error) {
    const isGuess = error instanceof CollimateError && GUESSES.includes(error.code);
    settle(isGuess ? 'fail' : 'takeBack');
    if (isGuess) await recordFailure(studio, context, subject);
    throw error;
  }
}

/** In the audit log, with where it came from; what was typed as an address is kept only where it is an account's. */
async function recordFailure(
  { project: { db }, addressOf }: Studio,
  context: Context,
  subject: Subject,
): Promise<void> {
  const account = 'account' in subject ? subject.account : await findAccountId(db, subject.email);
  await recordAudit(db, {
    actor: { id: '', name: 'somebody' },
    action: 'session.failure',
    target: account ?? 'no account',
    detail: { address: addressOf(context) },
  });
}

async function listKeys(
  { attempts, devices, addressOf }: Studio,
  context: Context,
  subject: Subject,
): Promise<(readonly [AttemptLimit, string])[]> {
  const { bySubject, byAddress } = attempts;
  // Who is signed in is not mistaken for anybody, and nobody else can use their count up.
  if ('account' in subject) return [[bySubject, `account ${subject.account}`]];
  const device = await devices.find(context, subject.email);
  if (device !== undefined) return [[bySubject, `device ${device} ${subject.email.toLowerCase()}`]];
  const network = networkOf(addressOf(context));
  return [
    [bySubject, `address ${network} ${subject.email.toLowerCase()}`],
    [byAddress, network],
  ];
}
