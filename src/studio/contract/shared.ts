// Pieces that several endpoints share.

import { z } from 'zod';

const roles = ['owner', 'admin', 'rater', 'viewer'] as const;
export const role = z.enum(roles);
export type Role = z.infer<typeof role>;

/** An identifier made by us: never a path. */
export const id = z.string().regex(/^[A-Za-z0-9_.:-]{1,128}$/, 'an identifier of letters, digits, dots, dashes');
/** SHA-256 in hex. */
export const hash = z.string().regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits');
/** The secret of a link, of any length: one that was cut on its way is told as one that leads nowhere. */
export const linkParams = z.object({ token: z.string().min(1).max(1000) });
export const answer = z.enum(['good', 'bad', 'skip']);
export const promptSplit = z.enum(['seen', 'development', 'unseen']);
export const imagePurpose = z.enum(['feedback', 'evaluation', 'geneval', 'sample']);
export const rows = (most: number, usual: number) => z.coerce.number<number>().int().min(1).max(most).default(usual);
/** Where the next page starts: what the page before gave as `next`. */
export const cursor = z.string().max(512);
export const time = z.string().describe('ISO 8601, UTC');
/** At most a month: what waits longer in a browser was given a month ago. */
export const age = z
  .int()
  .min(0)
  .max(31 * 86_400_000)
  .optional()
  .describe('Milliseconds since it was given, where it had to wait for the network');
/** What is said beside an answer. */
export const missingWords = z.array(z.string().min(1).max(100)).max(100);
export const asksWhy = z.boolean().describe('Whether raters are asked, after a bad answer, what is not shown');
const step = z.int().min(1).max(5);
/** Scales of five beside an answer; more is always better. */
export const scales = z
  .strictObject({
    alignment: step.optional().describe('How well the picture shows what the prompt says'),
    fidelity: step.optional().describe('How good it looks'),
    artefacts: step.optional().describe('How free of faults it is: 5 is none'),
  })
  .describe('From 1 to 5, of the scales that were asked');
export const testState = z
  .enum(['none', 'due', 'passed', 'failed'])
  .describe('Of the test before the work; due: nothing is handed out before it is passed');
const noticeRule = z.enum(['gold', 'agreement', 'seconds', 'run', 'test', 'admin']);
/** What is said about a rater by a rule of the project or by an admin. */
export const notice = z.object({
  id: z.string(),
  rule: noticeRule,
  action: z.enum(['warn', 'pause', 'review']).describe('review: the rater learns nothing of it'),
  detail: z.string(),
});
/** Whether a rater is given anything, and what there is to be told to them. */
export const standing = {
  excluded: z.boolean().describe('Whether an admin left this rater out, who is then given nothing'),
  paused: z.boolean().describe('Whether a rule or an admin paused this rater, who is then given nothing'),
  notices: z.array(notice).describe('Warnings that were not read yet, and the pause; `detail` of an admin’s alone'),
};
/** How much of what is asked of one rater is done. */
export const share = {
  quotaReached: z.boolean().describe('Whether this rater has given as many answers as are asked of one'),
  crowd: z
    .object({
      answered: z.int(),
      wanted: z.int(),
      code: z.string().nullable().describe('Once all is done'),
      returnUrl: z.string().nullable(),
    })
    .nullable()
    .describe('Of who came by a link for a crowd platform: how much of it is done'),
};
/** Lists, tables and messages show names between other words: a line break would end their line. */
export const oneLine = z
  .string()
  .trim()
  .min(1)
  .regex(/^[^\t\n\v\f\r\u2028\u2029]*$/, 'one line without tabs');
/** A name of somebody or something. */
export const shownName = oneLine.max(100);
export const note = z.string().trim().max(1000);
export const ok = z.object({ ok: z.literal(true) });
/** An estimate with the ends of its 95 % interval; null where there is too little data. */
export const interval = z.object({
  estimate: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export const record = z.record(z.string(), z.unknown());

/** Every answer that is no success. */
export const failure = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string() }),
});
export type Failure = z.infer<typeof failure>;

/** What goes with something that is removed: `force` takes what rests on it too. */
export const removal = {
  body: z.strictObject({
    force: z
      .boolean()
      .default(false)
      .describe('Also remove answers, scores and pairs that rest on it; else it is refused'),
  }),
  response: z.object({ images: z.int(), answers: z.int(), prompts: z.int() }),
} as const;
