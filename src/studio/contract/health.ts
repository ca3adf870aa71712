// Whether the studio works, for load balancers and other watchers.

import { z } from 'zod';
import type { Operation } from './operation.ts';

export const healthOperations = {
  getHealth: {
    access: 'public',
    tag: 'Health',
    summary: 'Say whether the studio works: 200 where its database and objects answer, 503 where they do not',
    response: z.object({
      ok: z.literal(true),
      database: z.literal('answers'),
      objects: z.enum(['folder', 'answer']),
      version: z.string(),
    }),
  },
} as const satisfies Record<string, Operation>;
