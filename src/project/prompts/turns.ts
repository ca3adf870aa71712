// Queues that take turns.

/** The first of each queue, then the second of each, until all are empty. */
export function takeTurns<T>(queues: readonly (readonly T[])[]): T[] {
  const rounds = Math.max(0, ...queues.map((queue) => queue.length));
  return Array.from({ length: rounds }, (_, round) => queues.flatMap((queue) => queue.slice(round, round + 1))).flat();
}
