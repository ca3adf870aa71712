// The outputs of a network that does not learn, for the rows of images of a batch.

import { join } from 'node:path';
import { input } from '../../engine/graph/tensor.ts';
import type { Feeds } from '../../engine/training/trainer.ts';
import { type Network, openNetwork } from '../../models/inference/network.ts';
import { likeLearned, openDenoiserWeights } from '../../models/inference/predictor.ts';
import { predict, tuningBatch } from './loss.ts';
import type { MethodRun } from './methods/method.ts';
import { comparedPrecision } from './precision.ts';

export interface FrozenModel {
  /** For the images of a batch, [images, C, h, w]. */
  outputs(batch: Feeds): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** @param path other weights than those of the model before tuning */
export async function openFrozenModel(run: MethodRun, path?: string): Promise<FrozenModel> {
  const { pipeline, data, mixture, engine, settings } = run;
  const types = tuningBatch({ images: mixture.images, pairs: 0 }, data.latentShape, data.conditionShapes);
  const names = ['latents', 'timesteps', ...Object.keys(data.conditionShapes)];
  const { denoiser } = pipeline;
  const half = comparedPrecision(settings, { learned: path !== undefined });
  const network: Network = await openNetwork(
    (p) => ({
      output: predict(p, pipeline, Object.fromEntries(names.map((name) => [name, input(name, types[name]!.shape)]))),
    }),
    path === undefined
      ? likeLearned(pipeline, pipeline.open(denoiser), half, engine)
      : openDenoiserWeights(pipeline, path, { half, engine }),
    join(pipeline.folder, denoiser),
    { ...engine, half },
  );
  const rows = mixture.images + mixture.pairs;
  return {
    async outputs(batch) {
      const feeds = names.map((name) => {
        const whole = batch[name] as Float32Array;
        return [name, whole.subarray(0, (whole.length / rows) * mixture.images)];
      });
      const { output } = await network.run(Object.fromEntries(feeds));
      return output!;
    },
    dispose: () => network.dispose(),
  };
}
