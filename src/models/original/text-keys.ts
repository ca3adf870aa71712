// The text encoder's names in the original layout: Hugging Face's own below a prefix in 1.x, OpenCLIP's in 2.x, where
// queries, keys and values are one matrix.

/** Where a parameter lies: the original name, and which third of a fused matrix it is. */
export interface TextKey {
  readonly from: string;
  readonly part?: { readonly index: number; readonly of: number };
}

/** `transformers`: Stable Diffusion 1.x; `openclip`: 2.x. */
export type TextTower = 'transformers' | 'openclip';

export const TEXT_PREFIX: Readonly<Record<TextTower, string>> = {
  transformers: 'cond_stage_model.transformer.',
  openclip: 'cond_stage_model.model.',
};

const OUTER: Readonly<Record<string, string>> = {
  'embeddings.token_embedding.weight': 'token_embedding.weight',
  'embeddings.position_embedding.weight': 'positional_embedding',
  'final_layer_norm.weight': 'ln_final.weight',
  'final_layer_norm.bias': 'ln_final.bias',
};

const INNER: Readonly<Record<string, string>> = {
  layer_norm1: 'ln_1',
  layer_norm2: 'ln_2',
  'self_attn.out_proj': 'attn.out_proj',
  'mlp.fc1': 'mlp.c_fc',
  'mlp.fc2': 'mlp.c_proj',
};

const FUSED = ['q_proj', 'k_proj', 'v_proj'];
const LAYER = /^text_model\.encoder\.layers\.(\d+)\.(.+)\.(weight|bias)$/;

/** From the canonical name of a text encoder's parameter to the original one. */
export function originalTextKey(tower: TextTower, name: string): TextKey {
  const prefix = TEXT_PREFIX[tower];
  if (tower === 'transformers') return { from: `${prefix}${name}` };
  const [, layer, module, kind] = LAYER.exec(name) ?? [];
  if (layer === undefined) return { from: `${prefix}${OUTER[name.slice('text_model.'.length)]}` };
  const block = `${prefix}transformer.resblocks.${layer}`;
  const index = FUSED.indexOf(module!.replace('self_attn.', ''));
  if (index < 0) return { from: `${block}.${INNER[module!]}.${kind}` };
  return { from: `${block}.attn.in_proj_${kind}`, part: { index, of: FUSED.length } };
}
