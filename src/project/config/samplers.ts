// The samplers that a project may name. What they are is in models/diffusion, which no configuration knows; a test compares.

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
