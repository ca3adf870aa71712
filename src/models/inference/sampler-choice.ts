// Which sampler a project that is made for a model begins with.

import { CollimateError } from '../../util/errors.ts';
import type { SamplerName } from '../diffusion/samplers.ts';
import { type PipelineOrPath, toPipeline } from './opened.ts';

/** The configuration's own, which does in twenty steps what these two do in fifty, and any number of steps for a trial. */
const [USUAL, TRIAL_STEPS] = ['dpm-solver', 8] as const;
const SLOWER: ReadonlySet<string | undefined> = new Set([undefined, 'ddim', 'pndm', 'ddpm']);

/**
 * The sampler that suits a model: what its published scheduler names, where that is built here; the configuration's own where
 * it is not, or names one that asks for more steps; and the first that can follow the scheduler where neither can.
 *
 * @throws CollimateError MODEL_CONFIG where the model cannot be opened, or no sampler follows its scheduler.
 */
export function chooseSampler(model: PipelineOrPath): SamplerName {
  const process = toPipeline(model).process();
  const { published, samplers } = process;
  const first = SLOWER.has(published) ? USUAL : published!;
  let problem: unknown;
  for (const name of new Set([first, ...(published === undefined ? [] : [published]), ...samplers]))
    try {
      process.sampler(name, TRIAL_STEPS);
      return name as SamplerName;
    } catch (error) {
      if (!(error instanceof CollimateError)) throw error;
      problem ??= error;
    }
  throw problem;
}
