// The levels that samplers of rectified flow visit.

import type { FlowSchedule } from './flow-sigmas.ts';
import { spacedLevels } from './levels.ts';
import { checkSteps } from './sampler.ts';

export interface FlowLevels {
  /** The levels of the steps, and 0 after them. */
  readonly sigmas: readonly number[];
  /** What the network is told at each. */
  readonly timesteps: readonly number[];
}

/**
 * The reference shifts the ends of training, spaces the levels evenly between those and shifts them again: so does this, since models
 * are drawn with it.
 *
 * @param ruled whether the sampler reads that levels are spaced by a rule of their own
 * @throws CollimateError CONFIG where the schedule has no room for so many steps.
 */
export function flowLevels(name: string, schedule: FlowSchedule, steps: number, ruled: boolean): FlowLevels {
  checkSteps(name, steps, 1, schedule.trainSteps);
  const [highest, lowest] = schedule.ends;
  const share = (i: number) => (steps === 1 ? 0 : i / (steps - 1));
  const even = Array.from({ length: steps }, (_, i) => highest + share(i) * (lowest - highest));
  const shifted = even.map(schedule.shifted);
  const spaced = ruled ? spacedLevels(schedule.rule, [shifted[0]!, shifted.at(-1)!], steps) : undefined;
  const sigmas = (spaced ?? shifted).map(Math.fround);
  return {
    sigmas: [...sigmas, 0],
    timesteps: sigmas.map((sigma) => Math.fround(sigma * schedule.trainSteps)),
  };
}
