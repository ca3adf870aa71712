// The paper's recipe (Lee et al., 2023), on the embedded world: what the paper says is as it says, sizes are this world's, and
// what it does not say stands below with the reason.

import type { ReproductionRecipe } from './recipe.ts';
import { PART_ROWS, PLACEBO_ROWS } from './rows.ts';

/** Learning from one part of the data after another, as the paper's table of distances has it. */
const MIXTURES = {
  'labelled-alone': {
    about: 'labelled images alone, without pre-training pairs',
    settings: { images: 'labelled', pretrainShare: 0 },
  },
  'without-pairs': {
    about: 'labelled and reward-labelled images, without pre-training pairs',
    settings: { pretrainShare: 0 },
  },
} as const satisfies ReproductionRecipe['rows'];

export const paper: ReproductionRecipe = {
  name: 'paper',
  about: 'the paper as it is: rewards as weights, all timesteps, half of each batch pre-training pairs',
  config: {
    prompts: { count: 18, color: 30, background: 24, combination: 120, unseenPerCategory: 60 },
    generate: { imagesPerPrompt: 16, steps: 10, guidanceScale: 3, batchSize: 32 },
    reward: {
      features: 'concat',
      hiddenWidth: 1024,
      layers: 2,
      lambda: 0.5,
      temperature: 2,
      objective: 'mse',
      pairs: 'none',
    },
    tune: {
      method: 'reward-weighted',
      weights: 'reward',
      weighting: 'linear',
      clipRewards: false,
      evenPrompts: false,
      sampling: 'uniform',
      timestepRange: [0, 1],
      minSnrGamma: 0,
      pretrainShare: 0.5,
      // The paper gives no β. At 1 either half of a batch counts alike, as the two sums of its loss do.
      beta: 1,
      lrScheduler: 'constant',
      warmupSteps: 0,
      emaDecay: 0,
      loraRank: 0,
      // Of this world, not the paper's: its rate was for a network four thousand times as large, its steps were 10,000.
      learningRate: 5e-4,
      maxTrainSteps: 1500,
      samplesEvery: 0,
      checkpointingSteps: 250,
    },
    evaluate: { promptsPerCategory: 60, imagesPerPrompt: 4, bestOf: 16 },
  },
  rows: {
    ...MIXTURES,
    ...PLACEBO_ROWS,
    ...PART_ROWS,
    'noisy-half': { about: 'the noisy half of the schedule alone', settings: { timestepRange: [0.5, 1] } },
  },
  usual: [...Object.keys(MIXTURES), ...Object.keys(PLACEBO_ROWS), ...Object.keys(PART_ROWS), 'noisy-half'],
  // 16 thousand images that the reward labelled beside 23 thousand that people did.
  unlabelled: 11,
  // Nothing is chosen by what comes, so the test set is opened once.
  splits: ['unseen', 'seen'],
  targets: () => [],
  sets: { pictures: 4, outOf: 16, raters: 9 },
};
