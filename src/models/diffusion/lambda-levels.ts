// Noise levels of the solvers in the log signal-to-noise ratio (DPM-Solver++, UniPC), which share how they choose them.

import { timestepOfSigma } from './karras.ts';
import { type LevelFields, ruleOf, spacedLevels } from './levels.ts';
import { checkSteps, roundHalfEven, someSignal, trainingSigmas } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { spaceTimesteps } from './spacing.ts';

/** `α = √ᾱ`, `σ = √(1−ᾱ)`, `λ = ln(α/σ)`. */
export interface Level {
  readonly alphaBar: number;
  readonly alpha: number;
  readonly sigma: number;
  readonly lambda: number;
}

/** Without noise. */
export const CLEAN: Level = { alphaBar: 1, alpha: 1, sigma: 0, lambda: Infinity };

export function levelOf(stored: number): Level {
  const alphaBar = someSignal(stored);
  return {
    alphaBar,
    alpha: Math.sqrt(alphaBar),
    sigma: Math.sqrt(1 - alphaBar),
    lambda: 0.5 * Math.log(alphaBar / (1 - alphaBar)),
  };
}

/** How far float32 arithmetic may leave a level below the timestep that it is of. */
const HAIR = 1e-6;

/** Timesteps and their levels, from the noisy end. @throws CollimateError CONFIG where the schedule has no room for so many steps. */
export function chooseLevels(
  name: string,
  schedule: Schedule,
  steps: number,
  fields: LevelFields,
): { timesteps: number[]; levels: Level[] } {
  const rule = ruleOf(fields);
  if (rule) checkSteps(name, steps, 1, schedule.trainSteps);
  const training = trainingSigmas(schedule);
  const spaced = spacedLevels(fields, [training.at(-1)!, training[0]!], steps);
  if (spaced) {
    // The network is told whole timesteps, as in the reference, which rounds them or cuts them off, a hair below their level.
    const cosine = schedule.config.beta_schedule === 'squaredcos_cap_v2' && name !== 'unipc';
    // Lu's levels come from logarithms, in which the ends are what they were.
    const hair = rule === 'use_lu_lambdas' ? 0 : HAIR;
    const cut = (timestep: number) => Math.max(0, Math.floor(timestep - hair));
    const rounds = rule === 'use_karras_sigmas' || rule === 'use_lu_lambdas';
    const whole = rounds && !cosine ? roundHalfEven : cut;
    return {
      timesteps: spaced.map((sigma) => whole(timestepOfSigma(sigma, training))),
      levels: spaced.map((sigma) => levelOf(1 / (sigma ** 2 + 1))),
    };
  }
  const timesteps = spaceTimesteps(schedule, steps, { name, usual: 'linspace', endsAtLast: true });
  return { timesteps, levels: timesteps.map((timestep) => levelOf(schedule.alphasCumprod[timestep]!)) };
}
