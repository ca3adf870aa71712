// Which image of the project a file name means: the name that its file had when it came in, as a whole or without its folders,
// in any spelling, where that is one image's alone.

import type { Database } from '../../project/database/database.ts';
import { listImageNames } from '../../project/images/image-names.ts';
import { promptId } from '../../project/images/prompts.ts';
import { wrong } from './columns.ts';
import { plainName } from './names.ts';

export interface KnownNames {
  /**
   * @param prompt tells images of one file apart, where it is not empty
   * @returns undefined where nothing is called so. @throws CollimateError USAGE where several images are
   */
  find(name: string, prompt: string, where: string): string | undefined;
}

interface Named {
  readonly imageId: string;
  readonly name: string;
  readonly promptId: string;
}

export async function openKnownNames(db: Database): Promise<KnownNames> {
  const all = await listImageNames(db);
  const base = (name: string) => plainName(name).split('/').at(-1)!;
  const indexes = [(name: string) => name, plainName, base].map((key) => ({ key, found: groupBy(all, key) }));
  return {
    find(name, prompt, where) {
      // The whole name to the letter, then in any spelling, then without its folders.
      const found =
        indexes.map(({ key, found: index }) => index.get(key(name)) ?? []).find(({ length }) => length > 0) ?? [];
      const own = prompt === '' ? found : found.filter((image) => image.promptId === promptId(prompt));
      const ids = [...new Set(own.map(({ imageId }) => imageId))];
      if (ids.length <= 1) return ids[0];
      throw wrong(
        where,
        `file_name: ${ids.length} pictures of this project came in as ${[...new Set(own.map((image) => image.name))].slice(0, 3).join(' and ')}`,
        'Nothing was stored; add a column image_id, or the prompt as text.',
      );
    },
  };
}

function groupBy(all: readonly Named[], key: (name: string) => string): Map<string, Named[]> {
  const groups = new Map<string, Named[]>();
  for (const named of all) {
    const group = groups.get(key(named.name));
    if (group) group.push(named);
    else groups.set(key(named.name), [named]);
  }
  return groups;
}
