// What of a model a LoRA may adapt, by the names that files of either layout use.

import type { LoraBase } from '../engine/weights/read-lora.ts';
import { type ComponentConfigs, declareComponents } from './declare.ts';
import { originalUnetKeys } from './original/unet-keys.ts';

/** The parameters of the U-Net and the text encoder; those of the U-Net also by their names in the original layout. */
export function declareLoraBase(configs: ComponentConfigs): LoraBase {
  const { unet, text_encoder } = declareComponents(configs);
  const original = originalUnetKeys(configs.unet);
  return { unet: unet.map(({ name, shape }) => ({ name, shape, original: original(name) })), text_encoder };
}
