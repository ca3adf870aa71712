// Whether the database lets its user write: a PostgreSQL role may be one that only reads.

import { sql } from 'kysely';
import { type Database, isPostgres } from './database.ts';

/** Whether people can sign in by this connection, which is the least that a server of the project writes. */
export async function mayWrite(db: Database): Promise<boolean> {
  if (!isPostgres(db)) return true;
  const { rows } = await sql<{ may: boolean }>`select has_table_privilege('sessions', 'INSERT') as may`.execute(db);
  return rows[0]?.may === true;
}
