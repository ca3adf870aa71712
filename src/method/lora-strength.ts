// A model that was tuned by a LoRA, drawn with more or less of it.

import { dirname, join } from 'node:path';
import type { DiffusionModel } from '../models/families/model.ts';
import { isLora, LORA_FILE } from '../models/inference/predictor.ts';
import { CollimateError } from '../util/errors.ts';

/** A pipeline, what is added to its denoiser, and by which factor. */
export interface StrengthenedModel {
  readonly pipeline: DiffusionModel;
  readonly unet?: string;
  readonly strength?: number;
}

/**
 * The same model with `strength` times what its LoRA adds: 1 is the model as it was saved, 0 the base, 2 twice as far from it. In a tuned
 * model's folder the LoRA is in the weights and in a file beside them, of which the rest is added.
 *
 * @throws CollimateError USAGE where the model has no LoRA.
 */
export function withStrength({ pipeline, unet }: StrengthenedModel, strength: number | undefined): StrengthenedModel {
  if (strength === undefined) return { pipeline, ...(unet !== undefined && { unet }) };
  if (unet !== undefined && isLora(unet)) return { pipeline, unet, strength };
  const dir = pipeline.folder;
  if (unet === undefined && isLora(dir)) return { pipeline, unet: join(dir, LORA_FILE), strength: strength - 1 };
  throw new CollimateError(
    'USAGE',
    `draw: --strength: expected a model that was tuned by a LoRA, which has ${LORA_FILE}, got ${unet === undefined ? dir : dirname(unet)}`,
    'Leave --strength out, or tune with a rank (`collimate tune --rank 4`).',
  );
}
