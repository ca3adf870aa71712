// Whether a rater is given anything, as the rater is told it.

import type { Database } from '../../../project/database/database.ts';
import { type RaterStanding, readStanding } from '../../../project/rating/notices.ts';

/** How a rule reckons is for admins: whoever knows it can rate by it. What an admin writes is for the rater. */
export async function tellStanding(db: Database, raterId: string) {
  const { excluded, paused, notices } = await readStanding(db, raterId);
  const tell = (notice: RaterStanding['notices'][number]) => ({
    ...notice,
    detail: notice.rule === 'admin' ? notice.detail : '',
  });
  return { excluded, paused, notices: notices.map(tell) };
}
