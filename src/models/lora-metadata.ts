// What a LoRA file says of itself for other programs: Stability AI's modelspec 1.0.0, and the fields of kohya's scripts by
// which A1111 and Forge sort files by base model. The same file always says the same: no times.

import { type Lora, loraRank } from '../engine/weights/lora.ts';
import type { LoraSpelling } from '../engine/weights/write-lora.ts';
import type { DiffusionModel } from './families/model.ts';
import { formatOf } from './original/formats.ts';

type Metadata = Readonly<Record<string, string>>;
type Base = Pick<DiffusionModel, 'family' | 'raw' | 'latent'>;

/** What follows from the model that it adapts and from its layers. */
export function loraMetadata(model: Base, lora: Lora, spelling: LoraSpelling, title: string): Metadata {
  const format = formatOf(model.family);
  const { width, height } = model.latent.own;
  const { 'modelspec.architecture': architecture, ...spec } = format?.modelSpec(model.raw) ?? {};
  const isOriginal = spelling === 'kohya' && format?.kohyaBlocks;
  return {
    'modelspec.sai_model_spec': '1.0.0',
    ...spec,
    ...(architecture && { 'modelspec.architecture': `${architecture}/lora` }),
    'modelspec.implementation': (isOriginal && spec['modelspec.implementation']) || 'diffusers',
    'modelspec.title': title,
    'modelspec.resolution': `${width}x${height}`,
    ...format?.kohyaSpec(model.raw),
    ...networkSize(lora),
  };
}

/** Rank and alpha, or `Dynamic`, kohya's word for several. */
function networkSize(lora: Lora): Metadata {
  const layers = Object.values(lora).flatMap((part) => [...part.values()]);
  const only = (values: readonly number[]) => (new Set(values).size === 1 ? String(values[0]) : 'Dynamic');
  return { ss_network_dim: only(layers.map(loraRank)), ss_network_alpha: only(layers.map(({ alpha }) => alpha)) };
}

const OF_ADAPTERS = /^(ss_|modelspec\.)/;
/** These are of the file as it was. */
const OF_THE_FILE = /^modelspec\.(hash_|sai_model_spec|implementation)/;

/** The fields that a file brought, without those that are no longer so once it is written in another form. */
export function keptMetadata(metadata: Metadata): Metadata {
  return Object.fromEntries(
    Object.entries(metadata).filter(([name]) => OF_ADAPTERS.test(name) && !OF_THE_FILE.test(name)),
  );
}
