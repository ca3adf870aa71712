// Work for other machines, seen and steered from the studio. Looking opens no queue; changing opens it for as long as it takes.

import { isPostgres } from '../../../project/database/database.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import type { Project } from '../../../project/project.ts';
import { countFailed, countWork, listFailedItems } from '../../../project/work/count-work.ts';
import { openWorkQueue, requireShared, type WorkQueue } from '../../../project/work/queue.ts';
import { listWorkers } from '../../../project/work/workers.ts';
import type { Endpoints, Handler } from '../endpoint.ts';

/** Failed items that are listed. */
const LISTED = 100;

const isShared = ({ db, objects }: Project) => isPostgres(db) && objects !== undefined;

const getWork: Handler<'getWork'> = async ({ studio: { project } }) => {
  if (!isShared(project)) return { shared: false, workers: [], topics: [], failed: [], failedCount: 0 };
  const { db } = project;
  const counts = await countWork(db);
  const sum = (topic: string, state: string) => counts.find((row) => row.topic === topic && row.state === state)?.count;
  const names = new Set(counts.filter(({ state }) => state !== 'failed').map(({ topic }) => topic));
  const workers = (await listWorkers(db)).map(({ id, name, device, state, doing, done, failed, perMinute, seenAt }) => {
    return { id, name, device, state, doing, done, failed, perMinute, seenAt };
  });
  return {
    shared: true,
    workers,
    topics: [...names].map((topic) => {
      return { topic, waiting: sum(topic, 'waiting') ?? 0, working: sum(topic, 'working') ?? 0 };
    }),
    failed: await listFailedItems(db, LISTED),
    failedCount: countFailed(counts),
  };
};

async function withQueue<T>(project: Project, work: (queue: WorkQueue) => Promise<T>): Promise<T> {
  const { db, config } = project;
  requireShared(config.database, config.objects, isShared(project));
  const queue = await openWorkQueue(db, config.database);
  try {
    return await work(queue);
  } finally {
    await queue.close();
  }
}

const retryWork: Handler<'retryWork'> = async ({ studio: { project }, caller, body: { ids } }) => {
  const retried = await withQueue(project, (queue) => queue.retryFailed(ids));
  await recordAudit(project.db, { actor: caller, action: 'work.retry', target: '', detail: { ids: ids ?? 'all' } });
  return { retried };
};

const dropWork: Handler<'dropWork'> = async ({ studio: { project }, caller, body }) => {
  const ids = 'ids' in body ? body.ids : undefined;
  const dropped = await withQueue(project, (queue) => queue.dropFailed(ids));
  await recordAudit(project.db, { actor: caller, action: 'work.drop', target: '', detail: { ids: ids ?? 'all' } });
  return { dropped };
};

export const workEndpoints = { getWork, retryWork, dropWork } satisfies Partial<Endpoints>;
