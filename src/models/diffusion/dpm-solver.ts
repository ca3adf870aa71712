// DPM-Solver++: a multistep solver in the log signal-to-noise ratio, on predictions of the clean sample (Lu et al., 2022,
// "DPM-Solver++"; of second order algorithm 2 in its midpoint form, where the model's config says nothing else). As a solver of
// the stochastic equation it adds noise at each step, and its exponents are doubled.

import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { predictionWeights, type SolverType } from './dpm-weights.ts';
import { CLEAN, chooseLevels, levelOf } from './lambda-levels.ts';
import { checkOneRule, levelFields } from './levels.ts';
import { field, notBuilt, readForSampler } from './published.ts';
import { combine, predictClean, type Sampler } from './sampler.ts';
import type { Schedule } from './schedule.ts';

/** Below this many steps the last one is of first order, which is steadier. */
const STEADY_END_BELOW = 15;

const dpmFields = z.looseObject({
  ...levelFields,
  solver_order: field(z.int().min(1).max(3), 2),
  /** Other classes' names of their own solvers mean the midpoint here, as in the reference. */
  solver_type: field(z.enum(['midpoint', 'heun', 'logrho', 'bh1', 'bh2']), 'midpoint'),
  lower_order_final: field(z.boolean(), true),
  euler_at_final: field(z.boolean(), false),
  /** Where it ends: without any noise, or at the level of timestep 0, which is what it does without this field. */
  final_sigmas_type: z.enum(['zero', 'sigma_min']).nullish(),
  lambda_min_clipped: z.number().or(z.literal(-Infinity)).nullish(),
  variance_type: z
    .string()
    .refine((value) => !value.startsWith('learned'), { error: 'learned variances are not built here, expected null' })
    .nullish(),
  thresholding: notBuilt,
  use_lu_lambdas: field(z.boolean(), false),
  use_dynamic_shifting: notBuilt,
});

const plain = { error: 'is not built here, expected "dpmsolver++" (dpm-solver-sde adds noise)' };
export const dpmSolverFields = dpmFields
  .extend({ algorithm_type: z.enum(['dpmsolver++', 'deis'], plain).nullish() })
  .superRefine(checkOneRule);

const either = { error: 'is not built here, expected "sde-dpmsolver++"' };
export const dpmSolverSdeFields = dpmFields
  .extend({ algorithm_type: z.enum(['sde-dpmsolver++', 'dpmsolver++', 'deis'], either).nullish() })
  .superRefine(checkOneRule);

type Fields = z.infer<typeof dpmFields>;

/** @throws CollimateError MODEL_CONFIG where the model's config has what cannot be followed, CONFIG where the schedule has no room for so many steps. */
export function createDpmSolver(schedule: Schedule, steps: number): Sampler {
  return create('dpm-solver', schedule, steps, readForSampler(dpmSolverFields, schedule.published, 'dpm-solver'));
}

/** As `createDpmSolver`. */
export function createDpmSolverSde(schedule: Schedule, steps: number): Sampler {
  const name = 'dpm-solver-sde';
  return create(name, schedule, steps, readForSampler(dpmSolverSdeFields, schedule.published, name), true);
}

function create(name: string, schedule: Schedule, steps: number, fields: Fields, addsNoise = false): Sampler {
  checkLambdas(name, schedule, fields);
  const { timesteps, levels: visited } = chooseLevels(name, schedule, steps, fields);
  const endsClean = fields.final_sigmas_type === 'zero';
  const levels = [...visited, endsClean ? CLEAN : levelOf(schedule.alphasCumprod[0]!)];
  const type: SolverType = fields.solver_type === 'heun' ? 'heun' : 'midpoint';
  const orderAt = orders(fields, steps, endsClean);
  const factor = addsNoise ? 2 : 1;
  let predictions: Float32Array[] = [];

  function step(modelOutput: Float32Array, stepIndex: number, sample: Float32Array): Float32Array {
    const [from, to] = [levels[stepIndex]!, levels[stepIndex + 1]!];
    const clean = predictClean(schedule, modelOutput, from.alphaBar, sample);
    predictions = [clean, ...(stepIndex === 0 ? [] : predictions)].slice(0, fields.solver_order);
    const order = orderAt(stepIndex);
    const lambdas = predictions.map((_, i) => factor * levels[stepIndex - i]!.lambda);
    const estimate = weigh(predictionWeights(order, type, { to: factor * to.lambda, from: lambdas }), predictions);
    const kept = (to.sigma / from.sigma) * (addsNoise ? Math.exp(from.lambda - to.lambda) : 1);
    return combine(-to.alpha * Math.expm1(factor * (from.lambda - to.lambda)), estimate, kept, sample);
  }

  const noise = visited.map(({ lambda }, i) => {
    const to = levels[i + 1]!;
    // A last step that ends where it begins may lie a rounding error beyond itself, and adds nothing.
    return to.sigma * Math.sqrt(Math.max(0, -Math.expm1(2 * (lambda - to.lambda))));
  });
  const sampler: Sampler = { name, timesteps, initNoiseScale: 1, scaleInput: (sample) => sample, step };
  return addsNoise ? { ...sampler, noiseAdded: noise } : sampler;
}

/** The order of each step: it rises as predictions come in, and falls at the end, which is steadier. */
function orders(fields: Fields, steps: number, endsClean: boolean): (stepIndex: number) => number {
  const steady = fields.lower_order_final && steps < STEADY_END_BELOW;
  const most = (stepIndex: number) => {
    if (stepIndex === steps - 1 && (endsClean || fields.euler_at_final || steady)) return 1;
    return stepIndex === steps - 2 && steady ? 2 : 3;
  };
  return (stepIndex) => Math.min(fields.solver_order, stepIndex + 1, most(stepIndex));
}

function weigh(weights: readonly number[], predictions: readonly Float32Array[]): Float32Array {
  if (weights.length === 1) return predictions[0]!;
  return predictions[0]!.map((_, i) => weights.reduce((sum, weight, k) => sum + weight * predictions[k]![i]!, 0));
}

/** A least λ that no timestep falls below changes nothing; others would leave the noisiest timesteps out. */
function checkLambdas(name: string, { alphasCumprod, published }: Schedule, { lambda_min_clipped: least }: Fields) {
  if (least == null || levelOf(alphasCumprod.at(-1)!).lambda >= least) return;
  throw new CollimateError(
    'MODEL_CONFIG',
    `sampler ${name}: scheduler ${published.where}: lambda_min_clipped: leaving out the noisiest timesteps is not built here, got ${least}`,
    'Choose another sampler (generate.sampler): it does without.',
  );
}
