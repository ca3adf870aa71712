// What raters are told, in the words of the method's three answers.

import type { Database } from '../../project/database/database.ts';
import { addGuideline, listVersions } from '../../project/rating/guidelines.ts';

/** The guideline of a project that has none yet. */
export const GUIDELINE = `Look at the prompt, then at the picture.
Good: the picture shows everything that the prompt says: the number, the color, the animal and the place that it names.
Bad: at least one of them is clearly another. What the prompt leaves open may be anything.
Skip: you cannot tell what the picture shows.`;

/** All versions of the guidelines by rising number, at least one; a project without any gets those of the method. */
export async function requireVersions(db: Database): ReturnType<typeof listVersions> {
  const versions = await listVersions(db);
  if (versions.length > 0) return versions;
  await addGuideline(db, GUIDELINE);
  return listVersions(db);
}

/** The number of the latest guidelines, of which there are some from then on. */
export async function requireGuideline(db: Database): Promise<number> {
  return (await requireVersions(db)).at(-1)!.version;
}
