// A model folder made from a model with some parts changed, whichever layout that model has.

import type { TensorSource } from '../engine/weights/tensor.ts';
import type { DiffusionModel } from './families/model.ts';
import { type ComponentParts, type SaveOptions, saveModel } from './save-pipeline.ts';

/**
 * `saveModel` with everything that `changed` leaves out taken from `base`: byte for byte from a folder, converted from a
 * file in the original layout, or from a folder of which parts are left out.
 *
 * @throws CollimateError as `saveModel`
 */
export function saveChangedPipeline(
  target: string,
  base: DiffusionModel,
  changed: Readonly<Record<string, ComponentParts>>,
  options: Omit<SaveOptions, 'from'> = {},
): void {
  if (base.layout === 'diffusers' && base.leftOut.length === 0) {
    saveModel(target, base.family, { components: changed }, { ...options, from: base.folder });
    return;
  }
  const opened: TensorSource[] = [];
  const part = (component: string): ComponentParts => {
    const given = changed[component];
    if (given?.parameters) return { config: base.raw[component]!, ...given };
    const source = base.open(component);
    opened.push(source);
    return { config: base.raw[component]!, parameters: source, ...given };
  };
  try {
    const components = Object.fromEntries(base.components.map((name) => [name, part(name)]));
    const { _class_name: _name, ...index } = base.index;
    saveModel(
      target,
      base.family,
      { components, scheduler: base.raw.scheduler!, tokenizers: base.tokenizers, index },
      options,
    );
  } finally {
    for (const source of opened) source.close();
  }
}
