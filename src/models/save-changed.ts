// A model folder made from a model with some parts changed, whichever layout that model has.

import type { TensorSource } from '../engine/weights/tensor.ts';
import { type Pipeline, WEIGHTED_COMPONENTS, type WeightedComponent } from './pipeline.ts';
import { type ComponentParts, type SaveOptions, savePipeline } from './save-pipeline.ts';

/**
 * `savePipeline` with everything that `changed` leaves out taken from `base`: byte for byte from a folder, converted from a
 * file in the original layout.
 *
 * @throws CollimateError as `savePipeline`
 */
export function saveChangedPipeline(
  target: string,
  base: Pipeline,
  changed: Readonly<Partial<Record<WeightedComponent, ComponentParts>>>,
  options: Omit<SaveOptions, 'from'> = {},
): void {
  if (base.layout === 'diffusers') {
    savePipeline(target, changed, { ...options, from: base.folder });
    return;
  }
  const opened: TensorSource[] = [];
  const part = (component: WeightedComponent): ComponentParts => {
    const given = changed[component];
    if (given?.parameters) return { config: base.raw[component], ...given };
    const source = base.open(component);
    opened.push(source);
    return { config: base.raw[component], parameters: source, ...given };
  };
  try {
    const [unet, vae, text] = WEIGHTED_COMPONENTS.map(part);
    const { scheduler, tokenizer } = base;
    const parts = { unet: unet!, vae: vae!, text_encoder: text!, scheduler, ...(tokenizer && { tokenizer }) };
    savePipeline(target, parts, options);
  } finally {
    for (const source of opened) source.close();
  }
}
