// Heun's method along the straight line from noise to picture: each Euler step is taken again with the mean of the velocities at its
// ends, but for the last one (as in diffusers' FlowMatchHeunDiscreteScheduler). It asks the network 2·steps − 1 times.

import { flowLevels } from './flow-levels.ts';
import type { FlowSchedule } from './flow-sigmas.ts';
import { combine, type Sampler } from './sampler.ts';

/** @throws CollimateError CONFIG where the schedule has no room for so many steps. */
export function createFlowHeun(schedule: FlowSchedule, steps: number): Sampler {
  const { sigmas, timesteps } = flowLevels('heun', schedule, steps, false);
  /** The level that call `i` is about: after the first, each is asked about twice. */
  const levelAt = (i: number) => (i + 1) >> 1;
  let [from, velocity]: [Float32Array, Float32Array] = [new Float32Array(0), new Float32Array(0)];
  return {
    name: 'heun',
    timesteps: Array.from({ length: 2 * steps - 1 }, (_, i) => timesteps[levelAt(i)]!),
    initNoiseScale: 1,
    scaleInput: (sample) => sample,
    step(output, i, sample) {
      const level = levelAt(i);
      if (i % 2 === 1) {
        const change = sigmas[level]! - sigmas[level - 1]!;
        return combine(change / 2, combine(1, velocity, 1, output), 1, from);
      }
      [from, velocity] = [sample, output];
      return combine(sigmas[level + 1]! - sigmas[level]!, output, 1, sample);
    },
  };
}
