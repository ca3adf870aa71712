// Whether an SQLite file holds together: its pages, and rows that name others. A server looks after its own.

import { sql } from 'kysely';
import type { Database } from './database.ts';

/** What is wrong, in words; nothing where it holds. */
export async function findDamage(db: Database): Promise<string[]> {
  const { rows } = await sql<Record<string, string>>`pragma integrity_check(3)`.execute(db);
  const damage = rows.flatMap((row) => Object.values(row)).filter((text) => text !== 'ok');
  const { rows: orphans } = await sql<{ table: string; parent: string }>`pragma foreign_key_check`.execute(db);
  const tables = [...new Set(orphans.map(({ table, parent }) => `${table} of ${parent}`))];
  return orphans.length === 0
    ? damage
    : [...damage, `${orphans.length} rows name rows that are not there (${tables.join(', ')})`];
}
