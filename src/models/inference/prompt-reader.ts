// How much of a prompt a model reads: its tokenizer cuts a text at a fixed number of tokens, and what stands behind is lost.

import { openTokenizer } from './conditioner.ts';
import { type PipelineOrPath, toPipeline } from './opened.ts';

/** A prompt that is longer than its model reads. */
export interface PromptCut {
  /** Tokens of the whole text, start and end counted. */
  readonly tokens: number;
  /** The part that the model reads, and the part that it does not. */
  readonly kept: string;
  readonly lost: string;
}

export interface PromptReader {
  /** Tokens that the model reads, start and end counted. */
  readonly limit: number;
  /** Undefined where nothing is lost. */
  cut(text: string): PromptCut | undefined;
}

/**
 * The reader of a model, by the encoder that reads the most, since what one cuts off another may see; undefined where the
 * model has no tokenizer of its own.
 */
export function openPromptReader(pipeline: PipelineOrPath): PromptReader | undefined {
  const model = toPipeline(pipeline);
  const readers = model.prompts.encoders.flatMap((encoder) =>
    model.tokenizers[encoder.tokenizer] === undefined ? [] : [openTokenizer(model, encoder)],
  );
  if (readers.length === 0) return undefined;
  const { maxLength: limit, measure } = readers.reduce((a, b) => (b.maxLength > a.maxLength ? b : a));
  return {
    limit,
    cut(text) {
      const tokens = measure(text);
      if (tokens <= limit) return undefined;
      const letters = [...text];
      // The longest beginning that fits: one more letter never makes a text shorter by more than a token or two.
      let [fits, over] = [0, letters.length];
      while (over - fits > 1) {
        const middle = (fits + over) >> 1;
        if (measure(letters.slice(0, middle).join('')) <= limit) fits = middle;
        else over = middle;
      }
      return { tokens, kept: letters.slice(0, fits).join(''), lost: letters.slice(fits).join('') };
    },
  };
}
