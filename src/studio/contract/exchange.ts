// Data out of the project and into it, in the formats of the field.

import { z } from 'zod';
import type { Operation } from './operation.ts';

const format = z.string().regex(/^[a-z0-9-]{1,32}$/);

const tag = 'Exchange';
export const exchangeOperations = {
  listFormats: {
    access: 'viewer',
    tag,
    summary: 'List the formats for export and import',
    response: z.object({
      formats: z.array(
        z.object({
          name: z.string(),
          description: z.string(),
          beside: z
            .string()
            .nullable()
            .describe(
              'What a second, small file of the format is, such as a labelling configuration; null without one',
            ),
        }),
      ),
    }),
  },
  exportData: {
    access: 'admin',
    tag,
    summary: 'Download the project’s data in a format, as one file',
    params: z.object({ format }),
    media: 'application/octet-stream',
  },
  exportBeside: {
    access: 'admin',
    tag,
    summary: 'Download the second, small file of a format that has one',
    params: z.object({ format }),
    media: 'application/octet-stream',
  },
  importData: {
    access: 'admin',
    tag,
    summary: 'Import a file of a format',
    params: z.object({ format }),
    multipart: true,
    body: z.object({
      file: z.unknown(),
      skipBad: z
        .string()
        .optional()
        .describe('`true` leaves out rows and pictures that cannot be read, and lists them'),
    }),
    response: z.object({
      summary: z.record(z.string(), z.unknown()),
      said: z.string().describe('The same in sentences'),
    }),
  },
} as const satisfies Record<string, Operation>;
