// Noise levels of samplers that may space them by a rule of their own, as fields of the published config say.

import { z } from 'zod';
import { exponentialSigmas, karrasSigmas } from './karras.ts';
import { field, notBuilt } from './published.ts';

const level = z.number().positive().nullish();

/** The fields that say so, the same in every class that has them. */
export const levelFields = {
  use_karras_sigmas: field(z.boolean(), false),
  use_exponential_sigmas: field(z.boolean(), false),
  use_beta_sigmas: notBuilt,
  /** The ends of such levels; without them those of the timesteps. */
  sigma_min: level,
  sigma_max: level,
};

export interface LevelFields {
  readonly use_karras_sigmas: boolean;
  readonly use_exponential_sigmas: boolean;
  readonly sigma_min?: number | null | undefined;
  readonly sigma_max?: number | null | undefined;
}

/** For `refine`: levels have one rule. */
export function hasOneRule(fields: LevelFields): boolean {
  return !(fields.use_karras_sigmas && fields.use_exponential_sigmas);
}

export const ONE_RULE = {
  path: ['use_exponential_sigmas'],
  error: 'must not be on beside use_karras_sigmas',
};

/** Levels by their own rule, between the highest and the lowest of others; nothing where there is no such rule. */
export function spacedLevels(
  fields: LevelFields,
  [highest, lowest]: readonly [number, number],
  steps: number,
): number[] | undefined {
  if (!fields.use_karras_sigmas && !fields.use_exponential_sigmas) return undefined;
  const space = fields.use_karras_sigmas ? karrasSigmas : exponentialSigmas;
  return space(fields.sigma_max ?? highest, fields.sigma_min ?? lowest, steps);
}
