// The transformer's names in the original layout of Stable Diffusion 3, where queries, keys and values are one matrix.

import type { Placing } from './format.ts';

const OUTER: Readonly<Record<string, string>> = {
  'pos_embed.pos_embed': 'pos_embed',
  'pos_embed.proj.': 'x_embedder.proj.',
  'time_text_embed.timestep_embedder.linear_1.': 't_embedder.mlp.0.',
  'time_text_embed.timestep_embedder.linear_2.': 't_embedder.mlp.2.',
  'time_text_embed.text_embedder.linear_1.': 'y_embedder.mlp.0.',
  'time_text_embed.text_embedder.linear_2.': 'y_embedder.mlp.2.',
  'context_embedder.': 'context_embedder.',
  'norm_out.linear.': 'final_layer.adaLN_modulation.1.',
  'proj_out.': 'final_layer.linear.',
};

/** Modules of a block, and the place of those that are parts of a fused matrix. */
const INNER: Readonly<Record<string, readonly [module: string, part?: number]>> = {
  'norm1.linear': ['x_block.adaLN_modulation.1'],
  'norm1_context.linear': ['context_block.adaLN_modulation.1'],
  'attn.to_q': ['x_block.attn.qkv', 0],
  'attn.to_k': ['x_block.attn.qkv', 1],
  'attn.to_v': ['x_block.attn.qkv', 2],
  'attn.norm_q': ['x_block.attn.ln_q'],
  'attn.norm_k': ['x_block.attn.ln_k'],
  'attn.to_out.0': ['x_block.attn.proj'],
  'attn.add_q_proj': ['context_block.attn.qkv', 0],
  'attn.add_k_proj': ['context_block.attn.qkv', 1],
  'attn.add_v_proj': ['context_block.attn.qkv', 2],
  'attn.norm_added_q': ['context_block.attn.ln_q'],
  'attn.norm_added_k': ['context_block.attn.ln_k'],
  'attn.to_add_out': ['context_block.attn.proj'],
  'attn2.to_q': ['x_block.attn2.qkv', 0],
  'attn2.to_k': ['x_block.attn2.qkv', 1],
  'attn2.to_v': ['x_block.attn2.qkv', 2],
  'attn2.norm_q': ['x_block.attn2.ln_q'],
  'attn2.norm_k': ['x_block.attn2.ln_k'],
  'attn2.to_out.0': ['x_block.attn2.proj'],
  'ff.net.0.proj': ['x_block.mlp.fc1'],
  'ff.net.2': ['x_block.mlp.fc2'],
  'ff_context.net.0.proj': ['context_block.mlp.fc1'],
  'ff_context.net.2': ['context_block.mlp.fc2'],
};

const BLOCK = /^transformer_blocks\.(\d+)\.(.+)\.(weight|bias)$/;

/** Where the parameters of a transformer of so many blocks stand below `prefix`. */
export function sd3Placing(blocks: number, prefix: string): Placing {
  return ({ name, shape }) => {
    const [, block, module, kind] = BLOCK.exec(name) ?? [];
    if (block === undefined) {
      const [ours, theirs] = Object.entries(OUTER).find(([start]) => name.startsWith(start))!;
      const from = prefix + name.replace(ours, theirs);
      return ours.startsWith('norm_out') ? { from, form: 'halves swapped' } : { from };
    }
    const [original, index] = INNER[module!]!;
    const from = `${prefix}joint_blocks.${block}.${original}.${kind}`;
    if (index !== undefined) return { from, part: { index, of: 3 }, stored: [3 * shape[0]!, ...shape.slice(1)] };
    // The last block's text has a norm that is told (shift, scale) there and (scale, shift) in diffusers.
    const isLast = module === 'norm1_context.linear' && Number(block) === blocks - 1;
    return isLast ? { from, form: 'halves swapped' } : { from };
  };
}
