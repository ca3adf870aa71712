// The form of `evaluation.json`, as whoever reads it finds it. Fields that are not named here are kept.

import { z } from 'zod';
import type { ReliabilityBin } from '../../method/reward/metrics/calibration.ts';
import type { Interval } from '../../statistics/interval.ts';
import type { Estimate } from '../../statistics/jackknife.ts';
import { readArtefact } from '../../util/artefact.ts';
import type {
  Comparison,
  ContestantReport,
  EvaluationReport,
  FrechetReport,
  GroupReport,
  PredictionRow,
} from './report.ts';

export const intervalSchema: z.ZodType<Interval> = z.looseObject({
  estimate: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
const perhapsInterval = intervalSchema.nullable();
const split = z.enum(['seen', 'development', 'unseen']);
const category = z.string() as unknown as z.ZodType<GroupReport['category']>;

const estimate: z.ZodType<Estimate> = z.looseObject({ value: z.number(), standardError: z.number().nullable() });

const frechet: z.ZodType<FrechetReport> = z.looseObject({
  value: z.number(),
  standardError: z.number().nullable(),
  images: z.number(),
  growth: estimate.nullable(),
});

const comparison: z.ZodType<Comparison> = z.looseObject({
  good: intervalSchema,
  growth: perhapsInterval,
  reward: perhapsInterval,
  diversity: perhapsInterval,
  wins: z.number(),
  losses: z.number(),
  ties: z.number(),
});

const group: z.ZodType<GroupReport> = z.looseObject({
  split,
  category,
  prompts: z.number(),
  images: z.number(),
  good: intervalSchema,
  unclear: z.number(),
  empty: z.exactOptional(z.number()),
  reward: perhapsInterval,
  diversity: perhapsInterval,
  versusBase: comparison.nullable(),
});

/** The figures of one contestant, as the store has them too. */
export const groupsSchema: z.ZodType<GroupReport[]> = z.array(group);

const contestant: z.ZodType<ContestantReport> = z.looseObject({
  name: z.string(),
  kind: z.enum(['base', 'tuned', 'best-of']),
  modelHash: z.string(),
  imagesPerPrompt: z.number(),
  groups: z.array(group),
  frechet: z.looseObject({ all: frechet, first: frechet }),
});

const bin: z.ZodType<ReliabilityBin> = z.looseObject({
  low: z.number(),
  high: z.number(),
  images: z.number(),
  meanScore: z.exactOptional(z.number()),
  goodShare: z.exactOptional(z.number()),
});

const prediction: z.ZodType<PredictionRow> = z.looseObject({
  split,
  category,
  images: z.number(),
  goodShare: z.number(),
  accuracy: intervalSchema,
  auroc: z.number().nullable(),
  calibrationError: z.number(),
  bins: z.array(bin),
  clip: z.looseObject({ accuracy: z.number().nullable(), auroc: z.number().nullable() }),
  gain: perhapsInterval,
});

const floor = z.looseObject({ images: z.number(), distance: z.number(), draws: z.number() });

const schema: z.ZodType<EvaluationReport> = z.looseObject({
  version: z.literal(1),
  runId: z.string(),
  createdAt: z.string(),
  settings: z.looseObject({
    seed: z.number(),
    sampler: z.string(),
    steps: z.number(),
    guidanceScale: z.number(),
    negativePrompt: z.exactOptional(z.string()),
    width: z.exactOptional(z.number()),
    height: z.exactOptional(z.number()),
    precision: z.exactOptional(z.string()),
    promptsPerCategory: z.number(),
    imagesPerPrompt: z.number(),
    bestOf: z.number(),
    bootstrapSamples: z.number(),
  }),
  judgeHash: z.string(),
  rewardHash: z.string().nullable(),
  images: z.number(),
  agreement: z.exactOptional(
    z.looseObject({
      secondHash: z.string(),
      images: z.number(),
      answered: z.number(),
      same: z.number(),
      kappa: z.number().nullable(),
    }),
  ),
  contestants: z.array(contestant),
  renders: z.looseObject({
    images: z.number(),
    diversity: z.number(),
    floor: z.looseObject({ all: floor, first: floor }),
  }),
  bestOfCurve: z.array(z.looseObject({ split, n: z.number(), good: z.number(), reward: z.number() })),
  prediction: z.array(prediction),
  overSteps: z.array(
    z.looseObject({ step: z.number(), images: z.number(), good: z.number(), reward: z.number().nullable() }),
  ),
  items: z.array(
    z.looseObject({
      prompt: z.string(),
      category: category as unknown as z.ZodType<EvaluationReport['items'][number]['category']>,
      split,
      images: z.record(
        z.string(),
        z.array(
          z.looseObject({
            hash: z.string(),
            seed: z.number(),
            answer: z.enum(['good', 'bad', 'unclear']),
            reward: z.number().nullable(),
          }),
        ),
      ),
    }),
  ),
  seconds: z.number(),
});

/** The evaluation in a file. @throws CollimateError STORAGE where it is damaged or of another version. */
export function readEvaluationFile(path: string): EvaluationReport {
  return readArtefact(path, schema, { version: 1, again: 'run `collimate evaluate` again' });
}
