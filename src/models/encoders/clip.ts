// CLIP of any size in the Hugging Face layout: OpenAI's and OpenCLIP's, which differ by config alone.

import { parseClipConfig } from '../clip/config.ts';
import { declareClip } from '../clip/declare.ts';
import { loadPreprocessing } from '../clip/preprocessing.ts';
import { clipTextEmbed, clipTextHidden } from '../clip/text.ts';
import { clipImageEmbed } from '../clip/vision.ts';
import { checkTokenizer } from '../tokenizer/check.ts';
import { readTokenizerFiles } from '../tokenizer/files.ts';
import { createTokenizer, tokenId } from '../tokenizer/tokenizer.ts';
import type { ReadEncoder } from './encoder.ts';

export const readClip: ReadEncoder = (folder, raw) => {
  const config = parseClipConfig(raw, `${folder}/config.json`);
  const { projectionDim: width, logitScale } = config;
  const text = { ...config.text, projection_dim: width };
  const vision = { ...config.vision, projection_dim: width };
  const { image_size: side, num_channels: channels } = vision;
  const files = readTokenizerFiles(folder);
  const tokenizer = createTokenizer(files);
  checkTokenizer(folder, tokenizer, config.text);
  return {
    ...{ width, channels, side, tokenizer, logitScale },
    preprocessing: loadPreprocessing(folder, side),
    declare: () => declareClip(config),
    image: (p, pixels) => clipImageEmbed(p, vision, pixels),
    text: (p, ids) => clipTextEmbed(p, text, ids, clipTextHidden(p, text, ids)),
    describeIds() {
      const { vocab, merges, special, added, maxLength } = files;
      const [start, end, pad] = [special.bos, special.eos, special.pad].map((token) => tokenId(files, token));
      const steps = 'start, byte pairs of the lower-cased text, end; cut to `length` with the end kept, or padded';
      return {
        fields: {
          ...{ length: maxLength, steps, start, end, pad, vocab },
          ...(added.length > 0 && { added }),
          merges: merges.map((pair) => pair.join(' ')),
        },
      };
    },
  };
};
