// The key names of LoRA files: diffusers' of all ages, PEFT's, kohya's and LyCORIS'. Each key names a module, one of its
// matrices or its alpha, and sometimes the component.

/** What LyCORIS and PEFT call the tensors of other kinds of adapters. */
const OTHER_ROLES = [
  ...(['hada_w1_a', 'hada_w1_b', 'hada_w2_a', 'hada_w2_b', 'hada_t1', 'hada_t2'] as const),
  ...(['lokr_w1', 'lokr_w1_a', 'lokr_w1_b', 'lokr_w2', 'lokr_w2_a', 'lokr_w2_b', 'lokr_t2'] as const),
  ...(['dora_scale', 'lora_magnitude_vector'] as const),
] as const;

export type LoraRole = 'down' | 'up' | 'mid' | 'alpha' | (typeof OTHER_ROLES)[number];

export interface LoraKey {
  /** The component, or `denoiser`; none where the spelling does not say: PEFT saves one component a file. */
  readonly component: string | undefined;
  /** With `_` for every `.`, which is all that kohya's spelling leaves; see `flatModule`. */
  readonly module: string;
  /** As the file spells it, without the component. */
  readonly spelled: string;
  readonly role: LoraRole;
}

/** The spelling in which all others can be compared. */
export function flatModule(module: string): string {
  return module.replaceAll('.', '_');
}

const ROLES: Readonly<Record<string, LoraRole>> = {
  ...{ lora_A: 'down', lora_B: 'up', down: 'down', up: 'up', mid: 'mid' },
  ...Object.fromEntries(OTHER_ROLES.map((role) => [role, role])),
};

/**
 * `(module).lora_A.weight`, with PEFT's adapter name or without; `.lora.down.weight`; `.lora_linear_layer.down.weight`;
 * `.lora_down.weight`, as ComfyUI extracts.
 */
const SUFFIX = /^(.+)\.(?:(lora_[AB])(?:\.\w+)?|(?:lora|lora_linear_layer)\.(down|up)|lora_(down|up|mid))\.weight$/;
/** `(module).lokr_w1`, with the adapter's name where PEFT keeps it. */
const OTHER_SUFFIX = new RegExp(`^(.+)\\.(${OTHER_ROLES.join('|')})(?:\\.\\w+)*$`);
/** diffusers before 0.18: `(attention).processor.to_q_lora.down.weight`. */
const PROCESSOR = /^(.+?)(?:\.processor)?\.to_(q|k|v|out)_lora\.(down|up)\.weight$/;
const KOHYA = new RegExp(
  `^(?:lora|lycoris)_(unet|transformer|te[123]?)_([^.]+)\\.(?:lora_(down|up|mid)\\.weight|(${OTHER_ROLES.join('|')})|alpha)$`,
);
/** `diffusion_model` is what programs of the original layout call the network. */
const PREFIX = /^(?:base_model\.model\.)?(?:(unet|transformer|text_encoder(?:_[23])?|diffusion_model)\.)?(.+)$/;

/** Words of all spellings for the network that denoises, whatever its family calls it. */
const DENOISERS: ReadonlySet<string> = new Set(['unet', 'transformer', 'diffusion_model']);

/** `te` and `te1` are the first text encoder. */
function componentOf(word: string): string {
  if (DENOISERS.has(word)) return 'denoiser';
  const number = /^te([123]?)$/.exec(word)?.[1];
  if (number === undefined) return word;
  return number === '' || number === '1' ? 'text_encoder' : `text_encoder_${number}`;
}

/** The parts of a stored name, or undefined where it is none of a LoRA's. */
export function parseLoraKey(name: string): LoraKey | undefined {
  const kohya = KOHYA.exec(name);
  if (kohya) {
    const component = componentOf(kohya[1]!);
    const module = kohya[2]!;
    return { component, module, spelled: module, role: ROLES[kohya[3] ?? kohya[4] ?? ''] ?? 'alpha' };
  }
  const [, component, rest] = PREFIX.exec(name) ?? [];
  const found = rest === undefined ? undefined : parseSuffix(rest);
  if (found === undefined) return undefined;
  return { ...found, component: component && componentOf(component) };
}

function parseSuffix(name: string): Pick<LoraKey, 'module' | 'spelled' | 'role'> | undefined {
  const part = (spelled: string, role: LoraRole) => ({ module: flatModule(spelled), spelled, role });
  const processor = PROCESSOR.exec(name);
  if (processor) {
    const [, attention, projection, role] = processor;
    return part(`${attention}.${oldProjection(attention!, projection!)}`, ROLES[role!]!);
  }
  const match = SUFFIX.exec(name);
  if (match) return part(match[1]!, ROLES[match[2] ?? match[3] ?? match[4]!]!);
  const other = OTHER_SUFFIX.exec(name);
  if (other) return part(other[1]!, ROLES[other[2]!]!);
  return name.endsWith('.alpha') ? part(name.slice(0, -'.alpha'.length), 'alpha') : undefined;
}

/** The module that old processors called `to_q`: CLIP's own name for it is `q_proj`. */
function oldProjection(attention: string, part: string): string {
  if (attention.endsWith('self_attn')) return `${part}_proj`;
  return part === 'out' ? 'to_out.0' : `to_${part}`;
}

/** Keys by which other kinds of adapters and other models are known, in words. The first that fits is told. */
const FOREIGN: readonly (readonly [key: RegExp, words: string])[] = [
  [/^lora_te2_|(^|\.)text_encoder_2\.|^(lora_unet_)?(label_emb|add_embedding)/, 'it is for Stable Diffusion XL'],
  [/^lora_te3_|joint_(transformer_)?blocks/, 'it is for Stable Diffusion 3'],
  [/(^|[._])(double|single)_(stream_)?blocks|single_transformer_blocks/, 'it is for FLUX'],
  [/^(lora_)?transformer[._]/, 'it is for a diffusion transformer'],
  [/^lora_prior[._]|^lora_unet_(effnet|clip_txt)/, 'it is for Stable Cascade'],
  [/\.ia3_l|\.on_input$/, 'it is an IA³ adapter, which scales activations'],
  [/\.b?oft_|\.oft_blocks$/, 'it is an OFT adapter, which turns weights'],
  [/\.vera_lambda|(^|\.)vera_[AB]/, 'it is a VeRA adapter, not a plain LoRA'],
  [/\.lora_(B|up)(\.\w+)?\.bias$/, 'its second matrices have biases of their own (lora_bias)'],
  [/\.(w_norm|b_norm)$/, 'it changes norms (w_norm, b_norm), not layers alone'],
  [/\.diff(_b)?$/, 'it holds whole differences of weights (diff), not a plain LoRA'],
  [/\.[ab][12]\.weight$/, 'it is a GLoRA adapter, not a plain LoRA'],
  [/^(bundle_)?emb(_params)?\b/, 'it holds an embedding (textual inversion)'],
  [/\.base_layer\.bias$|modules_to_save/, 'it changes biases or whole modules of the base model as well'],
];

/** Why a key of another kind of adapter cannot be used, in words. */
export function describeForeignKey(name: string): string | undefined {
  return FOREIGN.find(([key]) => key.test(name))?.[1];
}
