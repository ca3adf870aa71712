// Whether a tokenizer and a text tower belong together.

import { CollimateError } from '../../util/errors.ts';
import type { ClipTextConfig } from '../clip/config.ts';
import type { Tokenizer } from './tokenizer.ts';

/** @throws CollimateError MODEL_CONFIG where a token has no row in the embedding, or a text no place. */
export function checkTokenizer(
  folder: string,
  { added, vocabSize, maxLength }: Tokenizer,
  { vocab_size: rows, max_position_embeddings: places }: ClipTextConfig,
): void {
  const beyond = added.filter(({ id }) => id >= rows);
  if (beyond.length > 0)
    throw new CollimateError(
      'MODEL_CONFIG',
      `model ${folder}: expected a row of the embedding for each added token, got ${beyond.length} of ${added.length} without one, ` +
        `such as ${JSON.stringify(beyond[0]!.content)}, whose id is ${beyond[0]!.id} of ${rows}`,
      'Use the text encoder that was saved with these tokens, or remove them from the tokenizer folder.',
    );
  if (vocabSize <= rows && maxLength <= places) return;
  throw new CollimateError(
    'MODEL_CONFIG',
    `model ${folder}: expected a tokenizer of at most ${rows} ids and ${places} in a row, got ${vocabSize} and ${maxLength}`,
    'Use the tokenizer and the text encoder of one model.',
  );
}
