// Noise levels of samplers that may space them by a rule of their own, as fields of the published config say.

import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { betaSigmas, exponentialSigmas, karrasSigmas } from './karras.ts';
import { field } from './published.ts';

const level = z.number().positive().nullish();

/** The rules by the fields that choose them. */
const RULES = {
  use_karras_sigmas: karrasSigmas,
  use_exponential_sigmas: exponentialSigmas,
  use_beta_sigmas: betaSigmas,
  /** Evenly in λ = −ln σ, which is how the exponential rule spaces them (Lu et al., 2022, "DPM-Solver"). */
  use_lu_lambdas: exponentialSigmas,
};

type Rule = keyof typeof RULES;

/** The fields that say so, the same in every class that has them. */
export const levelFields = {
  use_karras_sigmas: field(z.boolean(), false),
  use_exponential_sigmas: field(z.boolean(), false),
  use_beta_sigmas: field(z.boolean(), false),
  /** The ends of such levels; without them those of the timesteps. */
  sigma_min: level,
  sigma_max: level,
};

export type LevelFields = { readonly [K in Rule]?: boolean | undefined } & {
  readonly sigma_min?: number | null | undefined;
  readonly sigma_max?: number | null | undefined;
};

function listRules(fields: LevelFields): Rule[] {
  return (Object.keys(RULES) as Rule[]).filter((name) => fields[name]);
}

/** The rule of levels, where there is one. */
export function ruleOf(fields: LevelFields): Rule | undefined {
  return listRules(fields)[0];
}

/** For `superRefine`: levels have one rule. */
export function checkOneRule(fields: LevelFields, context: z.RefinementCtx): void {
  const [first, second] = listRules(fields);
  if (second) context.addIssue({ code: 'custom', path: [second], message: `must not be on beside ${first}` });
}

/**
 * Levels by their own rule, between the highest and the lowest of others; nothing where there is no such rule.
 *
 * @throws CollimateError MODEL_CONFIG where the config's own ends are the wrong way round.
 */
export function spacedLevels(
  fields: LevelFields,
  [highest, lowest]: readonly [number, number],
  steps: number,
): number[] | undefined {
  const rule = ruleOf(fields);
  if (!rule) return undefined;
  const [most, least] = [fields.sigma_max ?? highest, fields.sigma_min ?? lowest];
  if (least <= most) return RULES[rule](most, least, steps);
  throw new CollimateError(
    'MODEL_CONFIG',
    `scheduler: sigma_min: expected no more than sigma_max, which is ${most}, got ${least}`,
    'Use the scheduler_config.json that the model was published with.',
  );
}
