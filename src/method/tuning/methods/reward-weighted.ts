// The paper's method (Lee et al., 2023): the denoising error of each image, times its reward.

import type { TuningMethod } from './method.ts';
import { onImages } from './on-images.ts';

export const rewardWeighted: TuningMethod = {
  ...onImages,
  trials: [
    { name: 'reward above 0.7', patch: {} },
    { name: 'reward-weighted', patch: { weighting: 'linear' } },
    { name: 'exponential weights', patch: { weighting: 'exponential' } },
  ],
};
