// Negative-aware fine-tuning in the larger world, with the paper's reward-weighted likelihood beside it.

import { LARGER_CONFIG } from '../demo.ts';
import type { ReproductionRecipe } from './recipe.ts';
import { PART_ROWS, PLACEBO_ROWS } from './rows.ts';

const { seed: _seed, ...config } = LARGER_CONFIG;

/** Its settings were chosen by development prompts of another seed; docs/pretraining.md has what was tried. */
export const larger: ReproductionRecipe = {
  name: 'larger',
  about: 'negative-aware fine-tuning by calibrated rewards, in the larger world',
  config: {
    ...config,
    model: 'embedded-2',
    clip: 'embedded-2',
    prompts: { ...config.prompts, grammar: 'embedded-2' },
    tune: { ...config.tune, samplesEvery: 0, checkpointingSteps: 0 },
  },
  rows: {
    'reward-weighted': {
      about: 'reward-weighted likelihood, at the rate that served it best there',
      settings: {
        method: 'reward-weighted',
        weights: 'reward',
        sampling: 'weighted',
        clipRewards: true,
        learningRate: 1e-4,
      },
    },
    ...PART_ROWS,
    ...PLACEBO_ROWS,
  },
  usual: ['reward-weighted'],
  unlabelled: 0,
  targets: () => [],
};
