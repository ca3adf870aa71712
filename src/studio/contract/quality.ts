// Raters and the quality of labels: agreement, each rater against others, gold and themselves, and the planner.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { id, interval, note, notice, ok, time } from './shared.ts';

const raterRow = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['human', 'simulated']),
  excluded: z.boolean(),
  answers: z.int(),
  goodShare: z.number().nullable(),
  skipShare: z.number().nullable(),
  medianSeconds: z.number().nullable(),
  againstRest: interval.nullable().describe('Share of answers like the majority of the others'),
  againstGold: interval.nullable(),
  againstSelf: interval.nullable().describe('Share of deliberate repeats answered alike'),
  test: z
    .object({ passed: z.boolean(), right: z.int(), questions: z.int() })
    .nullable()
    .describe('How the last round of the test before the work ended'),
  notices: z.array(notice.extend({ createdAt: time })).describe('What is open about this rater'),
});

const tag = 'Raters';
export const qualityOperations = {
  getQuality: {
    access: 'viewer',
    tag,
    summary: 'Say how far raters agree, and how each one does',
    response: z.object({
      raters: z.array(raterRow),
      agreement: z.array(
        z.object({
          category: z.string(),
          items: z.int().describe('Images with two answers or more'),
          kappa: interval.nullable().describe('Fleiss’ κ'),
          alpha: interval.nullable().describe('Krippendorff’s α'),
        }),
      ),
      confusion: z
        .object({
          labels: z.array(z.string()),
          counts: z.array(z.array(z.number())),
        })
        .nullable()
        .describe('Pairs of answers about one image: row by one rater, column by another'),
    }),
  },
  setRaterExcluded: {
    access: 'admin',
    tag,
    summary: 'Leave a rater’s answers out of what is learned from, or take them in again; nothing is deleted',
    params: z.object({ id }),
    body: z.strictObject({ excluded: z.boolean() }),
    response: z.object({ id: z.string(), excluded: z.boolean() }),
  },
  pauseRater: {
    access: 'admin',
    tag,
    summary: 'Pause a rater, who is told so and given nothing until the notice is closed',
    params: z.object({ id }),
    body: z.strictObject({ note: note.default('').describe('For the rater to read') }),
    response: ok,
  },
  closeNotice: {
    access: 'admin',
    tag,
    summary: 'Close a notice about a rater: one who was paused goes on',
    params: z.object({ id }),
    response: ok,
  },
  planRating: {
    access: 'viewer',
    tag,
    summary: 'Say how many raters and images an interval of a wished width takes',
    body: z.strictObject({
      width: z.number().min(0.005).max(0.5).describe('Full width of the 95 % interval of the share good'),
      raters: z.int().min(1).max(25).default(3),
    }),
    response: z.object({
      plans: z.array(
        z.object({
          ratersPerImage: z.int(),
          raters: z.int().describe('Different people at least'),
          images: z.int(),
          prompts: z.int(),
          answers: z.int(),
          width: z.number(),
          hours: z.number().nullable().describe('Of work, at the pace so far'),
        }),
      ),
      basis: z.string(),
    }),
  },
} as const satisfies Record<string, Operation>;
