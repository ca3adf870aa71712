// Which of the training timesteps a sampler visits. A config may say so; otherwise each sampler has its own habit.

import { checkSteps, roundHalfEven } from './sampler.ts';
import type { Schedule } from './schedule.ts';

/** `leading`: equal strides from the offset up; `trailing`: equal strides from the top down; `linspace`: both ends. */
type Spacing = NonNullable<Schedule['config']['timestep_spacing']>;

interface SpacingOptions {
  readonly name: string;
  /** Where the config does not say. */
  readonly usual: Spacing;
  /** Whether timestep 0 (with `leading`, the offset) is where the last step ends, not one that it starts from. */
  readonly endsAtLast?: boolean;
  /** Keeps `linspace` fractional. */
  readonly fractional?: boolean;
}

/**
 * Timesteps from the noisy end, [steps] (Lin et al., 2024, "Common diffusion noise schedules and sample steps are
 * flawed", table 2).
 *
 * @throws CollimateError CONFIG where the schedule has no room for so many steps.
 */
export function spaceTimesteps(schedule: Schedule, steps: number, options: SpacingOptions): number[] {
  const { name, usual, endsAtLast = false, fractional = false } = options;
  const { trainSteps, config } = schedule;
  checkSteps(name, steps, 1, endsAtLast ? trainSteps - 1 : trainSteps);
  const last = trainSteps - 1;
  const levels = endsAtLast ? steps + 1 : steps;
  const at = (of: (i: number) => number) => Array.from({ length: steps }, (_, i) => of(i));
  switch (config.timestep_spacing ?? usual) {
    case 'linspace': {
      const round = fractional ? (value: number) => value : roundHalfEven;
      return at((i) => (i === 0 ? last : round((levels - 1 - i) * (last / (levels - 1)))));
    }
    case 'trailing':
      return at((i) => roundHalfEven(trainSteps - i * (trainSteps / steps)) - 1);
    case 'leading': {
      const stride = Math.floor(trainSteps / levels);
      const offset = config.steps_offset;
      // Strides no longer than the offset push the first timestep beyond the schedule.
      if ((levels - 1) * stride + offset >= trainSteps)
        checkSteps(name, steps, 1, Math.floor(trainSteps / (offset + 1)));
      return at((i) => (levels - 1 - i) * stride + offset);
    }
  }
}
