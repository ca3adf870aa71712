// Waiting for a database or a bucket that went away: a stage of hours should outlive the restart of a server. A studio does not
// wait, since whoever asks it would.

import { setTimeout as sleep } from 'node:timers/promises';
import { CollimateError } from './errors.ts';
import { interruptedError } from './interrupt.ts';

export interface Patience {
  /** How long to wait for the server to come back. */
  readonly ms: number;
  /** Says that and why one waits. */
  tell(text: string): void;
  /** Ends the waiting: Ctrl+C. */
  readonly signal?: AbortSignal | undefined;
}

const [FIRST_PAUSE_MS, LONGEST_PAUSE_MS] = [250, 10_000];

/** A connection that broke, or that could not be made. */
export class ConnectionLost extends CollimateError {
  /** Whether it broke at a commit: then nobody knows whether that was stored. */
  readonly atCommit: boolean;

  constructor(message: string, hint: string, options: { cause: unknown; atCommit?: boolean }) {
    super('UNAVAILABLE', message, hint, { cause: options.cause, retryAfter: 5 });
    this.atCommit = options.atCommit ?? false;
  }
}

/** What is waited for. */
export interface Awaited {
  /** Its name at the beginning of a sentence. */
  readonly what: string;
  /** Whether an error says that the same may succeed later. */
  isHopeful(error: unknown): boolean;
}

const DATABASE: Awaited = {
  what: 'The database',
  isHopeful: (error) => error instanceof ConnectionLost && !error.atCommit,
};

/** Waits and tries again where a connection is lost; once it has given up, it does not wait again. */
export interface Waiter {
  /** @throws CollimateError INTERRUPTED where the server stayed away, or as asked by the signal. */
  retry<T>(work: () => Promise<T>): Promise<T>;
  /** Whether what failed may be tried again. */
  readonly hopeful: boolean;
}

export function createWaiter({ ms, tell, signal }: Patience, { what, isHopeful } = DATABASE): Waiter {
  let hopeful = true;
  return {
    get hopeful() {
      return hopeful;
    },
    async retry(work) {
      const start = Date.now();
      for (let pause = FIRST_PAUSE_MS, told = false; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
        try {
          const value = await work();
          if (told) tell(`${what} answers again, after ${Math.round((Date.now() - start) / 1000)} s.`);
          return value;
        } catch (error) {
          if (!(error instanceof CollimateError) || !isHopeful(error) || !hopeful) throw error;
          const left = ms - (Date.now() - start);
          if (left <= 0) {
            hopeful = false;
            throw gaveUp(error, ms, what);
          }
          if (!told) tell(`${error.message}. Waiting up to ${describe(ms)} for it to come back …`);
          told = true;
          await sleep(Math.min(pause, left), undefined, { ...(signal && { signal }) }).catch(() => {
            hopeful = false;
            throw interruptedError();
          });
        }
      }
    },
  };
}

const describe = (ms: number) => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`);

/** The same as Ctrl+C: what was done is saved, and the same command goes on from there. */
function gaveUp(error: CollimateError, ms: number, what: string): CollimateError {
  return new CollimateError(
    'INTERRUPTED',
    `${error.message}, and stayed away for ${describe(ms)}; what was done is saved`,
    `Run the same command again once ${what.replace('The', 'the')} answers, to go on from here.`,
    { cause: error },
  );
}
