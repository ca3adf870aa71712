// The noise schedule that a diffusion model was trained on, from its published scheduler_config.json. Samplers choose
// their own steps from it; nothing here knows of a network.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { parsePythonJson } from '../../util/python-json.ts';

const betaSchema = z.number().gt(0).lt(1);
const notBuilt = z.literal(false, { error: 'is not built here, expected false' }).nullish();

/**
 * The fields of scheduler_config.json that are used. Where an old file leaves out `steps_offset`, `set_alpha_to_one`
 * or `clip_sample`, they are what Stable Diffusion's pipelines assume.
 */
const configSchema = z
  .looseObject({
    num_train_timesteps: z.int().min(2).max(100_000).default(1000),
    beta_start: betaSchema.default(0.0001),
    beta_end: betaSchema.default(0.02),
    beta_schedule: z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2']).default('linear'),
    trained_betas: z.array(betaSchema).nullish(),
    prediction_type: z.enum(['epsilon', 'v_prediction']).default('epsilon'),
    steps_offset: z.int().min(0).max(1000).default(1),
    set_alpha_to_one: z.boolean().default(false),
    clip_sample: z.boolean().default(false),
    /** Without it each sampler spaces its steps by its own habit. */
    timestep_spacing: z.enum(['leading', 'linspace', 'trailing']).optional(),
    /** Where DPM-Solver ends: without any noise, or at the level of timestep 0, which is what it does without this field. */
    final_sigmas_type: z.enum(['zero', 'sigma_min']).optional(),
    // What would change the noise levels or the steps: better refused than passed over.
    rescale_betas_zero_snr: notBuilt,
    use_karras_sigmas: notBuilt,
    use_exponential_sigmas: notBuilt,
    use_beta_sigmas: notBuilt,
    use_flow_sigmas: notBuilt,
    use_lu_lambdas: notBuilt,
    thresholding: notBuilt,
  })
  .refine((config) => config.beta_start <= config.beta_end, {
    path: ['beta_end'],
    error: 'must not be below beta_start',
  })
  .refine((config) => config.trained_betas == null || config.trained_betas.length === config.num_train_timesteps, {
    path: ['trained_betas'],
    error: 'must hold num_train_timesteps numbers',
  });

type ScheduleConfig = z.infer<typeof configSchema>;

/** What a network predicts: the noise `ε`, or the velocity `v = √ᾱ·ε − √(1−ᾱ)·x₀`. */
export type PredictionType = ScheduleConfig['prediction_type'];

/** Noise levels at the training timesteps 0 (almost clean) to `trainSteps − 1` (almost pure noise). */
export type Schedule = {
  readonly config: ScheduleConfig;
  readonly trainSteps: number;
  readonly predictionType: PredictionType;
  /** Variance added at each timestep, [trainSteps]. */
  readonly betas: Float32Array;
  /** `ᾱ_t = Π_{s≤t} (1 − β_s)`: the share of signal in the variance, [trainSteps]. */
  readonly alphasCumprod: Float32Array;
  /** `ᾱ` after the last step: 1, or that of timestep 0. */
  readonly finalAlphaCumprod: number;
};

/**
 * The schedule of a checked config.
 *
 * @param config the parsed scheduler_config.json; unknown fields are passed over.
 * @param where stands in messages, such as the file's path.
 * @throws CollimateError MODEL_CONFIG naming the first field that is out of range.
 * @example
 * createSchedule({ beta_schedule: 'scaled_linear', beta_start: 0.00085, beta_end: 0.012 }).alphasCumprod[999]; // 0.0047
 */
export function createSchedule(config: unknown, where = 'scheduler_config.json'): Schedule {
  const result = configSchema.safeParse(config);
  if (!result.success) throw invalid(where, config, result.error.issues[0]!);
  const checked = result.data;
  const betas = makeBetas(checked);
  const alphasCumprod = new Float32Array(betas.length);
  let product = 1;
  for (let t = 0; t < betas.length; t++) {
    product *= Math.fround(1 - betas[t]!);
    alphasCumprod[t] = product;
  }
  return {
    config: checked,
    trainSteps: checked.num_train_timesteps,
    predictionType: checked.prediction_type,
    betas,
    alphasCumprod,
    finalAlphaCumprod: checked.set_alpha_to_one ? 1 : alphasCumprod[0]!,
  };
}

/**
 * The schedule in a file, or in a folder's scheduler_config.json.
 *
 * @throws CollimateError MODEL_CONFIG where it is missing or does not hold.
 */
export function loadSchedule(path: string): Schedule {
  const folder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const file = folder ? join(path, 'scheduler_config.json') : path;
  let config: unknown;
  try {
    config = parsePythonJson(readFileSync(file, 'utf8'));
  } catch (cause) {
    const message = `scheduler ${file}: expected a JSON file (${(cause as Error).message})`;
    throw new CollimateError('MODEL_CONFIG', message, 'Name a model folder with its scheduler.', { cause });
  }
  return createSchedule(config, file);
}

function makeBetas(config: ScheduleConfig): Float32Array {
  const { num_train_timesteps: count, beta_start: start, beta_end: end } = config;
  if (config.trained_betas != null) return Float32Array.from(config.trained_betas);
  switch (config.beta_schedule) {
    case 'linear':
      return Float32Array.from({ length: count }, (_, t) => lerp(start, end, t / (count - 1)));
    case 'scaled_linear':
      return Float32Array.from(
        { length: count },
        (_, t) => lerp(Math.sqrt(start), Math.sqrt(end), t / (count - 1)) ** 2,
      );
    case 'squaredcos_cap_v2':
      return Float32Array.from({ length: count }, (_, t) =>
        Math.min(1 - cosineAlphaBar((t + 1) / count) / cosineAlphaBar(t / count), 0.999),
      );
  }
}

function lerp(start: number, end: number, share: number): number {
  return start + (end - start) * share;
}

/** `ᾱ` over time 0 … 1 (Nichol and Dhariwal, 2021, section 3.2). */
function cosineAlphaBar(time: number): number {
  return Math.cos((((time + 0.008) / 1.008) * Math.PI) / 2) ** 2;
}

function invalid(where: string, config: unknown, issue: z.core.$ZodIssue): CollimateError {
  const field = issue.path.join('.') || 'the file';
  const value = issue.path.reduce<unknown>((part, key) => (part as Record<PropertyKey, unknown>)?.[key], config);
  return new CollimateError(
    'MODEL_CONFIG',
    `scheduler ${where}: ${field}: ${issue.message}, got ${JSON.stringify(value)?.slice(0, 60)}`,
    'Use the scheduler_config.json that the model was published with.',
  );
}
