// One file with a whole model in the layout of its authors, as most models are shared. Names follow from the configs.

import type { ParamSpec } from '../../engine/nn/params.ts';
import type { ViewEntry } from '../../engine/weights/view.ts';
import { type ComponentConfigs, declareComponents } from '../declare.ts';
import type { WeightedComponent } from '../pipeline.ts';
import { originalTextKey, type TextTower } from './text-keys.ts';
import { originalUnetKeys } from './unet-keys.ts';
import { isStoredAsConvolution, originalVaeKeys } from './vae-keys.ts';

export const UNET_PREFIX = 'model.diffusion_model.';
export const VAE_PREFIX = 'first_stage_model.';

/** A parameter's place in the file, and the shape that it is stored in. */
export interface OriginalEntry extends ViewEntry {
  readonly stored: readonly number[];
}

/** Of each component, every parameter by its canonical name. */
export type OriginalLayout = Readonly<Record<WeightedComponent, ReadonlyMap<string, OriginalEntry>>>;

/** Where a file in the original layout holds the parameters of these configs. */
export function originalLayout(configs: ComponentConfigs, tower: TextTower): OriginalLayout {
  const specs = declareComponents(configs);
  const unetKey = originalUnetKeys(configs.unet);
  const vaeKey = originalVaeKeys(configs.vae);
  return {
    unet: place(specs.unet, ({ name, shape }) => ({ from: UNET_PREFIX + unetKey(name), shape, stored: shape })),
    vae: place(specs.vae, ({ name, shape }) => {
      const stored = isStoredAsConvolution(name) ? [...shape, 1, 1] : shape;
      return { from: VAE_PREFIX + vaeKey(name), shape, stored };
    }),
    text_encoder: place(specs.text_encoder, ({ name, shape }) => {
      const key = originalTextKey(tower, name);
      return { ...key, shape, stored: key.part ? [shape[0]! * key.part.of, ...shape.slice(1)] : shape };
    }),
  };
}

function place(specs: readonly ParamSpec[], of: (spec: ParamSpec) => OriginalEntry): Map<string, OriginalEntry> {
  return new Map(specs.map((spec) => [spec.name, of(spec)]));
}
