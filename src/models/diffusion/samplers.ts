// The samplers by name.

import { CollimateError } from '../../util/errors.ts';
import { createDdim } from './ddim.ts';
import { createDpmSolver } from './dpm-solver.ts';
import { createEuler } from './euler.ts';
import { createPndm } from './pndm.ts';
import type { Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';

const CREATORS = {
  ddim: createDdim,
  pndm: createPndm,
  'dpm-solver': createDpmSolver,
  euler: createEuler,
} as const satisfies Record<string, (schedule: Schedule, steps: number) => Sampler>;

export type SamplerName = keyof typeof CREATORS;

export const SAMPLER_NAMES = Object.keys(CREATORS) as SamplerName[];

/**
 * A sampler for `steps` steps on a schedule.
 *
 * @throws CollimateError CONFIG where there is no such sampler or the number of steps is out of range.
 * @example
 * createSampler('ddim', schedule, 7).timesteps; // [853, 711, 569, 427, 285, 143, 1]
 */
export function createSampler(name: string, schedule: Schedule, steps: number): Sampler {
  if (Object.hasOwn(CREATORS, name)) return CREATORS[name as SamplerName](schedule, steps);
  const known = SAMPLER_NAMES.join(', ');
  throw new CollimateError('CONFIG', `sampler: expected one of ${known}, got "${name}"`, `Choose one of ${known}.`);
}
