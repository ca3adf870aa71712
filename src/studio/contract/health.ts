// Whether the studio works, for load balancers and other watchers.

import { z } from 'zod';
import type { Operation } from './operation.ts';

export const healthOperations = {
  getHealth: {
    access: 'public',
    tag: 'Health',
    summary: 'Say whether the studio works: 200 where its database answers, 503 where it does not',
    response: z.object({ ok: z.literal(true), database: z.literal('answers'), version: z.string() }),
  },
} as const satisfies Record<string, Operation>;
