// Jobs: stages started from a button. They run as processes of their own and outlive the server.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { id, ok, rows, time } from './shared.ts';

const jobKinds = ['generate', 'label', 'reward train', 'tune', 'evaluate', 'evaluate human', 'report'] as const;
export const jobKind = z.enum(jobKinds);
export type JobKind = z.infer<typeof jobKind>;

export const job = z.object({
  id: z.string(),
  kind: jobKind,
  options: z.record(z.string(), z.unknown()),
  command: z.string().describe('The same as a command line'),
  status: z.enum(['running', 'stopping', 'done', 'failed', 'interrupted']),
  startedAt: time,
  finishedAt: time.nullable(),
  startedBy: z.string(),
  progress: z
    .object({
      stage: z.string(),
      done: z.number(),
      total: z.number(),
      figures: z.record(z.string(), z.union([z.number(), z.string()])),
      updatedAt: time,
    })
    .nullable(),
  error: z.object({ message: z.string(), hint: z.string() }).nullable(),
});
export type Job = z.infer<typeof job>;

const byId = z.object({ id });
const tag = 'Jobs';
export const jobOperations = {
  listJobs: {
    access: 'viewer',
    tag,
    summary: 'List jobs, the latest first',
    query: z.object({ limit: rows(200, 30) }),
    response: z.object({
      jobs: z.array(job),
      holder: z
        .object({ stage: z.string(), pid: z.int(), startedAt: time })
        .nullable()
        .describe('Who works on the project now, be it a job or a command line'),
    }),
  },
  startJob: {
    access: 'admin',
    tag,
    summary: 'Start a stage; one works on a project at a time',
    body: z.strictObject({
      kind: jobKind,
      options: z
        .record(z.string().max(64), z.union([z.string().max(500), z.number(), z.boolean()]))
        .default({})
        .describe('Configuration keys of the stage without their section, such as {"maxTrainSteps": 100}'),
    }),
    response: job,
  },
  getJob: {
    access: 'viewer',
    tag,
    summary: 'Read a job with the end of its log',
    params: byId,
    response: z.object({ job, log: z.string() }),
  },
  cancelJob: {
    access: 'admin',
    tag,
    summary: 'Ask a job to save and stop; asked again it stops at once',
    params: byId,
    response: ok,
  },
  watchJobs: {
    access: 'viewer',
    tag,
    summary: 'Follow jobs: server-sent events named `jobs`, whose data is what listJobs gives',
    media: 'text/event-stream',
  },
} as const satisfies Record<string, Operation>;
