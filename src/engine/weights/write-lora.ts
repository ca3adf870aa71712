// Writing a LoRA in the spellings that other programs read.

import { type Lora, type LoraLayer, loraRank, loraScale } from './lora.ts';
import { flatModule } from './lora-keys.ts';
import type { Float32Tensor, NamedTensor } from './tensor.ts';
import { type WriteOptions, writeSafetensors } from './write-safetensors.ts';

/** `diffusers`: for `load_lora_weights`; `kohya`: for A1111 and ComfyUI. */
export type LoraSpelling = 'diffusers' | 'kohya';

/** How kohya's spelling names the layers of a model. */
export interface KohyaNames {
  /** The start of names by component, such as `lora_unet_`. */
  readonly prefixes: Readonly<Record<string, string>>;
  /** The name of a module of a component there, where it is another one than here. */
  readonly rename?: (component: string, module: string) => string;
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
  for (const [component, layers] of Object.entries(lora)) {
    for (const [module, layer] of layers) {
      const named =
        spelling === 'kohya'
          ? kohyaTensors(kohya, component, module, layer)
          : diffusersTensors(component, module, layer);
      for (const [name, tensor] of named) tensors.set(name, tensor);
    }
  }
  writeSafetensors(path, tensors, { ...options, metadata: { format: 'pt', ...options.metadata } });
}

export interface WriteLoraOptions extends WriteOptions {
  /** Default those of models with one text encoder. */
  readonly kohya?: KohyaNames;
}

type Named = [name: string, tensor: Float32Tensor][];

function diffusersTensors(component: string, module: string, layer: LoraLayer): Named {
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

function kohyaTensors({ prefixes, rename }: KohyaNames, component: string, module: string, layer: LoraLayer): Named {
  const key = `${prefixes[component]}${flatModule(rename?.(component, module) ?? module)}`;
  return [
    [`${key}.lora_down.weight`, layer.down],
    [`${key}.lora_up.weight`, shapedUp(layer)],
    [`${key}.alpha`, { dtype: 'float32', shape: [], data: Float32Array.of(layer.alpha) }],
  ];
}

/** B as the file holds it: beside a convolution it is one of size 1×1. */
function shapedUp(layer: LoraLayer): Float32Tensor {
  const { up, down } = layer;
  return down.shape.length === 4 ? { ...up, shape: [up.shape[0]!, loraRank(layer), 1, 1] } : up;
}
