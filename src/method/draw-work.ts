// One picture as work for another machine: all that it is drawn from. What it says is looked at before anybody trusts it.

import { z } from 'zod';
import { type DrawSettings, PRECISIONS } from '../models/inference/painter.ts';
import { SAMPLER_CHOICES } from '../project/config/samplers.ts';
import type { ImageRecipe } from '../project/images/images.ts';
import { checkForm, type Schema } from '../util/artefact.ts';

export interface DrawWork {
  readonly recipe: ImageRecipe;
  readonly text: string;
  readonly settings: DrawSettings;
  /** `hashModel` of what draws. */
  readonly model: string;
  /** Pictures that are drawn at once: the number with which one process would. */
  readonly batchSize: number;
}

const optionalSide = z.int().min(0).max(8192).nullish();
const settings = z.object({
  sampler: z.enum(SAMPLER_CHOICES),
  steps: z.int().min(1).max(1000),
  guidanceScale: z.number(),
  negativePrompt: z.string().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
  precision: z.enum(PRECISIONS).optional(),
  vaeTile: z.int().min(1).optional(),
});
const drawWork = z.object({
  recipe: z.object({
    promptId: z.string(),
    seed: z.int(),
    sampler: z.string(),
    steps: z.int(),
    guidanceScale: z.number(),
    modelHash: z.string(),
    purpose: z.string(),
    negativePrompt: z.string().optional(),
    width: optionalSide,
    height: optionalSide,
    precision: z.string().optional(),
    vaeTile: optionalSide,
  }),
  text: z.string(),
  settings,
  model: z.string().regex(/^[0-9a-f]{64}$/),
  batchSize: z.int().min(1).max(4096),
});

/** An item's data. @throws CollimateError STORAGE where it is of another form. */
export function readDrawWork(data: unknown, key: string): DrawWork {
  return checkForm(
    data,
    drawWork as unknown as Schema<DrawWork>,
    `work ${key}`,
    'Run the stage again that asked for it.',
  );
}
