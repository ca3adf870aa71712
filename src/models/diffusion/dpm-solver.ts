// DPM-Solver++(2M): a second-order multistep solver in the log signal-to-noise ratio, on predictions of the clean
// sample (Lu et al., 2022, "DPM-Solver++", algorithm 2; the midpoint form).

import { alphaBarAt, combine, predictClean, type Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { spaceTimesteps } from './spacing.ts';

/** Below this many steps the last one is of first order, which is steadier. */
const STEADY_END_BELOW = 15;

/** `α = √ᾱ`, `σ = √(1−ᾱ)`, `λ = ln(α/σ)`. */
type Level = { alpha: number; sigma: number; lambda: number };

const CLEAN: Level = { alpha: 1, sigma: 0, lambda: Infinity };

/** @throws CollimateError CONFIG where the schedule has no room for so many steps. */
export function createDpmSolver(schedule: Schedule, steps: number): Sampler {
  const timesteps = spaceTimesteps(schedule, steps, { name: 'dpm-solver', usual: 'linspace', endsAtLast: true });
  const endsClean = schedule.config.final_sigmas_type === 'zero';
  const levels = [
    ...timesteps.map((timestep) => levelAt(schedule, timestep)),
    endsClean ? CLEAN : levelAt(schedule, 0),
  ];
  let previous: Float32Array = new Float32Array(0);

  function step(modelOutput: Float32Array, stepIndex: number, sample: Float32Array): Float32Array {
    const clean = predictClean(schedule, modelOutput, alphaBarAt(schedule, timesteps[stepIndex]!), sample);
    const firstOrder = stepIndex === 0 || (stepIndex === steps - 1 && (endsClean || steps < STEADY_END_BELOW));
    const estimate = firstOrder ? clean : extrapolate(levels.slice(stepIndex - 1, stepIndex + 2), clean, previous);
    previous = clean;
    const [from, to] = [levels[stepIndex]!, levels[stepIndex + 1]!];
    return combine(-to.alpha * Math.expm1(from.lambda - to.lambda), estimate, to.sigma / from.sigma, sample);
  }

  return { name: 'dpm-solver', timesteps, initNoiseScale: 1, scaleInput: (sample) => sample, step };
}

/** The clean sample half-way along the step from its last two estimates: `(1 + 1/2r)·m₀ − 1/2r·m₁`, `r = h₀/h`. */
function extrapolate(levels: readonly Level[], clean: Float32Array, previous: Float32Array): Float32Array {
  const [before, from, to] = levels as [Level, Level, Level];
  const ratio = (from.lambda - before.lambda) / (to.lambda - from.lambda);
  return combine(1 + 0.5 / ratio, clean, -0.5 / ratio, previous);
}

function levelAt(schedule: Schedule, timestep: number): Level {
  const alphaBar = alphaBarAt(schedule, timestep);
  return {
    alpha: Math.sqrt(alphaBar),
    sigma: Math.sqrt(1 - alphaBar),
    lambda: 0.5 * Math.log(alphaBar / (1 - alphaBar)),
  };
}
