// Euler steps of rectified flow: along a straight line from noise to the clean sample (Liu et al., 2023, "Flow straight and
// fast"; the levels as in diffusers' FlowMatchEulerDiscreteScheduler).

import type { FlowSchedule } from './flow-sigmas.ts';
import { exponentialSigmas, karrasSigmas } from './karras.ts';
import { checkSteps, combine, type Sampler } from './sampler.ts';

/**
 * The levels of `steps` steps, and 0 after them. The reference shifts the ends of training, spaces the levels evenly between
 * those and shifts them again: so does this, since models are drawn with it.
 */
function flowSigmas(schedule: FlowSchedule, steps: number): number[] {
  const [highest, lowest] = schedule.ends;
  const share = (i: number) => (steps === 1 ? 0 : i / (steps - 1));
  const even = Array.from({ length: steps }, (_, i) => highest + share(i) * (lowest - highest));
  const shifted = even.map(schedule.shifted);
  const spaced = {
    shifted: () => shifted,
    karras: () => karrasSigmas(shifted[0]!, shifted.at(-1)!, steps),
    exponential: () => exponentialSigmas(shifted[0]!, shifted.at(-1)!, steps),
  }[schedule.spacing]();
  return [...spaced.map(Math.fround), 0];
}

/** @throws CollimateError CONFIG where the schedule has no room for so many steps. */
export function createFlowEuler(schedule: FlowSchedule, steps: number): Sampler {
  checkSteps('euler', steps, 1, schedule.trainSteps);
  const sigmas = flowSigmas(schedule, steps);
  return {
    name: 'euler',
    timesteps: sigmas.slice(0, -1).map((sigma) => Math.fround(sigma * schedule.trainSteps)),
    initNoiseScale: 1,
    scaleInput: (sample) => sample,
    step: (output, i, sample) => combine(sigmas[i + 1]! - sigmas[i]!, output, 1, sample),
  };
}
