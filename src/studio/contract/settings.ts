// The project's configuration: every key with its sentence, range and source, and changes to it.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { ok } from './shared.ts';

const settingValue = z.union([z.string(), z.number(), z.boolean(), z.tuple([z.number(), z.number()]), z.null()]);

const setting = z.object({
  path: z.string().describe('Such as `tune.beta`'),
  section: z.string().nullable(),
  kind: z.enum(['boolean', 'number', 'pair', 'text']),
  value: settingValue,
  default: settingValue,
  description: z.string(),
  allowed: z.string(),
  choices: z.array(z.string()).nullable(),
  source: z.string().describe('Where the value comes from: default, file, environment or flag'),
});

const tag = 'Settings';
export const settingOperations = {
  getSettings: {
    access: 'viewer',
    tag,
    summary: 'Read the configuration',
    response: z.object({ settings: z.array(setting), file: z.string() }),
  },
  patchSettings: {
    access: 'admin',
    tag,
    summary: 'Change keys in collimate.yaml; null takes a key out again',
    body: z.strictObject({ changes: z.record(z.string().max(64), settingValue) }),
    response: ok,
  },
} as const satisfies Record<string, Operation>;
