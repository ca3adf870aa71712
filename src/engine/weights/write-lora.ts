// Writing a LoRA in the spellings that other programs read.

import { LORA_COMPONENTS, type Lora, type LoraComponent, type LoraLayer, loraRank, loraScale } from './lora.ts';
import { flatModule } from './lora-keys.ts';
import type { Float32Tensor, NamedTensor } from './tensor.ts';
import { type WriteOptions, writeSafetensors } from './write-safetensors.ts';

/** `diffusers`: for `load_lora_weights`; `kohya`: for A1111 and ComfyUI. */
export type LoraSpelling = 'diffusers' | 'kohya';

const KOHYA_PREFIX: Record<LoraComponent, string> = { unet: 'lora_unet_', text_encoder: 'lora_te_' };

/**
 * Writes `(component).(module).lora.down.weight` and `.lora.up.weight`, where alpha / rank is multiplied into B because
 * not every reader knows an alpha there, or `lora_unet_(module).lora_down.weight`, `.lora_up.weight` and `.alpha`.
 *
 * @throws CollimateError DISK_FULL, or WEIGHTS where a number does not fit float16; an old file is then untouched.
 */
export function writeLora(path: string, lora: Lora, spelling: LoraSpelling, options: WriteOptions = {}): void {
  const tensors = new Map<string, NamedTensor>();
  for (const component of LORA_COMPONENTS) {
    for (const [module, layer] of lora[component]) {
      const named =
        spelling === 'kohya' ? kohyaTensors(component, module, layer) : diffusersTensors(component, module, layer);
      for (const [name, tensor] of named) tensors.set(name, tensor);
    }
  }
  writeSafetensors(path, tensors, { ...options, metadata: { format: 'pt', ...options.metadata } });
}

type Named = [name: string, tensor: Float32Tensor][];

function diffusersTensors(component: LoraComponent, module: string, layer: LoraLayer): Named {
  // Readers tell the text encoder's layers by their own word for them.
  const word = component === 'text_encoder' ? 'lora_linear_layer' : 'lora';
  const scale = loraScale(layer);
  const up = scale === 1 ? layer.up : { ...layer.up, data: layer.up.data.map((value) => value * scale) };
  const key = `${component}.${module}.${word}`;
  return [
    [`${key}.down.weight`, layer.down],
    [`${key}.up.weight`, shapedUp({ ...layer, up })],
  ];
}

function kohyaTensors(component: LoraComponent, module: string, layer: LoraLayer): Named {
  const key = `${KOHYA_PREFIX[component]}${flatModule(module)}`;
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
