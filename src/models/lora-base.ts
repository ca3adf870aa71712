// What of a model a LoRA may adapt, by the names that files of either layout use.

import type { BaseParameter, LoraBase } from '../engine/weights/read-lora.ts';
import type { KohyaNames, KohyaPlace } from '../engine/weights/write-lora.ts';
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
      const { from, part, form } = place(spec);
      const original = from.slice(UNET_PREFIX.length);
      return { name: key, shape, original, ...(part && { part }), ...(form && { form }) };
    }),
  ]);
  return { denoiser, parts: Object.fromEntries(parts) };
}

/**
 * How kohya's spelling names a model's layers, as other programs read it: text encoders are counted from 1 where there are
 * several, and the network of some families has its names of the original layout, where several modules may be one.
 */
export function kohyaNames(
  model: Pick<DiffusionModel, 'components' | 'denoiser' | 'declare' | 'family' | 'raw'>,
): KohyaNames {
  const { components, denoiser, declare, family, raw } = model;
  const encoders = components.filter((name) => name.startsWith('text_encoder'));
  const ofEncoders = encoders.map((name, i) => [name, encoders.length === 1 ? 'lora_te_' : `lora_te${i + 1}_`]);
  const prefixes = { [denoiser]: 'lora_unet_', ...Object.fromEntries(ofEncoders) };
  const format = formatOf(family);
  if (!format?.kohyaBlocks) return { prefixes };
  const place = format.placings(raw)[denoiser]!;
  const end = '.weight'.length;
  const originals = new Map(
    declare[denoiser]!()
      .filter(({ name }) => name.endsWith('.weight'))
      .map((spec): [string, KohyaPlace] => {
        const { from, part, form } = place(spec);
        const module = from.slice(UNET_PREFIX.length, -end);
        return [spec.name.slice(0, -end), { module, ...(part && { part }), ...(form && { form }) }];
      }),
  );
  return {
    prefixes,
    place: (component, module) => (component === denoiser && originals.get(module)) || { module },
  };
}
