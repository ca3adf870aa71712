// What `collimate demo` runs, over seeds: where its headline comes from.

import { DEMO_CONFIG } from '../demo.ts';
import { inLargerWorld, larger } from './larger.ts';
import type { ReproductionRecipe } from './recipe.ts';

const { seed: _seed, ...config } = DEMO_CONFIG;

/** The settings of the demo, which were chosen by development prompts of another seed (docs/demo.md). */
export const demo: ReproductionRecipe = {
  ...larger,
  name: 'demo',
  about: 'what `collimate demo` runs: as `larger`, with fewer pictures and steps and three answers a picture',
  config: inLargerWorld({ ...config, tune: { ...config.tune, samplesEvery: 0, checkpointingSteps: 0 } }),
  usual: [],
};
