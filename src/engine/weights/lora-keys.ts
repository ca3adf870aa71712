// The key names of LoRA files: diffusers' of all ages, PEFT's, and kohya's. Each key names a module, one of its two
// matrices or its alpha, and sometimes the component.

import type { LoraComponent } from './lora.ts';

export type LoraRole = 'down' | 'up' | 'alpha';

export interface LoraKey {
  /** None where the spelling does not say: PEFT saves one component a file. */
  readonly component: LoraComponent | undefined;
  /** With `_` for every `.`, which is all that kohya's spelling leaves; see `flatModule`. */
  readonly module: string;
  readonly role: LoraRole;
  /** Whether alpha stands beside the weights, in adapter_config.json. */
  readonly peft: boolean;
}

/** The spelling in which all others can be compared. */
export function flatModule(module: string): string {
  return module.replaceAll('.', '_');
}

const ROLES: Readonly<Record<string, LoraRole>> = { lora_A: 'down', lora_B: 'up', down: 'down', up: 'up' };

/** `(module).lora_A.weight`, with PEFT's adapter name or without; `.lora.down.weight`; `.lora_linear_layer.down.weight`. */
const SUFFIX = /^(.+)\.(?:(lora_[AB])(?:\.\w+)?|(?:lora|lora_linear_layer)\.(down|up))\.weight$/;
/** diffusers before 0.18: `(attention).processor.to_q_lora.down.weight`. */
const PROCESSOR = /^(.+?)(?:\.processor)?\.to_(q|k|v|out)_lora\.(down|up)\.weight$/;
const KOHYA = /^lora_(unet|te)_([^.]+)\.(?:lora_(down|up)\.weight|alpha)$/;
/** `diffusion_model` is what programs of the original layout call the U-Net. */
const PREFIX = /^(base_model\.model\.)?(?:(unet|text_encoder|diffusion_model)\.)?(.+)$/;

/** The parts of a stored name, or undefined where it is none of a LoRA's. */
export function parseLoraKey(name: string): LoraKey | undefined {
  const kohya = KOHYA.exec(name);
  if (kohya) {
    const component = kohya[1] === 'unet' ? 'unet' : 'text_encoder';
    return { component, module: kohya[2]!, role: ROLES[kohya[3] ?? ''] ?? 'alpha', peft: false };
  }
  const [, peft, component, rest] = PREFIX.exec(name) ?? [];
  const found = rest === undefined ? undefined : parseSuffix(rest);
  if (found === undefined) return undefined;
  const known = component === 'diffusion_model' ? 'unet' : (component as LoraComponent | undefined);
  return { ...found, component: known, peft: peft !== undefined };
}

function parseSuffix(name: string): { module: string; role: LoraRole } | undefined {
  const processor = PROCESSOR.exec(name);
  if (processor) {
    const [, attention, part, role] = processor;
    return { module: flatModule(`${attention}.${oldProjection(attention!, part!)}`), role: ROLES[role!]! };
  }
  const match = SUFFIX.exec(name);
  if (match) return { module: flatModule(match[1]!), role: ROLES[match[2] ?? match[3]!]! };
  return name.endsWith('.alpha') ? { module: flatModule(name.slice(0, -'.alpha'.length)), role: 'alpha' } : undefined;
}

/** The module that old processors called `to_q`: CLIP's own name for it is `q_proj`. */
function oldProjection(attention: string, part: string): string {
  if (attention.endsWith('self_attn')) return `${part}_proj`;
  return part === 'out' ? 'to_out.0' : `to_${part}`;
}

/** Why a key of another kind of adapter cannot be used, in words. */
export function describeForeignKey(name: string): string | undefined {
  if (/^lora_te[12]_/.test(name) || /(^|\.)text_encoder_2\./.test(name)) return 'it is for Stable Diffusion XL';
  if (/^(lora_)?transformer[._]/.test(name)) return 'it is for a diffusion transformer';
  if (/\.(hada_|lokr_|oft_|lora_mid|dora_scale|diff)|lora_magnitude_vector/.test(name))
    return 'it is a LoHa, LoKr, DoRA or Tucker adapter, not a plain LoRA';
  return undefined;
}
