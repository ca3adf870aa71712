// A text encoder's names in the original layout below a prefix: Hugging Face's own, or OpenCLIP's, where queries, keys and
// values are one matrix.

import type { Placing } from './format.ts';

/** Whose names a text encoder bears. */
export type TextTower = 'transformers' | 'openclip';

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

/** Where the parameters of a text encoder stand below `prefix`. */
export function textPlacing(tower: TextTower, prefix: string): Placing {
  if (tower === 'transformers') return ({ name }) => ({ from: `${prefix}${name}` });
  return ({ name, shape }) => {
    // OpenCLIP multiplies from the other side, and without a bias.
    if (name === 'text_projection.weight')
      return { from: `${prefix}text_projection`, form: 'transposed', stored: shape.toReversed() };
    const [, layer, module, kind] = LAYER.exec(name) ?? [];
    if (layer === undefined) return { from: `${prefix}${OUTER[name.slice('text_model.'.length)]}` };
    const block = `${prefix}transformer.resblocks.${layer}`;
    const index = FUSED.indexOf(module!.replace('self_attn.', ''));
    if (index < 0) return { from: `${block}.${INNER[module!]}.${kind}` };
    const of = FUSED.length;
    return {
      from: `${block}.attn.in_proj_${kind}`,
      part: { index, of },
      stored: [of * shape[0]!, ...shape.slice(1)],
    };
  };
}
