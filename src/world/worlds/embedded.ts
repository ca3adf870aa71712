// The embedded worlds: the first, of 32×32 pixels, which a project has unless it names another, and the second, which is
// larger.

import { EVALUATING_JUDGE, JUDGE, LOOKING_JUDGE } from '../judge/designs.ts';
import { firstRecipe, secondRecipe } from '../pretraining/recipe.ts';
import { rateLikePeople } from '../raters/people.ts';
import { rateByError } from '../raters/raters.ts';
import { scenery, secondScenery } from '../scenes/scenery.ts';
import { makeWorld } from './make-world.ts';

export const embedded = makeWorld({
  scenery: scenery,
  judge: JUDGE,
  captioning: () => firstRecipe().captioning,
  rate: rateByError,
  leastSure: 0,
});

export const secondWorld = makeWorld({
  scenery: secondScenery,
  judge: LOOKING_JUDGE,
  evaluator: EVALUATING_JUDGE,
  captioning: () => secondRecipe('over').captioning,
  rate: rateLikePeople,
  // Chosen by 300 pictures of an earlier base that eyes had looked at: 95.5 % alike where it is 94.1 % at 0 (docs/pretraining.md).
  leastSure: 0.6,
});
