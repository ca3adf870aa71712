// The recipes by name. Another one is a file beside this and a line here.

import { CollimateError } from '../../../util/errors.ts';
import { demo } from './demo.ts';
import { larger } from './larger.ts';
import { ours } from './ours.ts';
import { paper } from './paper.ts';
import type { RecipeRow, ReproductionRecipe } from './recipe.ts';

export const RECIPES: readonly ReproductionRecipe[] = [ours, paper, larger, demo];

/** @throws CollimateError USAGE with the names there are. */
export function findRecipe(name: string): ReproductionRecipe {
  const found = RECIPES.find((recipe) => recipe.name === name);
  if (found) return found;
  const names = RECIPES.map((recipe) => recipe.name).join(', ');
  throw new CollimateError('USAGE', `reproduce: there is no recipe called ${name}`, `Name one of: ${names}.`);
}

/** Rows of a recipe by their names, in its order. @throws CollimateError USAGE for a name that it does not have. */
export function findRows({ name, rows }: ReproductionRecipe, names: readonly string[]): [string, RecipeRow][] {
  const unknown = names.find((row) => !Object.hasOwn(rows, row));
  if (unknown === undefined) return Object.entries(rows).filter(([row]) => names.includes(row));
  throw new CollimateError(
    'USAGE',
    `reproduce: the recipe ${name} has no row called ${unknown}`,
    `Name some of: ${Object.keys(rows).join(', ')}.`,
  );
}
