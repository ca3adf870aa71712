// Images: the gallery by keyset pages, the lineage of one, the bytes by content hash, and uploads.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { answer, cursor, hash, id, imagePurpose, promptSplit, record, removal, rows, scales, time } from './shared.ts';

const real = z.coerce.number<number>();

const imageFilter = z.object({
  category: z.string().max(100).optional(),
  split: promptSplit.optional(),
  count: z.coerce.number<number>().int().min(1).max(99).optional(),
  color: z.string().max(100).optional(),
  subject: z.string().max(100).optional(),
  background: z.string().max(100).optional(),
  model: hash.optional(),
  purpose: imagePurpose.optional(),
  label: z.enum(['good', 'bad', 'mixed', 'skipped', 'unrated', 'flagged']).optional(),
  minReward: real.optional(),
  maxReward: real.optional(),
  search: z.string().max(200).optional().describe('Part of the prompt'),
});

const galleryImage = z.object({
  id: z.string(),
  hash,
  prompt: z.string(),
  category: z.string(),
  purpose: z.string(),
  modelHash: z.string(),
  good: z.int(),
  bad: z.int(),
  skipped: z.int(),
  reward: z.number().nullable(),
  createdAt: time,
});

const modelLineage: z.ZodType<ModelLineage> = z.lazy(() =>
  z.object({
    hash: z.string(),
    kind: z.string(),
    path: z.string(),
    createdAt: time,
    checkpoints: z.array(
      z.object({
        runId: z.string(),
        step: z.int(),
        dataHash: z.string(),
        reward: z.object({ hash: z.string(), examples: z.object({ train: z.int(), validation: z.int() }) }).nullable(),
      }),
    ),
    parent: modelLineage.nullable(),
  }),
);

/** A model, the checkpoints that produced it, and the model it was tuned from. */
export interface ModelLineage {
  hash: string;
  kind: string;
  path: string;
  createdAt: string;
  checkpoints: {
    runId: string;
    step: number;
    dataHash: string;
    reward: { hash: string; examples: { train: number; validation: number } } | null;
  }[];
  parent: ModelLineage | null;
}

const tag = 'Images';
export const imageOperations = {
  listImages: {
    access: 'viewer',
    tag,
    summary: 'List images by pages',
    query: imageFilter.extend({
      cursor: cursor.optional(),
      limit: rows(200, 60),
      sort: z
        .enum(['newest', 'oldest', 'reward-high', 'reward-low'])
        .default('newest')
        .describe('By reward, images without one are left out'),
    }),
    response: z.object({ images: z.array(galleryImage), next: z.string().nullable() }),
  },
  getImageFilters: {
    access: 'viewer',
    tag,
    summary: 'List what images can be filtered by, with counts',
    response: z.object({
      total: z.int(),
      categories: z.array(z.object({ value: z.string(), images: z.int() })),
      purposes: z.array(z.object({ value: z.string(), images: z.int() })),
      models: z.array(z.object({ hash: z.string(), name: z.string(), images: z.int() })),
      slots: z.object({
        count: z.array(z.int()),
        color: z.array(z.string()),
        subject: z.array(z.string()),
        background: z.array(z.string()),
      }),
      reward: z.object({ low: z.number(), high: z.number() }).nullable(),
    }),
  },
  getImage: {
    access: 'viewer',
    tag,
    summary: 'Read the lineage of an image: how it came to be, what was thought of it, what it taught',
    params: z.object({ id }),
    response: z.object({
      image: z.object({
        id: z.string(),
        hash,
        seed: z.number(),
        sampler: z.string(),
        steps: z.int(),
        guidanceScale: z.number(),
        negativePrompt: z.string().describe('Empty for none'),
        width: z.int().nullable().describe("That was asked for; null for the model's own"),
        height: z.int().nullable(),
        precision: z.string().describe('Of the network that drew it'),
        vaeTile: z.int().nullable().describe('Side in pixels of the tiles that it was decoded in; null for whole'),
        purpose: z.string(),
        parameters: z.string().nullable().describe('What the file itself says of how it was drawn'),
        createdAt: time,
      }),
      names: z.array(z.string()).describe('What its file was called where it was imported from'),
      prompt: z.object({
        id: z.string(),
        text: z.string(),
        category: z.string(),
        split: promptSplit,
        slots: record,
        cut: z
          .object({ kept: z.string(), lost: z.string(), tokens: z.int() })
          .nullable()
          .describe('What the model reads of a prompt that is too long for it, and what it does not'),
      }),
      model: modelLineage,
      ratings: z.array(
        z.object({
          rater: z.object({ id: z.string(), name: z.string(), kind: z.string(), excluded: z.boolean() }),
          answer,
          ratedAt: time,
          milliseconds: z.number(),
          guidelineVersion: z.int(),
          words: z.array(z.string()).describe('Words of the prompt that are not shown'),
          scales,
          note: z.string(),
        }),
      ),
      gold: z
        .object({ answer, note: z.string(), use: z.enum(['mixed', 'example', 'test']) })
        .nullable()
        .describe('The known answer, where there is one'),
      decision: z
        .object({ answer, note: z.string(), decidedAt: time })
        .nullable()
        .describe('What an admin decided, whatever raters said'),
      rewards: z.array(z.object({ rewardHash: z.string(), score: z.number() })),
      taught: z.array(
        z.object({
          rewardHash: z.string(),
          part: z.string(),
          tuned: z.array(z.object({ runId: z.string(), step: z.int(), modelHash: z.string() })),
        }),
      ),
      learned: z
        .array(
          z.object({
            runId: z.string(),
            weight: z.number(),
            tuned: z.array(z.object({ step: z.int(), modelHash: z.string() })),
          }),
        )
        .describe('Runs of tuning that learned from the image itself'),
    }),
  },
  getImageFile: {
    access: 'session',
    tag,
    summary: 'Get the bytes of an image, or with `width` a smaller WebP; never changes under one address',
    params: z.object({ hash }),
    query: z.object({ width: z.enum(['128', '256', '512']).optional() }),
    media: 'image/png',
  },
  uploadImages: {
    access: 'admin',
    tag,
    summary: 'Add own images (PNG, JPEG, WebP, GIF, AVIF or TIFF) under a prompt; they join the queue',
    multipart: true,
    body: z.object({
      prompt: z.string().trim().min(1).max(1000),
      files: z.unknown().describe('One or more files').meta({ type: 'array' }),
    }),
    response: z.object({
      stored: z.int(),
      known: z.int(),
      images: z.array(z.object({ id: z.string(), hash })),
      remarks: z.string().nullable().describe('What had to be done to pictures, such as laying them on white'),
    }),
  },
  removeImage: {
    access: 'admin',
    tag,
    summary: 'Remove an image; with what rests on it only where that is asked for',
    params: z.object({ id }),
    ...removal,
  },
} as const satisfies Record<string, Operation>;
