// Reward, tuning and evaluation as the report tells them.

import { z } from 'zod';
import type { Operation } from './operation.ts';
import { hash, id, promptSplit, record } from './shared.ts';

const reading = z.number().nullable();
/** What the judge says of an image. */
const judged = z.enum(['good', 'bad', 'unclear']);
const rewardAndClip = z.object({ reward: reading, clip: reading });
const measured = z.object({ estimate: z.number(), low: reading, high: reading });
const comparison = z.object({
  good: measured,
  growth: measured.nullable(),
  reward: measured.nullable(),
  diversity: measured.nullable(),
  wins: z.number(),
  losses: z.number(),
  ties: z.number(),
});

const rewardGroup = z.object({
  set: z.string().describe('Which images, in words'),
  category: z.string(),
  images: z.int(),
  goodShare: z.number(),
  accuracy: rewardAndClip,
  interval: z.tuple([z.number(), z.number()]).nullable(),
  auroc: rewardAndClip,
  calibrationError: z.number(),
});

const reward = z.object({
  hash: z.string(),
  settings: record,
  examples: z.object({ train: z.int(), validation: z.int() }),
  bestStep: z.int(),
  seconds: z.number(),
  curve: z.array(
    z.object({
      step: z.int(),
      train: z.number(),
      validation: reading,
      trainAccuracy: z.number(),
      validationAccuracy: reading,
    }),
  ),
  groups: z.array(rewardGroup),
  headline: rewardGroup
    .nullable()
    .describe('The group to be told first: unseen prompts where there are any, else validation, else training'),
  reliability: z.array(
    z.object({
      set: z.string(),
      bins: z.array(
        z.object({
          low: z.number(),
          high: z.number(),
          images: z.int(),
          meanScore: z.number().optional(),
          goodShare: z.number().optional(),
        }),
      ),
      error: reading,
    }),
  ),
});

const wrongImage = z.object({
  id: z.string(),
  hash,
  prompt: z.string(),
  category: z.string(),
  score: z.number(),
  good: z.int(),
  bad: z.int(),
  label: z.number().describe('Share good of its answers'),
  part: z.enum(['train', 'validation', 'other']),
});

const estimate = z.object({ value: z.number(), standardError: reading });
const alarm = z.enum(['over-optimised', 'worse', 'fidelity']);

const watch = z.object({
  raters: z.array(z.string()),
  reference: z.string(),
  rule: z.object({ fidelityBound: z.number(), patience: z.int() }),
  pick: z.int().nullable().describe('The step that the rule would take'),
  pickIsBetter: z.boolean(),
  firstAlarm: z.object({ step: z.int(), alarm }).nullable(),
  stopAt: z.int().nullable(),
  looks: z.array(
    z.object({
      step: z.int(),
      images: z.int(),
      proxy: z.number().describe('Mean of the reward that steers'),
      heldOut: z.number(),
      drop: estimate.extend({ from: z.int() }).nullable(),
      distance: reading,
      growth: estimate.nullable(),
      diversity: reading,
      keepsFidelity: z.boolean(),
      alarm: alarm.nullable(),
      fidelityKept: reading,
      diversityKept: reading,
    }),
  ),
});

const tuning = z.object({
  runId: z.string(),
  status: z.string(),
  name: z.string(),
  settings: record,
  plan: record.nullable(),
  steps: z.int(),
  seconds: z.number(),
  curve: z.array(
    z.looseObject({
      step: z.int(),
      train_loss: z.number(),
      reward_loss: z.number(),
      pretrain_loss: z.number().optional(),
      mean_reward: z
        .number()
        .optional()
        .describe('Of methods that draw as they learn: the pictures of a round or a step'),
      grad_norm: z.number(),
      learning_rate: z.number(),
    }),
  ),
  samples: z
    .object({
      steps: z.array(z.int()),
      rows: z.array(z.object({ prompt: z.string(), seed: z.number(), hashes: z.array(z.string().nullable()) })),
    })
    .nullable(),
  published: z.int().nullable().describe('The step whose weights the tuned model has'),
  watch: watch.nullable().describe('What held-out raters’ reward says of the samples; null where nobody is held out'),
  overSteps: z
    .array(z.object({ step: z.int(), images: z.int(), good: z.number(), reward: reading }))
    .describe('Judge and reward on the fixed samples, from the latest evaluation'),
  checkpoints: z.array(z.object({ step: z.int(), modelHash: z.string(), createdAt: z.string() })),
  working: z.boolean().describe('Whether a process works on it now'),
  nextCheckpoint: z.int().nullable().describe('The next step that leaves a checkpoint; null where none comes'),
});

const frechet = z.looseObject({ images: z.number() });

const evaluation = z.object({
  runId: z.string(),
  createdAt: z.string(),
  settings: record,
  judgeHash: z.string(),
  rewardHash: z.string().nullable(),
  images: z.int(),
  contestants: z.array(
    z.object({
      name: z.string(),
      kind: z.enum(['base', 'tuned', 'best-of']),
      modelHash: z.string(),
      imagesPerPrompt: z.int(),
      groups: z.array(
        z.object({
          split: promptSplit,
          category: z.string(),
          prompts: z.int(),
          images: z.int(),
          good: measured,
          unclear: z.number(),
          reward: measured.nullable(),
          diversity: measured.nullable(),
          versusBase: comparison.nullable(),
        }),
      ),
      frechet: z.object({ all: frechet, first: frechet }),
    }),
  ),
  bestOfCurve: z.array(z.object({ split: promptSplit, n: z.int(), good: z.number(), reward: z.number() })),
  overSteps: z.array(z.object({ step: z.int(), images: z.int(), good: z.number(), reward: reading })),
  items: z.array(
    z.object({
      prompt: z.string(),
      category: z.string(),
      split: promptSplit,
      images: z.record(
        z.string(),
        z.array(z.object({ hash: z.string(), seed: z.number(), answer: judged, reward: reading })),
      ),
    }),
  ),
});

const measures = z.object({
  createdAt: z.string(),
  prompts: z.int(),
  imagesPerPrompt: z.int(),
  models: z.array(
    z.object({
      name: z.string(),
      clipScore: measured,
      reward: measured.nullable(),
      heldOut: measured.nullable().describe('The reward that held-out raters taught'),
      diversity: measured.nullable(),
    }),
  ),
});

export const stageOperations = {
  getReward: {
    access: 'viewer',
    tag: 'Stages',
    summary: 'Read what the reward function reached; null before there is one',
    response: z.object({
      reward: reward.nullable(),
      worst: z.array(wrongImage).describe('Rated images on which the score is furthest from the answers'),
    }),
  },
  listTuningRuns: {
    access: 'viewer',
    tag: 'Stages',
    summary: 'List tuning runs, the latest first',
    response: z.object({
      runs: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          status: z.string(),
          startedAt: z.string(),
          finishedAt: z.string().nullable(),
        }),
      ),
    }),
  },
  getTuning: {
    access: 'viewer',
    tag: 'Stages',
    summary: 'Read how a tuning run went, by default the one at work, else the latest; null before there is one',
    query: z.object({ run: id.optional() }),
    response: z.object({ tuning: tuning.nullable() }),
  },
  getEvaluation: {
    access: 'viewer',
    tag: 'Stages',
    summary: 'Read the latest evaluation and the latest measures; null before there are any',
    response: z.object({
      evaluation: evaluation.nullable().describe('Where a judge knows the pictures'),
      measures: measures.nullable(),
    }),
  },
} as const satisfies Record<string, Operation>;
