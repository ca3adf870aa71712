// Pairs: two images of one prompt beside each other, blind to the model.

import { z } from 'zod';
import { job } from './jobs.ts';
import type { Operation } from './operation.ts';
import { age, asksWhy, hash, id, interval, missingWords, note, ok, promptSplit, standing, time } from './shared.ts';

const byId = z.object({ id });
const choice = z
  .enum(['left', 'right', 'tie', 'bad', 'skip'])
  .describe('bad: neither will do, which counts as a tie; skip: it cannot be told, and another rater is asked');
const question = z.enum(['alignment', 'fidelity']);
const clientId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, '8 to 64 letters, digits, _ or -');

export const pairItem = z.object({
  pairId: z.string(),
  prompt: z.string(),
  left: hash,
  right: hash,
  questions: z.array(question),
  words: z.array(z.string()).describe('Words of the prompt that a picture may fail to show, to choose from'),
});
export type PairItem = z.infer<typeof pairItem>;

const study = z.object({
  id: z.string(),
  name: z.string(),
  open: z.boolean(),
  questions: z.array(question),
  pairs: z.int(),
  ratersPerPair: z.int(),
  createdAt: time,
  own: z.object({ answered: z.int(), left: z.int() }),
});

/** What raters said of one comparison: `a` wins, loses or ties against `b`, by majority of its raters. */
const row = z.object({
  a: z.string(),
  b: z.string(),
  question,
  split: promptSplit,
  category: z.string(),
  pairs: z.int(),
  prompts: z.int(),
  raters: z.int(),
  votes: z.int(),
  figures: z.object({ win: interval, lose: interval, tie: interval, net: interval, preference: interval }),
  signs: z.object({ wins: z.number(), losses: z.number(), p: z.number() }),
});

const tag = 'Studies';
export const studyOperations = {
  listStudies: {
    access: 'session',
    tag,
    summary: 'List pair studies',
    response: z.object({ studies: z.array(study) }),
  },
  createStudy: {
    access: 'admin',
    tag,
    summary: 'Start a job that draws what is missing and registers a study of pairs',
    body: z.strictObject({
      name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes'),
      compare: z
        .string()
        .max(500)
        .default('tuned:base')
        .describe('Who against whom, such as `tuned:base,tuned:best-of-16`; wins are those of the first of each two'),
      pairsPerPrompt: z.int().min(1).max(100).default(1),
      ratersPerPair: z.int().min(1).max(100).default(3),
    }),
    response: job,
  },
  nextPairs: {
    access: 'rater',
    tag,
    summary: 'Get the next pairs of a study',
    params: byId,
    body: z.strictObject({ count: z.int().min(1).max(20).default(3) }),
    response: z.object({ pairs: z.array(pairItem), answered: z.int(), left: z.int(), asksWhy, ...standing }),
  },
  answerPair: {
    access: 'rater',
    tag,
    summary: 'Store the answers about a pair; sending them again changes nothing, and later ones take their place',
    params: byId,
    body: z.strictObject({
      clientId,
      pairId: id,
      answers: z.strictObject({ alignment: choice.optional(), fidelity: choice.optional() }),
      milliseconds: z.int().min(0).max(86_400_000),
      age,
      words: missingWords.optional().describe('Words of the prompt that the worse picture, or neither, shows'),
      note: note.optional(),
    }),
    response: z.object({
      status: z
        .enum(['stored', 'changed', 'duplicate', 'rejected'])
        .describe('rejected: a later answer of the same rater is there'),
    }),
  },
  flagPair: {
    access: 'rater',
    tag,
    summary: 'Flag a picture of a pair as broken or unsafe; the pair is skipped',
    params: byId,
    body: z.strictObject({
      pairId: id,
      side: z.enum(['left', 'right']),
      kind: z.enum(['broken', 'unsafe']),
      note: note.default(''),
    }),
    response: ok,
  },
  undoPair: {
    access: 'rater',
    tag,
    summary: 'Take back the own answer about a pair',
    params: byId,
    body: z.strictObject({ pairId: id }),
    response: ok,
  },
  closeStudy: { access: 'admin', tag, summary: 'End a study', params: byId, response: ok },
  getStudyResults: {
    access: 'viewer',
    tag,
    summary: 'Say who wins, by question',
    params: byId,
    response: z.object({
      study,
      registration: z.string().describe('SHA-256 of prompts, pairs, questions and plan, fixed before the first answer'),
      contestants: z.array(z.string()),
      registered: z.boolean().describe('Whether prompts, pairs and plan are still those that were registered'),
      pairsDone: z.int(),
      votes: z.int(),
      skipped: z.int(),
      bothBad: z.number().nullable().describe('Share of the votes; in wins, losses and ties they are ties'),
      raters: z.int(),
      excludedRaters: z.int(),
      simulated: z.enum(['none', 'some', 'all']).describe('Whether simulated raters answered: no human verdict then'),
      rows: z.array(row).describe('By comparison, question, split and category (`all` among them)'),
      primary: row.nullable().describe('What the plan decides by'),
      verdict: z.string().describe('One sentence'),
      agreement: z.array(
        z.object({
          question,
          items: z.int(),
          pairs: z.int(),
          agreement: z.number(),
          kappa: z.number().nullable(),
          alpha: z.number().nullable(),
        }),
      ),
      leftShare: z.number().nullable(),
      medianSeconds: z.number().nullable(),
    }),
  },
} as const satisfies Record<string, Operation>;
