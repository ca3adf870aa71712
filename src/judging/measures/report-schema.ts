// The forms of `measures.json` and `geneval.json`, as whoever reads them finds them. Fields that are not named are kept.

import { z } from 'zod';
import { readArtefact } from '../../util/artefact.ts';
import { intervalSchema } from '../evaluation/report-schema.ts';
import type { GenevalReport } from './geneval-run.ts';
import type { MeasuresReport } from './report.ts';

const measuredFields = { value: intervalSchema, versusBase: intervalSchema.nullable() };
const measured = z.looseObject(measuredFields);

const splitMeasures = z.looseObject({
  split: z.enum(['seen', 'development', 'unseen']),
  prompts: z.number(),
  clipScore: measured,
  reward: measured.nullable(),
  heldOut: measured.nullable(),
  diversity: measured.nullable(),
});

/** Figures with a default are those that earlier releases did not measure. */
const model = z.looseObject({
  name: z.string(),
  modelHash: z.string(),
  images: z.number(),
  clipScore: measured,
  reward: measured.nullable(),
  doubt: measured.nullable().default(null),
  heldOut: measured.nullable().default(null),
  splits: z.array(splitMeasures).default([]),
  diversity: measured.nullable(),
  parts: z.array(z.looseObject({ ...measuredFields, part: z.string(), prompts: z.number() })),
  distances: z.array(
    z.looseObject({
      features: z.string(),
      width: z.number(),
      images: z.number(),
      reference: z.number(),
      frechet: intervalSchema,
      infinity: intervalSchema.nullable(),
      cmmd: z.looseObject({ biased: intervalSchema, unbiased: intervalSchema }).nullable(),
    }),
  ),
});

const measures: z.ZodType<MeasuresReport> = z.looseObject({
  version: z.literal(1),
  createdAt: z.string(),
  prompts: z.number(),
  imagesPerPrompt: z.number(),
  encoderHash: z.string(),
  rewardHash: z.string().nullable(),
  reference: z
    .looseObject({ kind: z.enum(['renders', 'folder']), images: z.number(), path: z.exactOptional(z.string()) })
    .nullable(),
  models: z.array(model),
  seconds: z.number(),
});

const geneval: z.ZodType<GenevalReport> = z.looseObject({
  version: z.literal(1),
  createdAt: z.string(),
  prompts: z.number(),
  imagesPerPrompt: z.number(),
  detector: z.looseObject({ name: z.string(), hash: z.string() }),
  colors: z.enum(['clip', 'judge']),
  models: z.array(
    z.looseObject({
      name: z.string(),
      modelHash: z.string(),
      images: z.number(),
      overall: intervalSchema,
      tasks: z.array(z.looseObject({ tag: z.string(), prompts: z.number(), right: intervalSchema })),
      anyRight: z.number(),
    }),
  ),
});

/** The measures in a file. @throws CollimateError STORAGE where it is damaged or of another version. */
export function readMeasuresFile(path: string): MeasuresReport {
  return readArtefact(path, measures, { version: 1, again: 'run `collimate evaluate measures` again' });
}

/** What GenEval came to, in a file. @throws CollimateError STORAGE where it is damaged or of another version. */
export function readGenevalFile(path: string): GenevalReport {
  return readArtefact(path, geneval, { version: 1, again: 'run `collimate evaluate geneval` again' });
}
