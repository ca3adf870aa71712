// Several pieces of work at once, where each mostly waits for a server.

/**
 * Does `work` for each item, for at most `atOnce` of them at a time, in their order.
 *
 * @throws the first error, once what had begun has ended; nothing is begun after it
 */
export async function forSeveral<T>(
  items: Iterable<T>,
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const errors: unknown[] = [];
  async function goOn(): Promise<void> {
    for (let next = left.next(); !next.done && errors.length === 0; next = left.next())
      await work(next.value).catch((error: unknown) => void errors.push(error));
  }
  await Promise.all(Array.from({ length: atOnce }, goOn));
  if (errors.length > 0) throw errors[0];
}
