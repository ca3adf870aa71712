// A model as functions here take it: opened, by whoever has it, or the place where it lies.

import { openPipeline, type Pipeline } from '../pipeline.ts';

export type PipelineOrPath = Pipeline | string;

/** @throws CollimateError MODEL_CONFIG or WEIGHTS where nothing whole lies there. */
export function toPipeline(model: PipelineOrPath): Pipeline {
  return typeof model === 'string' ? openPipeline(model) : model;
}
