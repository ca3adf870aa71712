// One LoRA file in another spelling or precision.

import { readLora } from '../engine/weights/read-lora.ts';
import { type LoraSpelling, writeLora } from '../engine/weights/write-lora.ts';
import type { FloatDtype } from '../engine/weights/write-safetensors.ts';
import { CollimateError } from '../util/errors.ts';
import { checkOutput } from './convert.ts';
import { declareLoraBase } from './lora-base.ts';
import { openPipeline } from './pipeline.ts';

export interface ConvertLoraOptions {
  /** The model that it adapts: its modules cannot be told apart without it. */
  readonly base: string;
  readonly spelling: LoraSpelling;
  readonly dtype?: FloatDtype;
  readonly overwrite?: boolean;
}

export interface ConvertLoraSummary {
  readonly output: string;
  readonly spelling: LoraSpelling;
  /** Layers of the U-Net and of the text encoder. */
  readonly layers: { readonly unet: number; readonly text_encoder: number };
  readonly ranks: readonly number[];
}

/**
 * Reads the LoRA at `input` in any spelling and writes it as `output`.
 *
 * @throws CollimateError USAGE where `output` exists or is no `.safetensors`, WEIGHTS where it is of another base.
 */
export function convertLora(input: string, output: string, options: ConvertLoraOptions): ConvertLoraSummary {
  const { base, spelling, dtype, overwrite = false } = options;
  if (!output.endsWith('.safetensors'))
    throw new CollimateError('USAGE', `convert: a LoRA is one file, got ${output}`, 'End --out in .safetensors.');
  checkOutput(output, 'original', overwrite);
  const lora = readLora(input, declareLoraBase(openPipeline(base)));
  writeLora(output, lora, spelling, { ...(dtype && { dtype }) });
  const all = [...lora.unet.values(), ...lora.text_encoder.values()];
  const ranks = [...new Set(all.map(({ down }) => down.shape[0]!))].sort((a, b) => a - b);
  return { output, spelling, layers: { unet: lora.unet.size, text_encoder: lora.text_encoder.size }, ranks };
}
