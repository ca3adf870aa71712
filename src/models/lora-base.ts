// What of a model a LoRA may adapt, by the names that files of either layout use.

import type { BaseParameter, LoraBase } from '../engine/weights/read-lora.ts';
import type { KohyaNames } from '../engine/weights/write-lora.ts';
import type { DiffusionModel } from './families/model.ts';
import { formatOf } from './original/formats.ts';
import { UNET_PREFIX } from './original/infer.ts';

/** The parameters of the denoiser, also by their names in the original layout, and of the text encoders. */
export function declareLoraBase(
  model: Pick<DiffusionModel, 'components' | 'declare' | 'denoiser' | 'family' | 'raw'>,
): LoraBase {
  const { declare, denoiser, family, raw } = model;
  const place = formatOf(family)?.placings(raw)[denoiser];
  const names = model.components.filter((name) => name === denoiser || name.startsWith('text_encoder'));
  const parts = names.map((name): [string, BaseParameter[]] => [
    name,
    declare[name]!().map((spec) => {
      const { name: key, shape } = spec;
      if (name !== denoiser || !place) return { name: key, shape };
      const { from, part } = place(spec);
      return { name: key, shape, original: from.slice(UNET_PREFIX.length), ...(part && { part }) };
    }),
  ]);
  return { denoiser, parts: Object.fromEntries(parts) };
}

/** How kohya's spelling names a model's layers: with several text encoders they are counted from 1. */
export function kohyaNames(model: Pick<DiffusionModel, 'components' | 'denoiser'>): KohyaNames {
  const encoders = model.components.filter((name) => name.startsWith('text_encoder'));
  const prefixes = encoders.map((name, i) => [name, encoders.length === 1 ? 'lora_te_' : `lora_te${i + 1}_`]);
  return { prefixes: { [model.denoiser]: 'lora_unet_', ...Object.fromEntries(prefixes) } };
}
