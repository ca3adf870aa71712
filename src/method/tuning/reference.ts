// The errors of the model before tuning on the samples that the tuned one sees: what Diffusion-DPO holds it to.

import { join } from 'node:path';
import { input } from '../../engine/graph/tensor.ts';
import type { Feeds } from '../../engine/training/trainer.ts';
import { openNetwork } from '../../models/inference/network.ts';
import { likeLearned } from '../../models/inference/predictor.ts';
import { denoisingErrors, tuningBatch } from './loss.ts';
import type { MethodRun } from './methods/method.ts';
import { comparedPrecision } from './precision.ts';

export interface Reference {
  /** The error of each row of a batch, [B]. */
  errors(batch: Feeds): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Compiles the base network with its published weights for batches of these settings. */
export async function openReferenceModel({
  pipeline,
  data: { latentShape, conditionShapes },
  mixture,
  engine,
  settings,
}: MethodRun): Promise<Reference> {
  const half = comparedPrecision(settings);
  const types = tuningBatch(mixture, latentShape, conditionShapes);
  const names = ['latents', 'target', 'timesteps', ...Object.keys(conditionShapes)];
  const network = await openNetwork(
    (p) => {
      const batch = Object.fromEntries(names.map((name) => [name, input(name, types[name]!.shape)]));
      return { errors: denoisingErrors(p, pipeline, batch) };
    },
    likeLearned(pipeline, pipeline.open(pipeline.denoiser), half, engine),
    join(pipeline.folder, pipeline.denoiser),
    { ...engine, half },
  );
  return {
    async errors(batch) {
      const { errors } = await network.run(Object.fromEntries(names.map((name) => [name, batch[name]!])));
      return errors!;
    },
    dispose: () => network.dispose(),
  };
}

/** The batches with the reference's errors. */
export async function addReference(batches: readonly Feeds[], reference: Reference): Promise<Feeds[]> {
  const complete: Feeds[] = [];
  for (const batch of batches) complete.push({ ...batch, reference: await reference.errors(batch) });
  return complete;
}
