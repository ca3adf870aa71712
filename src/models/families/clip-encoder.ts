// A CLIP text tower as an encoder of prompts.

import { input } from '../../engine/graph/tensor.ts';
import { declareParams, type ParamSpec } from '../../engine/nn/params.ts';
import type { ClipTextConfig } from '../clip/config.ts';
import { clipTextEmbed, clipTextHidden, clipTextPenultimate, clipTextStates } from '../clip/text.ts';
import { checkTokenizer } from '../tokenizer/check.ts';
import { loadTokenizer } from '../tokenizer/files.ts';
import type { PartClass, PromptEncoder } from './model.ts';

const WEIGHT_FILE = 'model.safetensors';
/** As diffusers' scripts for text encoders have it. */
const ADAPTED = ['q_proj', 'k_proj', 'v_proj', 'out_proj'];

export const CLIP_TOWER: PartClass = { library: 'transformers', className: 'CLIPTextModel', weightFile: WEIGHT_FILE };
export const PROJECTED_TOWER: PartClass = { ...CLIP_TOWER, className: 'CLIPTextModelWithProjection' };

/** The encoder of `component` with the tokenizer of the same number. */
export function clipEncoderOf(
  component: string,
  config: ClipTextConfig,
  outputs: PromptEncoder['outputs'],
): PromptEncoder {
  return {
    component,
    tokenizer: component.replace('text_encoder', 'tokenizer'),
    tokenize(files, model) {
      const tokenizer = loadTokenizer(files);
      checkTokenizer(model, tokenizer, config);
      return tokenizer;
    },
    outputs,
    adapts: ADAPTED,
  };
}

/** The states before the last layer, and with a projection the whole text as one vector. */
export function statesAndPooled(config: ClipTextConfig, projected: boolean): PromptEncoder['outputs'] {
  return (p, ids, options) => {
    if (!projected) return { states: clipTextPenultimate(p, config, ids, options) };
    const { penultimate, hidden } = clipTextStates(p, config, ids, options);
    return { states: penultimate, pooled: clipTextEmbed(p, config, ids, hidden) };
  };
}

/** All parameters of a tower, with those of the projection where it has one. */
export function declareTower(config: ClipTextConfig, projected = false): ParamSpec[] {
  const ids = input('ids', [1, 1], 'int32');
  return declareParams((p) => {
    const hidden = clipTextHidden(p, config, ids);
    if (projected) clipTextEmbed(p, config, ids, hidden);
  });
}
