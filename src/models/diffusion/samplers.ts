// The samplers by name: how each is made, and the fields of a published config that it reads.

import { CollimateError } from '../../util/errors.ts';
import { createDdim, ddimFields } from './ddim.ts';
import { createDdpm, ddpmFields } from './ddpm.ts';
import { createDpmSolver, createDpmSolverSde, dpmSolverFields, dpmSolverSdeFields } from './dpm-solver.ts';
import { createEuler, eulerFields } from './euler.ts';
import { createEulerAncestral, eulerAncestralFields } from './euler-ancestral.ts';
import { createHeun, heunFields } from './heun.ts';
import { createLcm, lcmFields } from './lcm.ts';
import { createPndm, pndmFields } from './pndm.ts';
import type { Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { createUnipc, unipcFields } from './unipc.ts';

interface Entry {
  create(schedule: Schedule, steps: number): Sampler;
  readonly fields: { readonly shape: object };
}

const SAMPLERS = {
  ddim: { create: createDdim, fields: ddimFields },
  pndm: { create: createPndm, fields: pndmFields },
  'dpm-solver': { create: createDpmSolver, fields: dpmSolverFields },
  euler: { create: createEuler, fields: eulerFields },
  'euler-ancestral': { create: createEulerAncestral, fields: eulerAncestralFields },
  heun: { create: createHeun, fields: heunFields },
  unipc: { create: createUnipc, fields: unipcFields },
  'dpm-solver-sde': { create: createDpmSolverSde, fields: dpmSolverSdeFields },
  ddpm: { create: createDdpm, fields: ddpmFields },
  lcm: { create: createLcm, fields: lcmFields },
} as const satisfies Record<string, Entry>;

export type SamplerName = keyof typeof SAMPLERS;

export const SAMPLER_NAMES = Object.keys(SAMPLERS) as SamplerName[];

/**
 * A sampler for `steps` steps on a schedule.
 *
 * @throws CollimateError CONFIG where there is no such sampler or the number of steps is out of range.
 * @example
 * createSampler('ddim', schedule, 7).timesteps; // [853, 711, 569, 427, 285, 143, 1]
 */
export function createSampler(name: string, schedule: Schedule, steps: number): Sampler {
  if (isSampler(name)) return SAMPLERS[name].create(schedule, steps);
  const known = SAMPLER_NAMES.join(', ');
  throw new CollimateError('CONFIG', `sampler: expected one of ${known}, got "${name}"`, `Choose one of ${known}.`);
}

/** The fields of a published config that only this sampler reads, beside those that say how the noise came about. */
export function fieldsRead(name: string): ReadonlySet<string> {
  return new Set(isSampler(name) ? Object.keys(SAMPLERS[name].fields.shape) : []);
}

function isSampler(name: string): name is SamplerName {
  return Object.hasOwn(SAMPLERS, name);
}
