// The audit log: who changed what, appended and never edited.

import { randomBytes } from 'node:crypto';
import { hidePasswordsIn } from '../config/database-url.ts';
import { type Database, now } from '../database/database.ts';

export interface AuditEntry {
  id: string;
  at: string;
  actor: { id: string; name: string };
  /** Such as `person.update`. */
  action: string;
  /** Identifier of what was changed. */
  target: string;
  /** The person of that identifier, or the prompt of the image, where there still is one. */
  targetName: string | null;
  detail: Record<string, unknown>;
}

/** Whoever may run commands where the project is: the log knows them by no other name. */
export const HOST = { id: 'host', name: 'the command line' };

let lastId = '';

/** Identifiers rise with time, also within a millisecond. */
function makeId(at: string): string {
  const time = Date.parse(at).toString(36).padStart(9, '0');
  const [before = '', count = '0'] = lastId.split('-');
  const next = before === time ? Number.parseInt(count, 36) + 1 : 0;
  lastId = `${time}-${next.toString(36).padStart(4, '0')}`;
  return `${lastId}-${randomBytes(3).toString('hex')}`;
}

/** Appends an entry. */
export async function recordAudit(db: Database, entry: Omit<AuditEntry, 'id' | 'at' | 'targetName'>): Promise<void> {
  const at = now();
  const { actor, action, target, detail } = entry;
  await db
    .insertInto('auditLog')
    .values({
      id: makeId(at),
      at,
      actorId: actor.id,
      actorName: actor.name,
      action,
      target,
      detail: JSON.stringify(hidePasswordsIn(detail)),
    })
    .execute();
}

/** A page of entries, the latest first, those before `cursor` where given. */
export async function listAudit(
  db: Database,
  { cursor, limit }: { cursor?: string | undefined; limit: number },
): Promise<{ entries: AuditEntry[]; next: string | null }> {
  let query = db
    .selectFrom('auditLog')
    .leftJoin('raters', 'raters.id', 'auditLog.target')
    .leftJoin('images', 'images.id', 'auditLog.target')
    .leftJoin('prompts', 'prompts.id', 'images.promptId')
    .selectAll('auditLog')
    .select((e) => e.fn.coalesce('raters.name', 'prompts.text').as('targetName'))
    .orderBy('auditLog.id', 'desc')
    .limit(limit + 1);
  if (cursor) query = query.where('auditLog.id', '<', cursor);
  const rows = await query.execute();
  const entries = rows.slice(0, limit).map(({ actorId, actorName, detail, ...row }) => ({
    ...row,
    actor: { id: actorId, name: actorName },
    detail: hidePasswordsIn(JSON.parse(detail) as Record<string, unknown>),
  }));
  return { entries, next: rows.length > limit ? (entries.at(-1)?.id ?? null) : null };
}
