// Stages as jobs.

import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { streamSSE } from 'hono/streaming';
import { hidePasswords } from '../../../project/config/database-url.ts';
import { recordAudit } from '../../../project/people/audit.ts';
import type { Endpoints, Handler } from '../endpoint.ts';
import { notFound } from '../failure.ts';
import { readJobs } from '../jobs/read-jobs.ts';

const listJobs: Handler<'listJobs'> = ({ studio, query }) => readJobs(studio, query.limit);

const startJob: Handler<'startJob'> = async ({ studio, caller, body: { kind, options } }) => {
  const job = await studio.jobs.start(kind, options, caller.name);
  await recordAudit(studio.project.db, {
    actor: caller,
    action: 'job.start',
    target: job.id,
    detail: { kind, options },
  });
  return job;
};

const LOG_BYTES = 16_384;

const getJob: Handler<'getJob'> = async ({ studio, params: { id } }) => {
  const job = await studio.jobs.find(id);
  if (!job) throw notFound(`job ${id}`);
  return { job, log: hidePasswords(await readEnd(studio.jobs.logPath(job.id))) };
};

async function readEnd(path: string): Promise<string> {
  if (!existsSync(path)) return '';
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - LOG_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
    const text = buffer.toString('utf8', 0, bytesRead);
    return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
  } finally {
    await file.close();
  }
}

const cancelJob: Handler<'cancelJob'> = async ({ studio, caller, params: { id } }) => {
  await studio.jobs.cancel(id);
  await recordAudit(studio.project.db, { actor: caller, action: 'job.cancel', target: id, detail: {} });
  return { ok: true };
};

const INTERVAL_MS = 1000;
/** A comment now and then tells a dead connection from a quiet one. */
const QUIET_ROUNDS = 15;

const watchJobs: Handler<'watchJobs'> = async ({ studio, context }) => {
  const response = streamSSE(context, async (stream) => {
    let sent = '';
    let quiet = 0;
    while (!stream.aborted) {
      const data = JSON.stringify(await readJobs(studio, 10));
      if (data !== sent) await stream.writeSSE({ event: 'jobs', data });
      else if (++quiet % QUIET_ROUNDS === 0) await stream.write(': still here\n\n');
      sent = data;
      await stream.sleep(INTERVAL_MS);
    }
  });
  response.headers.set('cache-control', 'no-store');
  response.headers.set('x-accel-buffering', 'no');
  return response;
};

export const jobEndpoints = {
  listJobs,
  startJob,
  getJob,
  cancelJob,
  watchJobs,
} satisfies Partial<Endpoints>;
