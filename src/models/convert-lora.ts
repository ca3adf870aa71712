// One LoRA file in another spelling or precision.

import { basename } from 'node:path';
import { locateLora, readLora } from '../engine/weights/read-lora.ts';
import { openSafetensors } from '../engine/weights/safetensors.ts';
import { type LoraSpelling, writeLora } from '../engine/weights/write-lora.ts';
import type { FloatDtype } from '../engine/weights/write-safetensors.ts';
import { CollimateError } from '../util/errors.ts';
import { checkOutput } from './convert.ts';
import { declareLoraBase, kohyaNames } from './lora-base.ts';
import { keptMetadata, loraMetadata } from './lora-metadata.ts';
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
  /** Layers by component. */
  readonly layers: Readonly<Record<string, number>>;
  readonly ranks: readonly number[];
}

/**
 * Reads the LoRA at `input` in any spelling and writes it as `output`, with what it says of itself.
 *
 * @throws CollimateError USAGE where `output` exists or is no `.safetensors`, WEIGHTS where it is of another base.
 */
export function convertLora(input: string, output: string, options: ConvertLoraOptions): ConvertLoraSummary {
  const { base, spelling, dtype, overwrite = false } = options;
  if (!output.endsWith('.safetensors'))
    throw new CollimateError('USAGE', `convert: a LoRA is one file, got ${output}`, 'End --out in .safetensors.');
  checkOutput(output, 'original', overwrite);
  const model = openPipeline(base);
  const lora = readLora(input, declareLoraBase(model));
  const metadata = {
    ...loraMetadata(model, lora, spelling, basename(output, '.safetensors')),
    ...keptMetadata(readMetadata(input)),
  };
  writeLora(output, lora, spelling, { kohya: kohyaNames(model), metadata, ...(dtype && { dtype }) });
  const all = Object.values(lora).flatMap((layers) => [...layers.values()]);
  const ranks = [...new Set(all.map(({ down }) => down.shape[0]!))].sort((a, b) => a - b);
  const layers = Object.fromEntries(Object.entries(lora).map(([name, { size }]) => [name, size]));
  return { output, spelling, layers, ranks };
}

function readMetadata(path: string): Readonly<Record<string, string>> {
  const source = openSafetensors(locateLora(path));
  source.close();
  return source.metadata;
}
