// Euler steps along the straight line from noise to picture (levels as in diffusers' FlowMatchEulerDiscreteScheduler).

import { flowLevels } from './flow-levels.ts';
import type { FlowSchedule } from './flow-sigmas.ts';
import { combine, type Sampler } from './sampler.ts';

/** @throws CollimateError CONFIG where the schedule has no room for so many steps. */
export function createFlowEuler(schedule: FlowSchedule, steps: number): Sampler {
  const { sigmas, timesteps } = flowLevels('euler', schedule, steps, true);
  return {
    name: 'euler',
    timesteps,
    initNoiseScale: 1,
    scaleInput: (sample) => sample,
    step: (output, i, sample) => combine(sigmas[i + 1]! - sigmas[i]!, output, 1, sample),
  };
}
