// A source with LoRA layers merged into its weights as they are read, so that no second model is ever in memory.

import { type AdapterLayers, addAdapter } from './adapter.ts';
import { checkFinite } from './finite.ts';

import { type NamedTensor, type TensorSource, toFloat32 } from './tensor.ts';

/** Adapters of one component and their strength. */
export interface LoraPart {
  readonly layers: AdapterLayers;
  readonly scale: number;
}

/** The same source with adapted weights computed as they are read; closing it closes the source behind it. */
export function mergeSource(source: TensorSource, loras: readonly LoraPart[]): TensorSource {
  if (loras.length === 0) return source;
  const adapting = (name: string) => {
    const module = name.replace(/\.weight$/, '');
    return module === name ? [] : loras.filter(({ layers }) => layers.has(module));
  };
  return {
    names: () => source.names(),
    has: (name) => source.has(name),
    shape: (name) => source.shape(name),
    dtype: (name) => source.dtype(name),
    place: (name) => (adapting(name).length > 0 ? undefined : source.place(name)),
    read: (name) => {
      const adapted = adapting(name).reduce<NamedTensor>((weight, { layers, scale }) => {
        const adapter = layers.get(name.replace(/\.weight$/, ''))!;
        return addAdapter(name, toFloat32(name, weight), adapter, scale);
      }, source.read(name));
      checkFinite('merging a LoRA', name, adapted);
      return adapted;
    },
    metadata: source.metadata,
    close: () => source.close(),
  };
}
