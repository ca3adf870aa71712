// What raters are told, in the words of the method's three answers.

import type { Database } from '../../project/database/database.ts';
import { addGuideline, findLatestGuideline } from '../../project/rating/guidelines.ts';

/** The guideline of a project that has none yet. */
export const GUIDELINE = `Look at the prompt, then at the picture.
Good: the picture shows everything that the prompt says: the number, the color, the animal and the place that it names.
Bad: at least one of them is clearly another. What the prompt leaves open may be anything.
Skip: you cannot tell what the picture shows.`;

/** The number of the latest guidelines; a project without any gets those of the method. */
export async function requireGuideline(db: Database): Promise<number> {
  return (await findLatestGuideline(db))?.version ?? addGuideline(db, GUIDELINE);
}
