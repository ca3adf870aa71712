// How this project drew a picture, as the text that goes into its file (pictures/parameters.ts).

import { formatParameters } from '../../pictures/parameters.ts';
import type { SamplerName } from '../diffusion/samplers.ts';

const SAMPLERS: Readonly<Record<SamplerName, string>> = {
  ddim: 'DDIM',
  pndm: 'PLMS',
  'dpm-solver': 'DPM++ 2M',
  euler: 'Euler',
  'euler-ancestral': 'Euler a',
  heun: 'Heun',
  unipc: 'UniPC',
  'dpm-solver-sde': 'DPM++ 2M SDE',
  ddpm: 'DDPM',
  lcm: 'LCM',
};

/** What a picture was drawn with. */
export interface DrawnWith {
  readonly prompt: string;
  /** Empty for none. */
  readonly negativePrompt: string;
  readonly seed: number;
  readonly sampler: SamplerName;
  readonly steps: number;
  readonly guidanceScale: number;
  readonly width: number;
  readonly height: number;
  readonly modelHash: string;
  readonly modelName: string;
  /** Of the denoiser, where it is not float32. */
  readonly precision?: string;
  /** Of the tiles that it was decoded in, in pixels. */
  readonly vaeTile?: number;
}

/**
 * The text for a picture.
 *
 * @example
 * describeDrawn(drawn); // 'a dog\nNegative prompt: blurry\nSteps: 20, Sampler: DDIM, CFG scale: 7, Seed: 1, Size: 512x512, …'
 */
export function describeDrawn(drawn: DrawnWith): string {
  const {
    prompt,
    negativePrompt,
    seed,
    sampler,
    steps,
    guidanceScale,
    width,
    height,
    modelHash,
    modelName,
    precision,
    vaeTile,
  } = drawn;
  return formatParameters({
    prompt,
    negativePrompt,
    settings: {
      Steps: String(steps),
      Sampler: SAMPLERS[sampler],
      'CFG scale': String(guidanceScale),
      Seed: String(seed),
      Size: `${width}x${height}`,
      'Model hash': modelHash.slice(0, 10),
      Model: modelName,
      ...(precision !== undefined && { Precision: precision }),
      ...(vaeTile !== undefined && { 'VAE tile': String(vaeTile) }),
    },
  });
}
