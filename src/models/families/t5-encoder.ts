// T5 as an encoder of prompts.

import { input } from '../../engine/graph/tensor.ts';
import { declareParams, type ParamSpec } from '../../engine/nn/params.ts';
import { parseT5Config } from '../t5/config.ts';
import { t5Hidden } from '../t5/encoder.ts';
import { loadUnigramTokenizer } from '../tokenizer/unigram.ts';
import type { PromptEncoder, RawConfig } from './model.ts';

/** Tokens of a prompt that Stable Diffusion 3 reads, as its pipeline has it. */
export const T5_TOKENS = 256;

/** The encoder of a config.json, its width, and its parameters. */
export function t5EncoderOf(
  raw: RawConfig,
  where: string,
): { readonly encoder: PromptEncoder; readonly width: number; readonly declare: () => ParamSpec[] } {
  const config = parseT5Config(raw, where);
  return {
    width: config.d_model,
    declare: () => declareParams((p) => t5Hidden(p, config, input('ids', [1, 1], 'int32'))),
    encoder: {
      component: 'text_encoder_3',
      tokenizer: 'tokenizer_3',
      tokenize: (files, model) => loadUnigramTokenizer(files, model, { length: T5_TOKENS, rows: config.vocab_size }),
      outputs: (p, ids) => ({ states: t5Hidden(p, config, ids) }),
    },
  };
}
