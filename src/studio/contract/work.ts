// Work for other machines: who does it, what waits, and what failed for good.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { time } from './shared.ts';

/** Items of the queue are named by the database. */
const itemId = z.uuid();
const ids = z.array(itemId).min(1).max(1000);

const tag = 'Work';
export const workOperations = {
  getWork: {
    access: 'viewer',
    tag,
    summary: 'Say which workers there are, what each does and how fast, what waits, and what failed for good',
    response: z.object({
      shared: z.boolean().describe('Whether other machines can reach the project at all'),
      workers: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          device: z.string(),
          state: z.string(),
          doing: z.string(),
          done: z.int(),
          failed: z.int(),
          perMinute: z.number(),
          seenAt: time,
        }),
      ),
      topics: z.array(z.object({ topic: z.string(), waiting: z.int(), working: z.int() })),
      failed: z.array(
        z.object({
          id: itemId,
          topic: z.string(),
          key: z.string(),
          attempts: z.int(),
          failedAt: time,
          error: z.string(),
          worker: z.string().nullable(),
        }),
      ),
      failedCount: z.int().describe('How many failed for good; the latest hundred are listed'),
    }),
  },
  retryWork: {
    access: 'admin',
    tag,
    summary: 'Try items again that failed for good: those named, or all',
    body: z.strictObject({ ids: ids.optional() }),
    response: z.object({ retried: z.int() }),
  },
  dropWork: {
    access: 'admin',
    tag,
    summary: 'Give items up that failed for good: those named, or with {"all": true} all',
    // What is given up is gone: nothing of it for want of a word.
    body: z.union([z.strictObject({ ids }), z.strictObject({ all: z.literal(true) })], {
      error: 'expected {"ids": […]} or {"all": true}',
    }),
    response: z.object({ dropped: z.int() }),
  },
} as const satisfies Record<string, Operation>;
