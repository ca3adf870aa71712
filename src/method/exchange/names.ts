// Finding the file that a table means. Names come from other systems: with backslashes, in other capitals, with accents as
// letters of their own. One that is not there as written is looked for in its plain form, where that is one file's alone.

import { posix } from 'node:path';

/**
 * A name as all spellings of it have it.
 *
 * @example
 * plainName('.\\Images\\A.PNG'); // 'images/a.png'
 */
export function plainName(name: string): string {
  return posix.normalize(name.normalize('NFC').toLowerCase().replaceAll('\\', '/'));
}

export interface NameIndex {
  /** The file called `name` as seen from `folder`, else from the top; `exact` says whether it is called so to the letter. */
  find(folder: string, name: string): { readonly name: string; readonly exact: boolean } | undefined;
  /** The files whose plain form is that of `name`, where they are several. */
  listAlike(folder: string, name: string): readonly string[];
}

export function indexNames(names: Iterable<string>): NameIndex {
  const own = new Set(names);
  const plain = new Map<string, string[]>();
  for (const name of own) plain.set(plainName(name), [...(plain.get(plainName(name)) ?? []), name]);
  // Joining only looks names up: `../x` may name another file of the folder, and nothing else is in the list.
  const places = (folder: string, name: string) => [posix.join(folder, name), name];
  const alike = (folder: string, name: string) =>
    places(folder, name)
      .map((place) => plain.get(plainName(place)) ?? [])
      .find((found) => found.length > 0) ?? [];
  return {
    find(folder, name) {
      const exact = places(folder, name).find((place) => own.has(place));
      if (exact !== undefined) return { name: exact, exact: true };
      const found = alike(folder, name.replaceAll('\\', '/'));
      return found.length === 1 ? { name: found[0]!, exact: false } : undefined;
    },
    listAlike(folder, name) {
      const found = alike(folder, name.replaceAll('\\', '/'));
      return found.length > 1 ? found : [];
    },
  };
}
