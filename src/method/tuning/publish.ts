// The end of a run: a whole pipeline folder with the tuned U-Net, everything else as it was.

import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readLora } from '../../engine/weights/read-lora.ts';
import { writeLora } from '../../engine/weights/write-lora.ts';
import { hashModel } from '../../models/inference/painter.ts';
import { LORA_FILE, openUnetWeights } from '../../models/inference/predictor.ts';
import { declareLoraBase } from '../../models/lora-base.ts';
import type { Pipeline } from '../../models/pipeline.ts';
import { saveChangedPipeline } from '../../models/save-changed.ts';
import type { ComponentParts } from '../../models/save-pipeline.ts';
import { CollimateError } from '../../util/errors.ts';
import { writeFileAtomic } from '../../util/files.ts';
import { type Lineage, renderCard } from './card.ts';
import { collectCardFacts, type FactsSource, writeSampleGrid } from './card-facts.ts';

const NAME = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

/**
 * Where a tuned model of this name lies.
 *
 * @throws CollimateError USAGE where the name is not one of a folder.
 */
export function tunedModelDir(projectDir: string, name: string): string {
  if (NAME.test(name)) return join(projectDir, 'models', name);
  throw new CollimateError(
    'USAGE',
    `tune: a name has letters, digits, ".", "_" and "-" only, got ${JSON.stringify(name)}`,
    'Give a name such as --name beta-0.',
  );
}

/** Writes the pipeline of a checkpoint to `folder` and returns its hash. */
export function publishModel(folder: string, pipeline: Pipeline, checkpoint: string): string {
  const learned = join(checkpoint, 'unet');
  const weights = openUnetWeights(pipeline, learned);
  try {
    saveChangedPipeline(folder, pipeline, { unet: { parameters: weights }, ...asFloat32(pipeline) });
  } finally {
    weights.close();
  }
  if (existsSync(join(learned, LORA_FILE))) publishLora(folder, pipeline, learned);
  return hashModel(folder);
}

/**
 * A text encoder in halves is said to be used as float32, like the U-Net beside it: transformers would take it as it is stored,
 * and the first picture would fail on two types. Nothing is said of one that is stored as float32.
 */
function asFloat32(pipeline: Pipeline): { text_encoder?: ComponentParts } {
  const source = pipeline.open('text_encoder');
  try {
    if (!source.names().some((name) => ['F16', 'BF16'].includes(source.dtype(name)))) return {};
  } finally {
    source.close();
  }
  const { torch_dtype: _older, ...config } = pipeline.raw.text_encoder;
  return { text_encoder: { config: { ...config, dtype: 'float32' } } };
}

/** The LoRA alone, beside the model that it is merged into: for diffusers, and for A1111 and ComfyUI. */
function publishLora(folder: string, pipeline: Pipeline, learned: string): void {
  writeFileAtomic(join(folder, LORA_FILE), readFileSync(join(learned, LORA_FILE)));
  const lora = readLora(learned, declareLoraBase(pipeline));
  writeLora(join(folder, `${basename(folder)}.lora.safetensors`), lora, 'kohya');
}

/** Writes the model card and the sample grid of a published model; neither is part of its hash. */
export async function publishCard(folder: string, source: FactsSource, lineage: Lineage, tuned: string): Promise<void> {
  const facts = await collectCardFacts(source);
  const samples = await writeSampleGrid(source.project, folder, { base: lineage.baseHash, tuned });
  writeFileAtomic(join(folder, 'README.md'), renderCard(lineage, { ...facts, samples }));
}

/** Whether `folder` holds the model of that hash, whole. */
export function isPublished(folder: string, hash: string): boolean {
  return existsSync(join(folder, 'model_index.json')) && hashModel(folder) === hash;
}
