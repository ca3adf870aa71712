// What workers made and say so in an object of JSON.

import type { Objects } from './objects.ts';

/** Stores a result. */
export function putResult(objects: Objects, name: string, result: unknown): Promise<void> {
  return objects.put(name, Buffer.from(JSON.stringify(result)));
}

/**
 * The result of that name; undefined where there is none yet. Not every server keeps an object to itself until all of it is written:
 * a part of one is none yet.
 */
export async function getResult(objects: Objects, name: string): Promise<unknown> {
  const bytes = await objects.get(name);
  try {
    return bytes && JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}
