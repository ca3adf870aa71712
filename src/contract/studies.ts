// Pairs: two images of one prompt beside each other, blind to the model.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { hash, id, interval, ok, record, time } from './shared.ts';

const byId = z.object({ id });
const side = z.enum(['left', 'right', 'tie']);
const question = z.enum(['alignment', 'fidelity']);
const clientId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, '8 to 64 letters, digits, _ or -');

export const pairItem = z.object({
  pairId: z.string(),
  prompt: z.string(),
  left: hash,
  right: hash,
  questions: z.array(question),
});
export type PairItem = z.infer<typeof pairItem>;

export const study = z.object({
  id: z.string(),
  name: z.string(),
  open: z.boolean(),
  questions: z.array(question),
  pairs: z.int(),
  ratersPerPair: z.int(),
  createdAt: time,
  own: z.object({ answered: z.int(), left: z.int() }),
});

const standing = z.object({ wins: z.int(), ties: z.int(), losses: z.int() });

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
    summary: 'Register a study of pairs from the images of an evaluation',
    body: z.strictObject({
      name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'lower-case letters, digits and dashes'),
      contestants: z.array(z.string().max(100)).length(2).default(['base', 'tuned']),
      pairs: z.int().min(1).max(10_000).default(100),
      ratersPerPair: z.int().min(1).max(100).default(3),
    }),
    response: study,
  },
  nextPairs: {
    access: 'rater',
    tag,
    summary: 'Get the next pairs of a study',
    params: byId,
    body: z.strictObject({ count: z.int().min(1).max(20).default(3) }),
    response: z.object({ pairs: z.array(pairItem), answered: z.int(), left: z.int() }),
  },
  answerPair: {
    access: 'rater',
    tag,
    summary: 'Store the answers about a pair; sending them again changes nothing',
    params: byId,
    body: z.strictObject({
      clientId,
      pairId: id,
      answers: z.strictObject({ alignment: side.optional(), fidelity: side.optional() }),
      milliseconds: z.int().min(0).max(86_400_000),
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
      answers: z.int(),
      questions: z.array(
        z.object({
          question,
          standing: standing.describe('Pairs by majority, from the second contestant’s side'),
          winRate: interval.nullable(),
          agreement: interval.nullable(),
          verdict: z.string(),
        }),
      ),
      detail: record,
    }),
  },
} as const satisfies Record<string, Operation>;
