// Rows that any recipe may have: placebos, and parts of the method that its claims are about.

import type { RecipeRow } from './recipe.ts';

/** Everything of the method but what people said. Drawn uniformly, since weights are what a placebo takes away. */
export const PLACEBO_ROWS = {
  'pairs-alone': {
    about: 'placebo: pre-training pairs alone',
    placebo: 'pairs alone',
    settings: { sampling: 'uniform' },
  },
  'shuffled-rewards': { about: 'placebo: rewards dealt out anew at random', placebo: 'shuffled' },
  'weights-1': { about: 'placebo: all weights 1', placebo: 'even' },
} as const satisfies Readonly<Record<string, RecipeRow>>;

export const PART_ROWS = {
  'beta-0': { about: 'β = 0, no pre-training term', settings: { beta: 0 } },
  'no-prompt-classification': { about: 'reward without prompt classification (λ = 0)', plainReward: true },
} as const satisfies Readonly<Record<string, RecipeRow>>;
