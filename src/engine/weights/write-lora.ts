// Writing a LoRA in the spellings that other programs read.

import { fuseLayers } from './fuse-lora.ts';
import { type Lora, type LoraLayer, type LoraLayers, loraRank, loraScale } from './lora.ts';
import { flatModule } from './lora-keys.ts';
import type { Float32Tensor, NamedTensor } from './tensor.ts';
import { swapHalves, type ViewEntry } from './view.ts';
import { type WriteOptions, writeSafetensors } from './write-safetensors.ts';

/** `diffusers`: for `load_lora_weights`; `kohya`: for A1111 and ComfyUI. */
export type LoraSpelling = 'diffusers' | 'kohya';

/** Where a module stands in a layout of other names. */
export interface KohyaPlace extends Pick<ViewEntry, 'part' | 'form'> {
  readonly module: string;
}

/** How kohya's spelling names the layers of a model. */
export interface KohyaNames {
  /** The start of names by component, such as `lora_unet_`. */
  readonly prefixes: Readonly<Record<string, string>>;
  /** The place of a module of a component there, where its name is another one than here. */
  readonly place?: (component: string, module: string) => KohyaPlace;
}

/** Of models with one text encoder, by diffusers' names of the blocks. */
const KOHYA_NAMES: KohyaNames = { prefixes: { unet: 'lora_unet_', text_encoder: 'lora_te_' } };

/**
 * Writes `(component).(module).lora.down.weight` and `.lora.up.weight`, where alpha / rank is multiplied into B because
 * not every reader knows an alpha there, or `lora_unet_(module).lora_down.weight`, `.lora_up.weight` and `.alpha`.
 *
 * @throws CollimateError DISK_FULL, or WEIGHTS where a number does not fit float16; an old file is then untouched.
 */
export function writeLora(
  path: string,
  lora: Lora,
  spelling: LoraSpelling,
  { kohya = KOHYA_NAMES, ...options }: WriteLoraOptions = {},
): void {
  const tensors = new Map<string, NamedTensor>();
  const tensorsOf = spelling === 'kohya' ? kohyaTensors(kohya) : diffusersTensors;
  for (const [component, layers] of Object.entries(lora))
    for (const [name, tensor] of tensorsOf(component, layers)) tensors.set(name, tensor);
  writeSafetensors(path, tensors, { ...options, metadata: { format: 'pt', ...options.metadata } });
}

export interface WriteLoraOptions extends WriteOptions {
  /** Default those of models with one text encoder. */
  readonly kohya?: KohyaNames;
}

type Named = [name: string, tensor: Float32Tensor][];

function diffusersTensors(component: string, layers: LoraLayers): Named {
  return [...layers].flatMap(([module, layer]) => diffusersLayer(component, module, layer));
}

function diffusersLayer(component: string, module: string, layer: LoraLayer): Named {
  // Readers tell the text encoder's layers by their own word for them.
  const word = component.startsWith('text_encoder') ? 'lora_linear_layer' : 'lora';
  const scale = loraScale(layer);
  const up = scale === 1 ? layer.up : { ...layer.up, data: layer.up.data.map((value) => value * scale) };
  const key = `${component}.${module}.${word}`;
  return [
    [`${key}.down.weight`, layer.down],
    [`${key}.up.weight`, shapedUp({ ...layer, up })],
  ];
}

/** Modules that are one weight in the other layout become one layer. */
function kohyaTensors({ prefixes, place }: KohyaNames) {
  return (component: string, layers: LoraLayers): Named => {
    const groups = new Map<string, (LoraLayer | undefined)[]>();
    for (const [module, layer] of layers) {
      const at: KohyaPlace = place?.(component, module) ?? { module };
      const group = groups.get(at.module) ?? Array.from({ length: at.part?.of ?? 1 }, () => undefined);
      group[at.part?.index ?? 0] = at.form === 'halves swapped' ? swapOutputs(layer) : layer;
      groups.set(at.module, group);
    }
    return [...groups].flatMap(([module, parts]) => kohyaLayer(`${prefixes[component]}${flatModule(module)}`, parts));
  };
}

function kohyaLayer(key: string, parts: readonly (LoraLayer | undefined)[]): Named {
  const layer = fuseLayers(parts);
  return [
    [`${key}.lora_down.weight`, layer.down],
    [`${key}.lora_up.weight`, shapedUp(layer)],
    [`${key}.alpha`, { dtype: 'float32', shape: [], data: Float32Array.of(layer.alpha) }],
  ];
}

function swapOutputs({ up, ...layer }: LoraLayer): LoraLayer {
  return { ...layer, up: { ...up, data: swapHalves(up.data) } };
}

/** B as the file holds it: beside a convolution it is one of size 1×1. */
function shapedUp(layer: LoraLayer): Float32Tensor {
  const { up, down } = layer;
  return down.shape.length === 4 ? { ...up, shape: [up.shape[0]!, loraRank(layer), 1, 1] } : up;
}
