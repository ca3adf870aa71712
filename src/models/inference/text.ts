// The text encoder of a pipeline: prompts to the hidden states that the U-Net attends to.

import { input } from '../../engine/graph/tensor.ts';
import type { Params } from '../../engine/nn/params.ts';
import { CollimateError } from '../../util/errors.ts';
import { clipTextHidden } from '../clip/text.ts';
import type { Pipeline } from '../pipeline.ts';
import { checkTokenizer } from '../tokenizer/check.ts';
import { loadTokenizer } from '../tokenizer/files.ts';
import type { Tokenizer } from '../tokenizer/tokenizer.ts';
import type { EngineOptions } from './device.ts';
import { blame, diagnose } from './diagnose.ts';
import { inBatches, openNetwork } from './network.ts';
import { type PipelineOrPath, toPipeline } from './opened.ts';

export interface TextEncoder {
  /** Tokens of a prompt, T. */
  readonly length: number;
  /** Width of a token's hidden state, D. */
  readonly width: number;
  /**
   * Hidden states [prompts, T, D]; the empty prompt is what guidance is measured from.
   *
   * @throws CollimateError NON_FINITE that names the first layer whose output is no number.
   */
  encode(prompts: readonly string[]): Promise<{ hidden: Float32Array; length: number; width: number }>;
  dispose(): Promise<void>;
}

const BATCH = 8;

/** @throws CollimateError MODEL_CONFIG or WEIGHTS where the folder does not hold a whole text encoder. */
export async function openTextEncoder(model: PipelineOrPath, options: EngineOptions = {}): Promise<TextEncoder> {
  const pipeline = toPipeline(model);
  const { text } = pipeline;
  const tokenizer = openTokenizer(pipeline);
  const { maxLength: length } = tokenizer;
  const width = text.hidden_size;
  const hiddenOf = (p: Params) => clipTextHidden(p, text, input('ids', [BATCH, length], 'int32'));
  const who = `${pipeline.folder}/text_encoder`;
  const network = await openNetwork((p) => ({ hidden: hiddenOf(p) }), pipeline.open('text_encoder'), who, options);
  async function refuse(feeds: { ids: Int32Array }): Promise<never> {
    const error = new CollimateError('NON_FINITE', `text encoder: hidden states of ${who} are no numbers`);
    const broken = await diagnose((p) => [hiddenOf(p)], pipeline.open('text_encoder'), who, feeds, options);
    throw blame(error, broken, 'text_encoder');
  }
  return {
    length,
    width,
    async encode(prompts) {
      const size = length * width;
      const hidden = new Float32Array(prompts.length * size);
      for (const { start, items } of inBatches(prompts, BATCH)) {
        const ids = new Int32Array(BATCH * length);
        ids.set(tokenizer.encodeBatch(items).ids);
        const result = await network.run({ ids });
        if (!result.hidden!.every(Number.isFinite)) await refuse({ ids });
        hidden.set(result.hidden!.subarray(0, items.length * size), start * size);
      }
      return { hidden, length, width };
    },
    dispose: () => network.dispose(),
  };
}

/** Prompts whose hidden states are kept: 120 MB at the size of Stable Diffusion. */
const MOST_KEPT = 512;

/** Hidden states of prompts, one after another; a prompt is encoded once while it is kept. */
export function cacheHidden(text: TextEncoder): (prompts: readonly string[]) => Promise<Float32Array> {
  const size = text.length * text.width;
  const kept = new Map<string, Float32Array>();
  return async (prompts) => {
    const distinct = [...new Set(prompts)];
    if (distinct.some((prompt) => !kept.has(prompt)) && kept.size + distinct.length > MOST_KEPT) kept.clear();
    const wanted = distinct.filter((prompt) => !kept.has(prompt));
    const { hidden } = await text.encode(wanted);
    wanted.forEach((prompt, i) => void kept.set(prompt, hidden.slice(i * size, (i + 1) * size)));
    const rows = new Float32Array(prompts.length * size);
    prompts.forEach((prompt, i) => void rows.set(kept.get(prompt)!, i * size));
    return rows;
  };
}

function openTokenizer({ folder, tokenizer, text }: Pipeline): Tokenizer {
  if (tokenizer === undefined)
    throw new CollimateError(
      'MODEL_CONFIG',
      `model ${folder}: expected a tokenizer folder, got none`,
      'Fetch the whole model folder again.',
    );
  const loaded = loadTokenizer(tokenizer);
  checkTokenizer(folder, loaded, text);
  return loaded;
}
