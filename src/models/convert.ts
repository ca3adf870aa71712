// One model in another layout or precision, or with LoRA files merged. Weights pass through one tensor at a time.

import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Adapters } from '../engine/weights/adapter.ts';
import { checkAllFinite } from '../engine/weights/finite.ts';
import { mergeSource } from '../engine/weights/merged.ts';
import { readAdapters } from '../engine/weights/read-lora.ts';
import type { TensorSource } from '../engine/weights/tensor.ts';
import type { FloatDtype } from '../engine/weights/write-safetensors.ts';
import { CollimateError } from '../util/errors.ts';
import type { DiffusionModel } from './families/model.ts';
import { declareLoraBase } from './lora-base.ts';
import { writeOriginal } from './original/write.ts';
import { type OpenPipelineOptions, openPipeline } from './pipeline.ts';
import { saveChangedPipeline } from './save-changed.ts';
import { describeUnused } from './unused.ts';

export interface ConvertOptions extends OpenPipelineOptions {
  /** How floats are stored; without it as they are. */
  readonly dtype?: FloatDtype;
  /** LoRA files to merge, each with its strength. */
  readonly loras?: readonly { readonly path: string; readonly scale: number }[];
  /** Whether a model that is there already may be replaced. */
  readonly overwrite?: boolean;
}

export interface ConvertSummary {
  readonly from: DiffusionModel['layout'];
  readonly to: DiffusionModel['layout'];
  readonly output: string;
  readonly parameters: number;
  /** Weights that a LoRA changed. */
  readonly adapted: number;
  /** Text encoders that were left out, by folder. */
  readonly leftOut: readonly string[];
  /** Tensors that nothing uses and that did not go along, in words. */
  readonly unused: readonly string[];
}

/**
 * Writes the model at `input` as `output`: a folder in the diffusers layout, or, where the name ends in `.safetensors`, a
 * file in the original one. Whatever else lies in a folder goes along byte for byte into another folder.
 *
 * @throws CollimateError USAGE where `output` exists, WEIGHTS, MODEL_CONFIG, DISK_FULL, STORAGE; nothing is half written.
 */
export function convertModel(input: string, output: string, options: ConvertOptions = {}): ConvertSummary {
  const to = output.endsWith('.safetensors') ? 'original' : 'diffusers';
  checkOutput(output, to, options.overwrite ?? false);
  const pipeline = openPipeline(input, options);
  if (options.textEncoders === 'clip') checkClipAlone(pipeline);
  const loras = (options.loras ?? []).map(({ path, scale }) => ({
    lora: readAdapters(path, declareLoraBase(pipeline)),
    scale,
  }));
  const sources = openSources(pipeline, loras);
  const all = Object.values(sources);
  try {
    for (const source of all) checkAllFinite(source);
    if (to === 'original') writeOriginal(output, pipeline, sources, options.dtype);
    else saveChangedPipeline(output, pipeline, partsOf(sources), options.dtype ? { dtype: options.dtype } : {});
    const shapes = all.flatMap((source) => source.names().map((name) => source.shape(name)));
    return {
      from: pipeline.layout,
      to,
      output,
      parameters: shapes.reduce((sum, shape) => sum + shape.reduce((product, size) => product * size, 1), 0),
      adapted: loras.reduce((sum, { lora }) => sum + countLayersOf(lora), 0),
      leftOut: pipeline.leftOut.filter((name) => name in pipeline.family.parts),
      // Into another layout go the parameters of the model alone.
      unused: pipeline.layout === 'original' || to === 'original' ? describeUnused(pipeline) : [],
    };
  } finally {
    for (const source of all) source.close();
  }
}

/** @throws CollimateError USAGE where the family has nothing that CLIP alone could stand for. */
function checkClipAlone({ family, folder }: DiffusionModel): void {
  const may = Object.entries(family.parts).some(([name, { optional }]) => optional && name.startsWith('text_encoder'));
  if (may) return;
  throw new CollimateError(
    'USAGE',
    `convert: ${folder} is ${family.words}, none of whose text encoders can be left out`,
    'Leave --text-encoders away.',
  );
}

/** Weights that a LoRA changes. */
function countLayersOf(lora: Adapters): number {
  return Object.values(lora).reduce((sum, layers) => sum + layers.size, 0);
}

function openSources(model: DiffusionModel, loras: readonly { lora: Adapters; scale: number }[]) {
  const opened: Record<string, TensorSource> = {};
  try {
    for (const component of model.components) {
      const source = model.open(component);
      const layers = loras.flatMap(({ lora, scale }) => (lora[component] ? [{ layers: lora[component], scale }] : []));
      opened[component] = mergeSource(source, layers);
    }
  } catch (error) {
    for (const source of Object.values(opened)) source.close();
    throw error;
  }
  return opened;
}

function partsOf(sources: Readonly<Record<string, TensorSource>>) {
  return Object.fromEntries(Object.entries(sources).map(([name, parameters]) => [name, { parameters }]));
}

/** Nothing but a model is ever replaced, and that only when it was asked for. */
export function checkOutput(output: string, layout: DiffusionModel['layout'], overwrite: boolean): void {
  const found = statSync(output, { throwIfNoEntry: false });
  if (!found) return;
  const isModel = found.isDirectory() ? existsSync(join(output, 'model_index.json')) : layout === 'original';
  if (isModel && overwrite && found.isDirectory() === (layout === 'diffusers')) return;
  throw new CollimateError(
    'USAGE',
    `convert: ${resolve(output)} is there already`,
    isModel ? 'Name another, or replace it with --overwrite.' : 'It is no model, so it is left alone: name another.',
  );
}
