// Good, bad, skip: the queue of one rater, answers that may be sent again, undo, flags and guidelines.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import {
  age,
  answer,
  asksWhy,
  hash,
  id,
  missingWords,
  note,
  ok,
  rows,
  scales,
  share,
  shownName,
  standing,
  testState,
  time,
} from './shared.ts';

/** Made by the browser, one for each answer: sending the same answer again stores it once. */
const clientId = z.string().regex(/^[A-Za-z0-9_-]{8,64}$/, '8 to 64 letters, digits, _ or -');
const milliseconds = z.int().min(0).max(86_400_000).describe('From shown to answered');

/** The answer that each step of alignment is. */
const OF_STEP = ['bad', 'bad', 'skip', 'good', 'good'] as const;

const guidelineVersion = z.int().describe('The latest: raters read it before they go on');

export const ratingItem = z.object({
  leaseId: z.string(),
  imageId: z.string(),
  hash,
  prompt: z.string(),
  promptId: z.string(),
  words: z.array(z.string()).describe('Words of the prompt that the picture may fail to show, to choose from'),
  expiresAt: time.describe('An answer after this is taken as long as nobody else was given the item'),
});
export type RatingItem = z.infer<typeof ratingItem>;

const ratingProgress = z.object({
  own: z.object({ answered: z.int(), today: z.int() }),
  team: z.object({
    images: z.int(),
    answers: z.int(),
    wanted: z.int().describe('Answers in all: images by raters for each'),
  }),
});

const qualification = z.object({
  state: testState,
  questions: z.int(),
  answered: z.int(),
  right: z.int(),
  passMark: z.number(),
  triesLeft: z.int(),
  next: z.object({ imageId: z.string(), hash, prompt: z.string() }).nullable(),
});

const goldUse = z
  .enum(['mixed', 'example', 'test'])
  .describe('Among the work, with the guidelines, or in the test before the work');

const dispute = z.object({
  imageId: z.string(),
  hash,
  prompt: z.string(),
  reasons: z.array(z.enum(['flag', 'gold', 'disagreement', 'reward'])),
  answers: z.array(
    z.object({
      rater: z.string(),
      excluded: z.boolean(),
      answer,
      milliseconds: z.number(),
      words: z.array(z.string()),
      note: z.string(),
    }),
  ),
  flags: z.array(z.object({ rater: z.string(), kind: z.enum(['broken', 'unsafe', 'other']), note: z.string() })),
  gold: z.object({ answer, note: z.string() }).nullable(),
  score: z.number().nullable().describe('Of the latest reward function, near 1 for good'),
});

const guideline = z.object({ version: z.int(), text: z.string().describe('Markdown'), createdAt: time });

