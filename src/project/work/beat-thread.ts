// The thread of beat.ts. A database that is away makes a beat fail; the next one is another try.

import { parentPort, workerData } from 'node:worker_threads';
import { PgBoss } from 'pg-boss';
import { openPool } from '../database/driver-postgres.ts';
import type { BeatTask } from './beat.ts';
import type { TakenItem } from './queue.ts';

const { url, schema, worker, everyMs } = workerData as BeatTask;
let held: readonly Pick<TakenItem, 'topic' | 'id' | 'retryCount'>[] = [];
parentPort!.on('message', (items: typeof held) => {
  held = items;
});

const pool = openPool(url, { size: 1 });
const db = { executeSql: (text: string, values?: unknown[]) => pool.query(text, values) };
const boss = new PgBoss({
  db,
  schema: `${schema}_work`,
  schedule: false,
  supervise: false,
  migrate: false,
  registerInstance: false,
});
boss.on('error', () => {});
let started = false;

async function beat(): Promise<void> {
  if (!started) await boss.start();
  started = true;
  await pool.query(
    `update workers set seen_at = to_char(clock_timestamp() at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') where id = $1`,
    [worker],
  );
  for (const topic of new Set(held.map((item) => item.topic)))
    await boss.touch(
      topic,
      held.filter((item) => item.topic === topic).map(({ id, retryCount }) => ({ id, retryCount })),
    );
}

async function beatForEver(): Promise<never> {
  for (;;) {
    await beat().then(
      () => parentPort!.postMessage('beats'),
      () => {},
    );
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
void beatForEver();
