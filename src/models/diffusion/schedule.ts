// The noise schedule that a diffusion model was trained on, from its published scheduler_config.json. Samplers choose
// their own steps from it; nothing here knows of a network.

import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CollimateError } from '../../util/errors.ts';
import { parsePythonJson } from '../../util/python-json.ts';
import { makeBetas } from './betas.ts';
import { field, notBuilt, type Published, readPublished } from './published.ts';
import { checkSchedulerClass } from './scheduler-classes.ts';

/** What a network predicts: the noise `ε`, or the velocity `v = √ᾱ·ε − √(1−ᾱ)·x₀`. */
export const PREDICTION_TYPES = ['epsilon', 'v_prediction'] as const;
export type PredictionType = (typeof PREDICTION_TYPES)[number];

const betaSchema = z.number().gt(0).lt(1);

/**
 * The fields of scheduler_config.json that say which noise a network learned from, and those that all samplers share. Where
 * an old file leaves out `steps_offset` or `set_alpha_to_one`, they are what Stable Diffusion's pipelines assume. What only
 * one sampler reads is read by it.
 */
const configSchema = z
  .looseObject({
    num_train_timesteps: z.int().min(2).max(100_000).default(1000),
    beta_start: betaSchema.default(0.0001),
    beta_end: betaSchema.default(0.02),
    beta_schedule: z.enum(['linear', 'scaled_linear', 'squaredcos_cap_v2']).default('linear'),
    trained_betas: z.array(betaSchema).nullish(),
    /** Whether the last timestep is noise alone (Lin et al., 2024, algorithm 1). */
    rescale_betas_zero_snr: field(z.boolean(), false),
    prediction_type: z.enum(PREDICTION_TYPES).default('epsilon'),
    steps_offset: z.int().min(0).max(1000).default(1),
    set_alpha_to_one: z.boolean().default(false),
    /** Without it each sampler spaces its steps by its own habit. */
    timestep_spacing: z.enum(['leading', 'linspace', 'trailing']).optional(),
    // Networks that learned from another kind of noise, or are told of it in another way.
    use_flow_sigmas: notBuilt,
    timestep_type: z.string().nullish(),
  })
  .refine((config) => config.beta_start <= config.beta_end, {
    path: ['beta_end'],
    error: 'must not be below beta_start',
  })
  .refine((config) => config.trained_betas == null || config.trained_betas.length === config.num_train_timesteps, {
    path: ['trained_betas'],
    error: 'must hold num_train_timesteps numbers',
  })
  // For networks that predict noise the reference passes it over as well.
  .refine(
    (config) => [undefined, null, 'discrete'].includes(config.timestep_type) || config.prediction_type === 'epsilon',
    {
      path: ['timestep_type'],
      error: 'a network that is told the logarithm of the noise level is not built here, expected "discrete"',
    },
  );

export type ScheduleConfig = z.infer<typeof configSchema>;

/** Noise levels at the training timesteps 0 (almost clean) to `trainSteps − 1` (almost pure noise). */
export type Schedule = {
  readonly config: ScheduleConfig;
  /** All fields as they came: samplers read their own. */
  readonly published: Published;
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
  const isObject = typeof config === 'object' && config !== null && !Array.isArray(config);
  const published = { fields: config as Published['fields'], where };
  if (isObject) checkSchedulerClass(published.fields._class_name, where);
  const hint =
    'Where the model was published with this, it is not supported; else use the scheduler_config.json that it was published with.';
  const checked = readPublished(configSchema, published, 'scheduler', hint);
  const betas = makeBetas(checked);
  const alphasCumprod = new Float32Array(betas.length);
  let product = 1;
  for (let t = 0; t < betas.length; t++) {
    product *= Math.fround(1 - betas[t]!);
    alphasCumprod[t] = product;
  }
  return {
    config: checked,
    published,
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
