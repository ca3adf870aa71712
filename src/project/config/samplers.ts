// The samplers that a project may name, and the precisions of the network that draws. What they are is in models/diffusion, which no configuration knows; a test compares.

export const SAMPLER_CHOICES = [
  'ddim',
  'pndm',
  'dpm-solver',
  'euler',
  'euler-ancestral',
  'heun',
  'unipc',
  'dpm-solver-sde',
  'ddpm',
  'lcm',
] as const;

export const PRECISION_CHOICES = ['float32', 'float16', 'bfloat16'] as const;
