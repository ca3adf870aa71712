// Many callers, one call: what arrives while a batch is under way makes up the next.

import { CollimateError } from './errors.ts';

interface Waiting<In, Out> {
  readonly input: In;
  resolve(value: Out): void;
  reject(error: unknown): void;
}

/**
 * A function of one input over `run`, a function of many, whose results come in the order of its inputs. One batch is under
 * way at a time. Where a batch fails, each of its inputs is tried alone, so that a bad one fails by itself; all of it where
 * what is asked is away, for which each would wait anew.
 *
 * @param most inputs of one batch at most, which bounds how long the first of them waits
 * @param full how many may wait, and the error for whoever comes then: to be turned away at once is better than to wait long
 * @example
 * const square = createBatcher(async (xs: readonly number[]) => xs.map((x) => x * x));
 * await Promise.all([square(2), square(3)]); // [4, 9], of one call
 */
export function createBatcher<In, Out>(
  run: (inputs: readonly In[]) => Promise<readonly Out[]>,
  most = 64,
  full?: { readonly at: number; readonly refuse: () => Error },
): (input: In) => Promise<Out> {
  const waiting: Waiting<In, Out>[] = [];
  let busy = false;

  const settle = async (batch: readonly Waiting<In, Out>[]): Promise<void> => {
    try {
      const results = await run(batch.map(({ input }) => input));
      for (const [i, { resolve }] of batch.entries()) resolve(results[i]!);
    } catch (error) {
      if (batch.length === 1 || isAway(error)) for (const { reject } of batch) reject(error);
      else for (const one of batch) await settle([one]);
    }
  };

  const drain = async () => {
    busy = true;
    // What has come in this turn of the event loop comes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) await settle(waiting.splice(0, most));
    busy = false;
  };

  return (input) =>
    new Promise((resolve, reject) => {
      if (full && waiting.length >= full.at) return reject(full.refuse());
      waiting.push({ input, resolve, reject });
      if (!busy) void drain();
    });
}

const isAway = (error: unknown) => error instanceof CollimateError && error.code === 'UNAVAILABLE';
