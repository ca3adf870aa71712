// DPM-Solver++: a multistep solver in the log signal-to-noise ratio, on predictions of the clean sample (Lu et al., 2022,
// "DPM-Solver++"; of second order algorithm 2 in its midpoint form, where the model's config says nothing else).

import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { predictionWeights, type SolverType } from './dpm-weights.ts';
import { karrasSigmas, timestepOfSigma } from './karras.ts';
import { field, notBuilt, readForSampler } from './published.ts';
import {
  checkSteps,
  combine,
  predictClean,
  roundHalfEven,
  type Sampler,
  someSignal,
  trainingSigmas,
} from './sampler.ts';
import type { Schedule } from './schedule.ts';
import { spaceTimesteps } from './spacing.ts';

/** Below this many steps the last one is of first order, which is steadier. */
const STEADY_END_BELOW = 15;

/** `α = √ᾱ`, `σ = √(1−ᾱ)`, `λ = ln(α/σ)`. */
type Level = { alphaBar: number; alpha: number; sigma: number; lambda: number };

const CLEAN: Level = { alphaBar: 1, alpha: 1, sigma: 0, lambda: Infinity };

const fieldsSchema = z.looseObject({
  solver_order: field(z.int().min(1).max(3), 2),
  /** Other classes' names of their own solvers mean the midpoint here, as in the reference. */
  solver_type: field(z.enum(['midpoint', 'heun', 'logrho', 'bh1', 'bh2']), 'midpoint'),
  algorithm_type: z.enum(['dpmsolver++', 'deis'], { error: 'is not built here, expected "dpmsolver++"' }).nullish(),
  lower_order_final: field(z.boolean(), true),
  euler_at_final: field(z.boolean(), false),
  use_karras_sigmas: field(z.boolean(), false),
  sigma_min: z.number().positive().nullish(),
  sigma_max: z.number().positive().nullish(),
  /** Where it ends: without any noise, or at the level of timestep 0, which is what it does without this field. */
  final_sigmas_type: z.enum(['zero', 'sigma_min']).nullish(),
  lambda_min_clipped: z.number().or(z.literal(-Infinity)).nullish(),
  variance_type: z
    .string()
    .refine((value) => !value.startsWith('learned'), { error: 'learned variances are not built here, expected null' })
    .nullish(),
  thresholding: notBuilt,
  use_exponential_sigmas: notBuilt,
  use_beta_sigmas: notBuilt,
  use_lu_lambdas: notBuilt,
  use_dynamic_shifting: notBuilt,
});

type Fields = z.infer<typeof fieldsSchema>;

/** @throws CollimateError MODEL_CONFIG where the model's config has what cannot be followed, CONFIG where the schedule has no room for so many steps. */
export function createDpmSolver(schedule: Schedule, steps: number): Sampler {
  const fields = readForSampler(fieldsSchema, schedule.published, 'dpm-solver');
  const training = trainingSigmas(schedule);
  checkLambdas(schedule, fields);
  const { timesteps, levels: visited } = chooseLevels(schedule, steps, training, fields);
  const endsClean = fields.final_sigmas_type === 'zero';
  const levels = [...visited, endsClean ? CLEAN : levelOf(schedule.alphasCumprod[0]!)];
  const type: SolverType = fields.solver_type === 'heun' ? 'heun' : 'midpoint';
  const orderAt = orders(fields, steps, endsClean);
  let predictions: Float32Array[] = [];

  function step(modelOutput: Float32Array, stepIndex: number, sample: Float32Array): Float32Array {
    const [from, to] = [levels[stepIndex]!, levels[stepIndex + 1]!];
    const clean = predictClean(schedule, modelOutput, from.alphaBar, sample);
    predictions = [clean, ...(stepIndex === 0 ? [] : predictions)].slice(0, fields.solver_order);
    const order = orderAt(stepIndex);
    const lambdas = predictions.map((_, i) => levels[stepIndex - i]!.lambda);
    const estimate = weigh(predictionWeights(order, type, { to: to.lambda, from: lambdas }), predictions);
    return combine(-to.alpha * Math.expm1(from.lambda - to.lambda), estimate, to.sigma / from.sigma, sample);
  }

  return { name: 'dpm-solver', timesteps, initNoiseScale: 1, scaleInput: (sample) => sample, step };
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

function chooseLevels(
  schedule: Schedule,
  steps: number,
  training: readonly number[],
  fields: Fields,
): { timesteps: number[]; levels: Level[] } {
  if (!fields.use_karras_sigmas) {
    const timesteps = spaceTimesteps(schedule, steps, { name: 'dpm-solver', usual: 'linspace', endsAtLast: true });
    return { timesteps, levels: timesteps.map((timestep) => levelOf(schedule.alphasCumprod[timestep]!)) };
  }
  checkSteps('dpm-solver', steps, 1, schedule.trainSteps);
  const sigmas = karrasSigmas(fields.sigma_max ?? training.at(-1)!, fields.sigma_min ?? training[0]!, steps);
  return {
    // The network is told whole timesteps, as in the reference.
    timesteps: sigmas.map((sigma) => roundHalfEven(timestepOfSigma(sigma, training))),
    levels: sigmas.map((sigma) => levelOf(1 / (sigma ** 2 + 1))),
  };
}

function levelOf(stored: number): Level {
  const alphaBar = someSignal(stored);
  return {
    alphaBar,
    alpha: Math.sqrt(alphaBar),
    sigma: Math.sqrt(1 - alphaBar),
    lambda: 0.5 * Math.log(alphaBar / (1 - alphaBar)),
  };
}

/** A least λ that no timestep falls below changes nothing; others would leave the noisiest timesteps out. */
function checkLambdas({ alphasCumprod, published }: Schedule, { lambda_min_clipped: least }: Fields): void {
  if (least == null || levelOf(alphasCumprod.at(-1)!).lambda >= least) return;
  throw new CollimateError(
    'MODEL_CONFIG',
    `sampler dpm-solver: scheduler ${published.where}: lambda_min_clipped: leaving out the noisiest timesteps is not built here, got ${least}`,
    'Choose another sampler (generate.sampler): it does without.',
  );
}
