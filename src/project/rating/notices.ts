// Notices: warnings, pauses and words to admins, each open until somebody closes it.

import { randomBytes } from 'node:crypto';
import { type Database, now } from '../database/database.ts';
import type { NoticeTable } from '../database/schema-queue.ts';

export type Notice = NoticeTable;
export type NewNotice = Pick<Notice, 'raterId' | 'rule' | 'action' | 'detail'> & Partial<Pick<Notice, 'createdBy'>>;

export async function insertNotice(db: Database, { createdBy = null, ...notice }: NewNotice): Promise<Notice> {
  const id = `notice-${randomBytes(9).toString('hex')}`;
  const row: Notice = { ...notice, id, createdBy, createdAt: now(), closedAt: null, closedBy: null };
  await db.insertInto('notices').values(row).execute();
  return row;
}

/** Notices by rising time: of one rater, or those that are open. */
export function listNotices(db: Database, where: { raterId?: string; open?: boolean } = {}): Promise<Notice[]> {
  let query = db.selectFrom('notices').selectAll().orderBy('createdAt').orderBy('id');
  if (where.raterId !== undefined) query = query.where('raterId', '=', where.raterId);
  if (where.open) query = query.where('closedAt', 'is', null);
  return query.execute();
}

/** Closes a notice, of `raterId` and of the kind `action` where those are given; returns it as it was, if it was open. */
export async function closeNotice(
  db: Database,
  id: string,
  by: string,
  where: { raterId?: string; action?: Notice['action'] } = {},
): Promise<Notice | undefined> {
  const open = await db
    .selectFrom('notices')
    .selectAll()
    .where('id', '=', id)
    .where('closedAt', 'is', null)
    .$if(where.raterId !== undefined, (query) => query.where('raterId', '=', where.raterId!))
    .$if(where.action !== undefined, (query) => query.where('action', '=', where.action!))
    .executeTakeFirst();
  if (open) await db.updateTable('notices').set({ closedAt: now(), closedBy: by }).where('id', '=', id).execute();
  return open;
}

/** Whether a rater is given images, and what there is to be told to them. */
export interface RaterStanding {
  readonly excluded: boolean;
  readonly paused: boolean;
  /** Open warnings and pauses. */
  readonly notices: readonly Pick<Notice, 'id' | 'rule' | 'action' | 'detail'>[];
}

/** One that is not stored is neither excluded nor paused. */
export async function readStanding(db: Database, raterId: string): Promise<RaterStanding> {
  const rows = await db
    .selectFrom('raters')
    .leftJoin('notices', (join) =>
      join
        .onRef('notices.raterId', '=', 'raters.id')
        .on('notices.closedAt', 'is', null)
        .on('notices.action', '!=', 'review'),
    )
    .select(['excluded', 'notices.id', 'rule', 'action', 'detail'])
    .where('raters.id', '=', raterId)
    .orderBy('notices.createdAt')
    .execute();
  const notices = rows.flatMap(({ id, rule, action, detail }) =>
    id !== null && rule && action && detail !== null ? [{ id, rule, action, detail }] : [],
  );
  return {
    excluded: rows[0]?.excluded === 1,
    paused: notices.some(({ action }) => action === 'pause'),
    notices,
  };
}
