// The encoders of pictures and texts, by the model_type of their config.json. Adding one is a file beside this and a line here.

import { CollimateError } from '../../util/errors.ts';
import { readJsonObject } from '../config.ts';
import { readClip } from './clip.ts';
import type { PictureTextEncoder, ReadEncoder } from './encoder.ts';
import { readSiglip } from './siglip.ts';

const ENCODERS: Readonly<Record<string, ReadEncoder>> = { clip: readClip, siglip: readSiglip };

/**
 * The encoder in a folder of the Hugging Face layout.
 *
 * @throws CollimateError MODEL_CONFIG where its model_type is none of the table, or its files do not hold.
 */
export function readEncoder(folder: string): PictureTextEncoder {
  const file = `${folder}/config.json`;
  const config = readJsonObject(file);
  // Files from before there were others do not say it.
  const { model_type: type = 'clip' } = config;
  const read = typeof type === 'string' && Object.hasOwn(ENCODERS, type) ? ENCODERS[type] : undefined;
  if (read) return read(folder, config);
  throw new CollimateError(
    'MODEL_CONFIG',
    `${file}: model_type: expected ${Object.keys(ENCODERS).join(' or ')}, got ${JSON.stringify(type)}`,
    type === 'siglip2'
      ? 'Use a SigLIP 2 with pictures of one size, such as google/siglip2-base-patch16-224: its config says siglip. Those of any size (naflex) are not built here.'
      : 'Use a CLIP or SigLIP in the Hugging Face layout, such as openai/clip-vit-large-patch14.',
  );
}
