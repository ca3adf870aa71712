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
});

export const secondWorld = makeWorld({
  scenery: secondScenery,
  judge: LOOKING_JUDGE,
  evaluator: EVALUATING_JUDGE,
  captioning: () => secondRecipe('over').captioning,
  rate: rateLikePeople,
  // As eyes say it of 95.8 % of 300 pictures, and of 95.8 % of 300 others (docs/pretraining.md).
  surety: { good: 0.6, bad: 0.2 },
});