const tag = 'Rating';
export const ratingOperations = {
  nextItems: {
    access: 'rater',
    tag,
    summary: 'Lease the next items; those that are leased already come first',
    body: z.strictObject({
      count: z.int().min(1).max(50).default(5),
      mode: z.enum(['single', 'sheet']).default('single').describe('A sheet is 3 to 12 images of one prompt'),
      held: z.array(z.string().max(128)).max(100).default([]).describe('Leases that the browser still has'),
    }),
    response: z.object({
      items: z.array(ratingItem),
      progress: ratingProgress,
      guidelineVersion,
      asksWhy,
      ...standing,
      ...share,
      test: testState,
    }),
  },
  readNotice: {
    access: 'rater',
    tag,
    summary: 'Say that a warning was read: it is not shown again',
    params: z.object({ id }),
    response: ok,
  },
  submitAnswers: {
    access: 'rater',
    tag,
    summary: 'Store answers; sending one again changes nothing, and of two about one image the later one counts',
    body: z.strictObject({
      answers: z
        .array(
          z
            .strictObject({
              clientId,
              leaseId: z.string().min(1).max(128),
              answer,
              milliseconds,
              age,
              guidelineVersion: z.int().min(1).optional().describe('The version that the rater had read'),
              words: missingWords.optional().describe('Beside bad: words of the prompt that the picture does not show'),
              note: note.optional(),
              scales: scales.optional(),
            })
            .refine(({ answer, scales }) => !scales?.alignment || OF_STEP[scales.alignment - 1] === answer, {
              path: ['answer'],
              error: 'alignment of 4 or 5 goes with good, 1 or 2 with bad, and 3 with skip',
            })
            .refine(({ answer, words = [] }) => answer === 'bad' || words.length === 0, {
              path: ['words'],
              error: 'words that are not shown go with the answer bad',
            }),
        )
        .min(1)
        .max(50),
    }),
    response: z.object({
      results: z.array(
        z.object({
          clientId: z.string(),
          status: z
            .enum(['stored', 'changed', 'duplicate', 'rejected'])
            .describe(
              'changed: it took the place of an earlier answer; duplicate: it, or the same one, is stored already',
            ),
          error: z.object({ code: z.string(), message: z.string(), hint: z.string() }).nullable(),
        }),
      ),
      progress: ratingProgress,
      guidelineVersion,
    }),
  },
  undoAnswer: {
    access: 'rater',
    tag,
    summary: 'Take back the latest answer, or one of the last 100 by its name; the item comes back',
    body: z.strictObject({ clientId: clientId.optional().describe('By default the latest answer') }),
    response: z.object({ undone: z.string().nullable(), item: ratingItem.nullable(), progress: ratingProgress }),
  },
  releaseItems: {
    access: 'rater',
    tag,
    summary: 'Give leased items back unanswered',
    body: z.strictObject({ leases: z.array(z.string().max(128)).max(100) }),
    response: ok,
  },
  flagImage: {
    access: 'rater',
    tag,
    summary: 'Flag an image as broken or unsafe',
    body: z.strictObject({
      imageId: id,
      kind: z.enum(['broken', 'unsafe', 'other']),
      note: z.string().max(1000).default(''),
    }),
    response: ok,
  },
  listFlags: {
    access: 'admin',
    tag,
    summary: 'List open flags',
    response: z.object({
      flags: z.array(
        z.object({
          id: z.string(),
          imageId: z.string(),
          hash,
          prompt: z.string(),
          kind: z.enum(['broken', 'unsafe', 'other']),
          note: z.string(),
          rater: z.string(),
          createdAt: time,
        }),
      ),
    }),
  },
  resolveFlag: {
    access: 'admin',
    tag,
    summary: 'Close a flag: upheld keeps its image out of the queue, dismissed gives it back',
    params: z.object({ id }),
    query: z.object({ resolution: z.enum(['upheld', 'dismissed']).default('upheld') }),
    response: ok,
  },
  listGold: {
    access: 'admin',
    tag,
    summary: 'List images whose answer is known; they are mixed in among what raters see',
    response: z.object({
      gold: z.array(
        z.object({
          imageId: z.string(),
          hash,
          prompt: z.string(),
          answer,
          note: z.string(),
          use: goldUse,
          createdAt: time,
        }),
      ),
    }),
  },
  setGold: {
    access: 'admin',
    tag,
    summary: 'Say the known answer of an image; null makes it one like any other',
    params: z.object({ id }),
    body: z.strictObject({
      answer: answer.nullable(),
      note: z.string().max(1000).default(''),
      use: goldUse.default('mixed'),
    }),
    response: ok,
  },
  getOwnAnswers: {
    access: 'rater',
    tag,
    summary: 'List the caller’s last answers, which can be taken back, and their open flags',
    response: z.object({
      answers: z.array(z.object({ clientId: z.string(), hash, prompt: z.string(), answer, answeredAt: time })),
      flags: z.array(
        z.object({
          id: z.string(),
          hash,
          prompt: z.string(),
          kind: z.enum(['broken', 'unsafe', 'other']),
          note: z.string(),
          createdAt: time,
        }),
      ),
    }),
  },
  withdrawFlag: {
    access: 'rater',
    tag,
    summary: 'Take a flag of one’s own back; the image comes back to all',
    params: z.object({ id }),
    response: ok,
  },
  listBatches: {
    access: 'admin',
    tag,
    summary: 'List batches of images, and how many images are in none',
    response: z.object({
      batches: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          closed: z.boolean(),
          createdAt: time,
          images: z.int(),
          answers: z.int(),
        }),
      ),
      unbatched: z.int(),
    }),
  },
  createBatch: {
    access: 'admin',
    tag,
    summary: 'Make a batch of the first images that are in none',
    body: z.strictObject({
      name: shownName,
      size: z.int().min(1).max(1_000_000),
      closed: z.boolean().default(false),
    }),
    response: z.object({ id: z.string(), images: z.int() }),
  },
  setBatchClosed: {
    access: 'admin',
    tag,
    summary: 'Close a batch, so that it is handed out to nobody, or open it',
    params: z.object({ id }),
    body: z.strictObject({ closed: z.boolean() }),
    response: ok,
  },
  getOnboarding: {
    access: 'rater',
    tag,
    summary: 'Get the example pictures of the guidelines, and where the caller is in the test before the work',
    response: z.object({
      examples: z.array(z.object({ imageId: z.string(), hash, prompt: z.string(), answer, note: z.string() })),
      test: qualification,
    }),
  },
  answerTest: {
    access: 'rater',
    tag,
    summary: 'Answer a picture of the test; what is known of it is told',
    body: z.strictObject({ imageId: id, answer }),
    response: z.object({ right: z.boolean(), known: answer, why: z.string(), test: qualification }),
  },
  listDisputes: {
    access: 'admin',
    tag,
    summary:
      'List what is to be decided: flagged images, doubtful gold answers, and images on which raters or the reward disagree',
    query: z.object({ limit: rows(100, 30) }),
    response: z.object({ total: z.int(), decided: z.int(), disputes: z.array(dispute) }),
  },
  decideImage: {
    access: 'admin',
    tag,
    summary:
      'Decide an image, whatever raters said; skip leaves it out of what is learned, null takes the decision back',
    params: z.object({ id }),
    body: z.strictObject({
      answer: answer.nullable(),
      note: note.default(''),
      gold: z
        .boolean()
        .default(false)
        .describe('Whether the image becomes gold with this answer; with null, whether it is gold no more'),
    }),
    response: ok,
  },
  getRatingProgress: { access: 'rater', tag, summary: 'Say how far the rating is', response: ratingProgress },
  getGuidelines: {
    access: 'session',
    tag,
    summary: 'Read the guidelines; null before there are any, when whoever rates first is given the preset',
    response: z.object({ guideline: guideline.nullable(), preset: z.string().describe('Markdown') }),
  },
  putGuidelines: {
    access: 'admin',
    tag,
    summary: 'Store the guidelines as a new version',
    body: z.strictObject({ text: z.string().trim().min(1).max(50_000) }),
    response: z.object({ guideline }),
  },
  listGuidelines: {
    access: 'viewer',
    tag,
    summary: 'List all versions of the guidelines, the latest first, with how many answers were given under each',
    response: z.object({ versions: z.array(guideline.extend({ answers: z.int() })) }),
  },
} as const satisfies Record<string, Operation>;
