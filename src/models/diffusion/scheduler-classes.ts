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

/** A line about a sampler that the model names and that is not built here; undefined where nothing is replaced. */
export function describeReplaced(className: unknown, sampler: string): string | undefined {
  if (typeof className !== 'string' || CLASSES[className] !== undefined) return undefined;
  return `The model names ${className}, which is not built here: its pictures are drawn with ${sampler} (generate.sampler).`;
}
