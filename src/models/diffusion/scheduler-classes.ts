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
  DDPMScheduler: 'ddpm',
  DDPMParallelScheduler: 'ddpm',
  DEISMultistepScheduler: undefined,
  DPMSolverMultistepInverseScheduler: undefined,
  DPMSolverSDEScheduler: undefined,
  DPMSolverSinglestepScheduler: undefined,
  EulerAncestralDiscreteScheduler: 'euler-ancestral',
  HeunDiscreteScheduler: 'heun',
  KDPM2AncestralDiscreteScheduler: undefined,
  KDPM2DiscreteScheduler: undefined,
  LCMScheduler: 'lcm',
  LMSDiscreteScheduler: undefined,
  RePaintScheduler: undefined,
  SASolverScheduler: undefined,
  TCDScheduler: undefined,
  UniPCMultistepScheduler: 'unipc',
};

/** @throws CollimateError MODEL_CONFIG where the class is none over a schedule of betas; none at all is taken. */
export function checkSchedulerClass(name: unknown, where: string): void {
  if (name === undefined || (typeof name === 'string' && Object.hasOwn(CLASSES, name))) return;
  throw new CollimateError(
    'MODEL_CONFIG',
    `scheduler ${where}: _class_name: expected a scheduler over a schedule of betas, got ${JSON.stringify(name)}`,
    'Stable Diffusion 1.x, 2.x and XL have one, such as DDIMScheduler or PNDMScheduler; that of flow matching goes with Stable Diffusion 3.',
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** The sampler here that computes what the class of a config does; `undefined` where there is none, or no class is named. */
export function samplerOfClass({ _class_name: name, algorithm_type: type }: Fields): string | undefined {
  if (typeof name !== 'string' || !Object.hasOwn(CLASSES, name)) return undefined;
  const sampler = CLASSES[name];
  return sampler === 'dpm-solver' && type === 'sde-dpmsolver++' ? 'dpm-solver-sde' : sampler;
}

/** Fields that say something and are not among those that are known. */
export function unknownFields(fields: Fields, known: ReadonlySet<string>): string[] {
  return Object.keys(fields).filter((key) => !key.startsWith('_') && !known.has(key) && fields[key] != null);
}
