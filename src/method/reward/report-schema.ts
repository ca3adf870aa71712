// The form of a reward function's report as the store holds it. What earlier versions did not tell may be missing, and
// fields that are not named here are kept.

import { z } from 'zod';
import { EDIT_WAYS } from '../../project/prompts/prompt-edits.ts';
import { lookSchema } from './look.ts';
import type { CalibrationReport } from './measure-calibration.ts';
import type { WordReport } from './metrics/by-word.ts';
import type { ReliabilityBin } from './metrics/calibration.ts';
import type { PairwiseFigures } from './metrics/pairwise.ts';
import type { PredictionFigures, RewardReport, RewardRow } from './report.ts';
import type { TasteReport } from './taste/taste.ts';

const interval = z.tuple([z.number(), z.number()]);
const perhaps = z.exactOptional(z.number());
const bin: z.ZodType<ReliabilityBin> = z.looseObject({
  low: z.number(),
  high: z.number(),
  images: z.number(),
  meanScore: perhaps,
  goodShare: perhaps,
});
const prediction = { accuracy: z.number(), interval, auroc: perhaps };
const clip: z.ZodType<PredictionFigures> = z.looseObject(prediction);

const end = z.number().nullable();
const pairwise: z.ZodType<PairwiseFigures> = z.looseObject({
  pairs: z.number(),
  prompts: z.number(),
  accuracy: z.looseObject({ estimate: z.number(), low: end, high: end }),
  bestOf: z.number(),
});

const row: z.ZodType<RewardRow> = z.looseObject({
  part: z.enum(['train', 'validation', 'unseen']),
  category: z.string(),
  images: z.number(),
  prompts: z.number(),
  goodShare: z.number(),
  reward: z.looseObject({ ...prediction, calibrationError: z.number(), bins: z.array(bin) }),
  clip,
  scorer: z.exactOptional(clip),
  pairwise: z.exactOptional(z.looseObject({ reward: pairwise, clip: pairwise, scorer: z.exactOptional(pairwise) })),
  gain: z.looseObject({ difference: z.number(), interval: interval.nullable() }),
});

const calibration: z.ZodType<CalibrationReport> = z.looseObject({
  temperatures: z.looseObject({ scores: z.number(), textNorm: perhaps }),
  part: z.enum(['validation', 'unseen']),
  images: z.number(),
  withoutEdits: perhaps,
  figures: z.array(
    z.looseObject({
      reading: z.enum(['score', 'calibrated', 'text-norm']),
      accuracy: z.number(),
      auroc: perhaps,
      calibrationError: z.number(),
      logLoss: z.number(),
      bins: z.array(bin),
    }),
  ),
  doubt: z.exactOptional(z.looseObject({ mean: z.number(), auroc: perhaps })),
});

const words: z.ZodType<WordReport> = z.looseObject({
  words: z.array(
    z.looseObject({ word: z.string(), images: z.number(), prompts: z.number(), accuracy: z.number(), interval }),
  ),
  leftOut: z.number(),
});

const taste: z.ZodType<TasteReport> = z.looseObject({
  raters: z.number(),
  without: z.number(),
  answers: z.number(),
  measured: z.number(),
  penalty: z.number(),
  gain: z.exactOptional(z.looseObject({ difference: z.number(), interval: interval.nullable() })),
  error: z.exactOptional(z.looseObject({ own: z.number(), shared: z.number() })),
});

const edits = z.looseObject({
  prompts: z.number(),
  ways: z.record(z.enum(EDIT_WAYS), z.number()),
  without: z.number(),
  marked: perhaps,
  examples: z.array(z.looseObject({ prompt: z.string(), edit: z.string(), way: z.enum(EDIT_WAYS) })),
});

export const rewardReportSchema = z.looseObject({
  version: z.literal(1),
  rewardHash: z.string(),
  config: z.record(z.string(), z.unknown()),
  curves: z.array(lookSchema),
  bestStep: z.number(),
  clipThreshold: z.number().nullable(),
  rows: z.array(row),
  scorer: z.exactOptional(z.looseObject({ name: z.string(), hash: z.string() })),
  calibration: z.exactOptional(calibration),
  words: z.exactOptional(words),
  taste: z.exactOptional(taste),
  group: z.exactOptional(z.string()),
  edits: z.exactOptional(edits),
  seconds: z.number(),
  raters: z.exactOptional(z.array(z.string())),
  heldOut: z.exactOptional(z.looseObject({ raters: z.array(z.string()), rewardHash: z.string() })),
}) as z.ZodType<unknown> as z.ZodType<RewardReport>;
