// A model as functions here take it: opened, by whoever has it, or the place where it lies.

import type { DiffusionModel } from '../families/model.ts';
import { openPipeline } from '../pipeline.ts';

export type PipelineOrPath = DiffusionModel | string;

/** @throws CollimateError MODEL_CONFIG or WEIGHTS where nothing whole lies there. */
export function toPipeline(model: PipelineOrPath): DiffusionModel {
  return typeof model === 'string' ? openPipeline(model) : model;
}
