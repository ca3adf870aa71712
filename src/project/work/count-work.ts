// How much work there is, read without opening the queue: whoever only watches starts nothing.

import { sql } from 'kysely';
import { type Database, readSchema } from '../database/database.ts';

export interface WorkCount {
  readonly topic: string;
  readonly state: 'waiting' | 'working' | 'failed';
  readonly count: number;
}

/** Items by topic and state; none where there never was a queue. */
export async function countWork(db: Database): Promise<WorkCount[]> {
  const table = `${await readSchema(db)}_work.job`;
  const known = await sql<{ found: string | null }>`select to_regclass(${table})::text as found`.execute(db);
  if (known.rows[0]?.found === null) return [];
  const { rows } = await sql<WorkCount>`
    select coalesce(source_name, name) as topic,
      case when name = 'dead' then 'failed' when state = 'active' then 'working' else 'waiting' end as state,
      count(*)::int as count
    from ${sql.table(table)} where state < 'completed' group by 1, 2 order by 1, 2`.execute(db);
  return rows.map(({ topic, state, count }) => ({ topic, state, count: Number(count) }));
}
