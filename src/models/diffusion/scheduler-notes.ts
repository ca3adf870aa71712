// What people should know about a published scheduler config: what of it is replaced or passed over, with which sampler.

import { fieldsRead } from './samplers.ts';
import { samplerOfClass, unknownFields } from './scheduler-classes.ts';

/** What diffusers' classes over betas know, besides what says how the betas come about. */
const FIELDS: ReadonlySet<string> = new Set([
  ...['num_train_timesteps', 'beta_start', 'beta_end', 'beta_schedule', 'trained_betas', 'rescale_betas_zero_snr'],
  ...['prediction_type', 'timestep_spacing', 'timestep_type', 'timestep_scaling', 'steps_offset', 'set_alpha_to_one'],
  ...['clip_sample', 'clip_sample_range', 'thresholding', 'dynamic_thresholding_ratio', 'sample_max_value'],
  ...['skip_prk_steps', 'variance_type', 'eta', 'original_inference_steps', 'noise_sampler_seed'],
  ...['interpolation_type', 'use_karras_sigmas', 'use_exponential_sigmas', 'use_beta_sigmas', 'use_lu_lambdas'],
  ...[
    'use_flow_sigmas',
    'flow_shift',
    'use_dynamic_shifting',
    'time_shift_type',
    'shift_terminal',
    'sigma_min',
    'sigma_max',
  ],
  ...['final_sigmas_type', 'solver_order', 'solver_type', 'solver_p', 'algorithm_type', 'lower_order_final'],
  ...['euler_at_final', 'lambda_min_clipped', 'predict_x0', 'disable_corrector', 'predictor_order', 'corrector_order'],
  ...['tau_func', 'set_alpha_to_zero', 'tensor_format', 'rho', 's_churn', 's_noise'],
]);

/**
 * Fields that decide how a sampler computes, with the values that say nothing: what every class does without them. What else
 * is known says how the noise came about, or is a detail of one of these.
 */
const PLAIN: Readonly<Record<string, readonly unknown[]>> = {
  clip_sample: [false],
  thresholding: [false],
  skip_prk_steps: [true],
  interpolation_type: ['linear'],
  use_karras_sigmas: [false],
  use_exponential_sigmas: [false],
  use_beta_sigmas: [false],
  use_lu_lambdas: [false],
  use_dynamic_shifting: [false],
  sigma_min: [],
  sigma_max: [],
  final_sigmas_type: ['zero'],
  solver_order: [2],
  solver_type: ['midpoint', 'bh2'],
  algorithm_type: ['dpmsolver++'],
  lower_order_final: [true],
  euler_at_final: [false],
  lambda_min_clipped: [Number.NEGATIVE_INFINITY],
  variance_type: ['fixed_small'],
  predict_x0: [true],
  disable_corrector: [],
  solver_p: [],
  original_inference_steps: [50],
  timestep_scaling: [10],
  shift_terminal: [],
  eta: [0],
  rho: [7],
  s_churn: [0],
  s_noise: [1],
};

/** Samplers whose last step ends at an ᾱ that a field decides, which all noise schedules have. */
const END_AT_ALPHA: ReadonlySet<string> = new Set(['ddim', 'pndm']);

type Fields = Readonly<Record<string, unknown>>;

/** Lines for people about a published config: a sampler that is replaced, fields that it does not read, and unknown ones. */
export function describeScheduler(fields: Fields, sampler: string): string[] {
  const lines: string[] = [];
  const { _class_name: name } = fields;
  if (typeof name === 'string' && samplerOfClass(fields) === undefined)
    lines.push(
      `The model names ${name}, which is not built here: its pictures are drawn with ${sampler} (generate.sampler).`,
    );
  const passed = passedOver(fields, sampler);
  if (passed.length > 0)
    lines.push(`Fields of the model's scheduler that ${sampler} takes no notice of: ${passed.join(', ')}.`);
  const unknown = unknownFields(fields, FIELDS);
  if (unknown.length > 0)
    lines.push(`Fields of the model's scheduler that nothing here knows are passed over: ${unknown.join(', ')}.`);
  return lines;
}

/** What a config says beyond the plain and the sampler does not read, with its value. */
function passedOver(fields: Fields, sampler: string): string[] {
  const read = fieldsRead(sampler);
  const said = Object.keys(PLAIN).filter((key) => fields[key] != null && !read.has(key) && !isPlain(key, fields[key]));
  const lines = said.map((key) => `${key}: ${JSON.stringify(fields[key])}`);
  if (fields.set_alpha_to_one === true && !END_AT_ALPHA.has(sampler)) lines.push('set_alpha_to_one: true');
  const spacing = fields.timestep_spacing;
  const ownSpacing = sampler === 'lcm' && samplerOfClass(fields) !== 'lcm' && spacing != null;
  return ownSpacing ? [...lines, `timestep_spacing: ${JSON.stringify(spacing)}`] : lines;
}

function isPlain(key: string, value: unknown): boolean {
  return PLAIN[key]!.includes(value) || (Array.isArray(value) && value.length === 0);
}
