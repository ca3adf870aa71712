// The first page: how far each stage is, what it found, and what to do next.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { interval } from './shared.ts';

const stage = z.object({
  name: z.enum(['prompts', 'generate', 'rate', 'reward', 'tune', 'evaluate']),
  status: z.enum(['empty', 'started', 'done', 'running', 'stale']),
  done: z.number(),
  total: z.number().nullable(),
  detail: z.string(),
});

export const overviewOperations = {
  getOverview: {
    access: 'viewer',
    tag: 'Overview',
    summary: 'Say how the project stands and what to do next',
    response: z.object({
      project: z.object({ name: z.string(), model: z.string(), database: z.enum(['sqlite', 'postgres']) }),
      stages: z.array(stage),
      answers: z.object({ good: z.int(), bad: z.int(), skip: z.int() }),
      goodShare: z
        .array(z.object({ category: z.string(), images: z.int(), share: interval }))
        .describe('Share good of good and bad answers, by category, with intervals over images'),
      perDay: z.array(z.object({ day: z.string(), answers: z.int() })).describe('The last 30 days with answers'),
      next: z.array(
        z.object({
          text: z.string(),
          why: z.string(),
          action: z.enum(['prompts', 'generate', 'rate', 'invite', 'reward', 'tune', 'evaluate', 'study', 'export']),
        }),
      ),
    }),
  },
} as const satisfies Record<string, Operation>;
