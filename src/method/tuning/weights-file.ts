// What was learned as files: the weights of the whole denoiser, or a LoRA beside it.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ParamSpec, unpackParams } from '../../engine/nn/params.ts';
import type { Float32Tensor } from '../../engine/weights/tensor.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import type { DiffusionModel } from '../../models/families/model.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { saveLora, usesLora } from './lora.ts';
import type { TuningMethod } from './methods/method.ts';
import { methodOf } from './methods/methods.ts';
import type { TuneSettings } from './mixture.ts';

/** What decides the files beside the numbers in them. */
export interface Written {
  readonly pipeline: DiffusionModel;
  /** Of the flat vector. */
  readonly specs: readonly ParamSpec[];
  readonly settings: TuneSettings;
  readonly method?: TuningMethod | undefined;
}

/** Writes a flat vector [P] to the denoiser's folder of a checkpoint. */
export function writeWeights(folder: string, flat: Float32Array, { pipeline, specs, settings, method }: Written): void {
  const { denoiser, family } = pipeline;
  mkdirSync(folder, { recursive: true });
  writeFileAtomic(join(folder, 'config.json'), `${JSON.stringify(pipeline.raw[denoiser], null, 2)}\n`);
  if (usesLora(settings)) {
    const factors = (method ?? methodOf(settings)).networks?.(settings);
    saveLora(folder, pipeline, specs, flat, settings, factors);
    return;
  }
  const weights = new Map([...unpackParams(specs, flat), ...readFixed(pipeline)]);
  const file = join(folder, family.parts[denoiser]!.weightFile);
  writeSafetensors(file, weights, { dtype: settings.savePrecision, metadata: { format: 'pt' } });
}

/** What is stored with the learned weights and stays as it was. */
function readFixed({ denoiser, fixed, parameters }: DiffusionModel): [string, Float32Tensor][] {
  return fixed.size === 0 ? [] : [...parameters(denoiser)].filter(([name]) => fixed.has(name));
}

/** Which vector the settings keep. */
export function keptVector({ emaDecay }: TuneSettings): 'params' | 'ema' {
  return emaDecay > 0 ? 'ema' : 'params';
}
