// The end of a run: a whole pipeline folder with the tuned network, everything else as it was.

import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { readLora } from '../../engine/weights/read-lora.ts';
import { writeLora } from '../../engine/weights/write-lora.ts';
import type { DiffusionModel, RawConfig } from '../../models/families/model.ts';
import { hashModelAside } from '../../models/inference/painter.ts';
import { LORA_FILE, openDenoiserWeights, withEncodersOf } from '../../models/inference/predictor.ts';
import { declareLoraBase, kohyaNames } from '../../models/lora-base.ts';
import { loraMetadata } from '../../models/lora-metadata.ts';
import { saveChangedPipeline } from '../../models/save-changed.ts';
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

/**
 * Writes the pipeline of a checkpoint to `folder` and returns its hash.
 *
 * @param learned fields that a LoRA's files have of the run, as of `learnedFields`
 */
export async function publishModel(
  folder: string,
  pipeline: DiffusionModel,
  checkpoint: string,
  learned: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { denoiser } = pipeline;
  const files = join(checkpoint, denoiser);
  const weights = new Map([[denoiser, openDenoiserWeights(pipeline, files)]]);
  for (const name of encodersIn(pipeline, files)) weights.set(name, withEncodersOf(pipeline, files).open(name));
  try {
    const saidOf = asFloat32(pipeline);
    const changed = [...weights].map(([name, parameters]) => [name, { ...saidOf[name], parameters }] as const);
    saveChangedPipeline(folder, pipeline, { ...saidOf, ...Object.fromEntries(changed) });
  } finally {
    for (const source of weights.values()) source.close();
  }
  if (existsSync(join(files, LORA_FILE))) publishLora(folder, pipeline, files, learned);
  return hashModelAside(folder);
}

/** The text encoders that learned with a denoiser. */
function encodersIn(pipeline: DiffusionModel, learned: string): string[] {
  if (!existsSync(join(learned, LORA_FILE))) return [];
  const lora = readLora(learned, declareLoraBase(pipeline));
  return Object.keys(lora).filter((name) => name !== pipeline.denoiser && lora[name]!.size > 0);
}

/**
 * Text encoders in halves are said to be used as float32, like the network beside them: transformers would take them as they are
 * stored, and the first picture would fail on two types. Nothing is said of those that are stored as float32.
 */
function asFloat32(model: DiffusionModel): Record<string, { config: RawConfig }> {
  const { parts } = model.family;
  const halves = model.components.filter((name) => parts[name]!.library === 'transformers' && isInHalves(model, name));
  return Object.fromEntries(
    halves.map((name) => {
      const { torch_dtype: _older, ...config } = model.raw[name]!;
      return [name, { config: { ...config, dtype: 'float32' } }];
    }),
  );
}

function isInHalves(model: DiffusionModel, component: string): boolean {
  const source = model.open(component);
  try {
    return source.names().some((name) => ['F16', 'BF16'].includes(source.dtype(name)));
  } finally {
    source.close();
  }
}

/** The LoRA alone, beside the model that it is merged into: for diffusers, and for A1111 and ComfyUI. */
function publishLora(
  folder: string,
  pipeline: DiffusionModel,
  files: string,
  learned: Readonly<Record<string, string>>,
): void {
  const lora = readLora(files, declareLoraBase(pipeline));
  const title = basename(folder);
  const kohya = kohyaNames(pipeline);
  const paths = { diffusers: LORA_FILE, kohya: `${title}.lora.safetensors` } as const;
  for (const spelling of ['diffusers', 'kohya'] as const) {
    const metadata = { ...loraMetadata(pipeline, lora, spelling, title), ...learned };
    writeLora(join(folder, paths[spelling]), lora, spelling, { kohya, metadata });
  }
}

/** Writes the model card and the sample grid of a published model; neither is part of its hash. */
export async function publishCard(folder: string, source: FactsSource, lineage: Lineage, tuned: string): Promise<void> {
  const facts = await collectCardFacts(source);
  const samples = await writeSampleGrid(source.project, folder, { base: lineage.baseHash, tuned });
  writeFileAtomic(join(folder, 'README.md'), renderCard(lineage, { ...facts, samples }));
}

/** Whether `folder` holds the model of that hash, whole. */
export async function isPublished(folder: string, hash: string): Promise<boolean> {
  return existsSync(join(folder, 'model_index.json')) && (await hashModelAside(folder)) === hash;
}
