// The classes that published scheduler configs name. Whatever the class, the noise that a network learned from is told by
// the same fields; which sampler then draws is the project's choice.

import { CollimateError } from '../../util/errors.ts';

/** Classes whose noise is a schedule of betas, and the sampler here that computes what they do, where there is one. */
const CLASSES: Readonly<Record<string, string | undefined>> = {
  DDIMScheduler: 'ddim',
  DDIMParallelScheduler: 'ddim',
  PNDMScheduler: 'pndm',
  EulerDiscreteScheduler: 'euler',
  DPMSolverMultistepScheduler: 'dpm-solver',
  DDIMInverseScheduler: undefined,
  DDPMScheduler: undefined,
  DDPMParallelScheduler: undefined,
  DEISMultistepScheduler: undefined,
  DPMSolverMultistepInverseScheduler: undefined,
  DPMSolverSDEScheduler: undefined,
  DPMSolverSinglestepScheduler: undefined,
  EulerAncestralDiscreteScheduler: undefined,
  HeunDiscreteScheduler: undefined,
  KDPM2AncestralDiscreteScheduler: undefined,
  KDPM2DiscreteScheduler: undefined,
  LCMScheduler: undefined,
  LMSDiscreteScheduler: undefined,
  RePaintScheduler: undefined,
  SASolverScheduler: undefined,
  TCDScheduler: undefined,
  UniPCMultistepScheduler: undefined,
};

/** @throws CollimateError MODEL_CONFIG where the class is none over a schedule of betas; none at all is taken. */
export function checkSchedulerClass(name: unknown, where: string): void {
  if (name === undefined || (typeof name === 'string' && Object.hasOwn(CLASSES, name))) return;
  throw new CollimateError(
    'MODEL_CONFIG',
    `scheduler ${where}: _class_name: expected a scheduler over a schedule of betas, got ${JSON.stringify(name)}`,
    'Stable Diffusion 1.x and 2.x have one, such as DDIMScheduler or PNDMScheduler; models trained by flow matching are not built here.',
  );
}

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

type Fields = Readonly<Record<string, unknown>>;

/** Lines for people about a published config: a sampler that is replaced, and fields that nobody here knows. */
export function describeScheduler(fields: Fields, sampler: string): string[] {
  const { _class_name: name } = fields;
  const replaced =
    typeof name === 'string' && CLASSES[name] === undefined
      ? [`The model names ${name}, which is not built here: its pictures are drawn with ${sampler} (generate.sampler).`]
      : [];
  const unknown = unknownFields(fields, FIELDS);
  if (unknown.length === 0) return replaced;
  return [
    ...replaced,
    `Fields of the model's scheduler that nothing here knows are passed over: ${unknown.join(', ')}.`,
  ];
}

/** Fields that say something and are not among those that are known. */
export function unknownFields(fields: Fields, known: ReadonlySet<string>): string[] {
  return Object.keys(fields).filter((key) => !key.startsWith('_') && !known.has(key) && fields[key] != null);
}
