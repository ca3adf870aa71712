// The best of a sheet: pictures of one prompt, of which a rater says which shows best what it says.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { age, hash, id, ok, share, standing, testState } from './shared.ts';

const clientId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, '8 to 64 letters, digits, _ or -');

const sheet = z.object({
  promptId: z.string(),
  prompt: z.string(),
  images: z.array(z.object({ imageId: z.string(), hash })),
});
export type SheetItem = z.infer<typeof sheet>;

const tag = 'Rating';
export const sheetOperations = {
  nextSheets: {
    access: 'rater',
    tag,
    summary: 'Get the next sheets to choose the best picture of, at most one of each prompt',
    body: z.strictObject({
      count: z.int().min(1).max(20).default(3),
      held: z.array(id).max(200).default([]).describe('Prompts of which the browser has a sheet already'),
    }),
    response: z.object({
      sheets: z.array(sheet),
      answered: z.int(),
      left: z.int().describe('Sheets that are left for the caller, those given now among them'),
      guidelineVersion: z.int().describe('The latest: raters read it before they go on'),
      ...share,
      ...standing,
      test: testState,
    }),
  },
  chooseBest: {
    access: 'rater',
    tag,
    summary:
      'Store the best of a sheet; sending it again changes nothing, and of two about one picture the later counts',
    body: z.strictObject({
      clientId,
      images: z.array(id).min(2).max(12).describe('All of the sheet, as they stood'),
      best: id.nullable().describe('Null where it cannot be told'),
      milliseconds: z.int().min(0).max(86_400_000),
      age,
      guidelineVersion: z.int().min(1).optional().describe('The version that the rater had read'),
    }),
    response: z.object({
      status: z
        .enum(['stored', 'changed', 'duplicate', 'older'])
        .describe('older: a later choice of the same rater is there, which stays'),
    }),
  },
  undoChoice: {
    access: 'rater',
    tag,
    summary: 'Take back an own choice of the best of a sheet',
    body: z.strictObject({ clientId }),
    response: ok,
  },
} as const satisfies Record<string, Operation>;
