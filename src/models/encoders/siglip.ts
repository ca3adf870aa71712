// SigLIP and SigLIP 2 with pictures of one size (Zhai et al., 2023; Tschannen et al., 2025).

import { input } from '../../engine/graph/tensor.ts';
import { declareParams } from '../../engine/nn/params.ts';
import { loadPreprocessing, SIGLIP_PROCESSOR } from '../clip/preprocessing.ts';
import { parseSiglipConfig } from '../siglip/config.ts';
import { siglipTextEmbed } from '../siglip/text.ts';
import { siglipImageEmbed } from '../siglip/vision.ts';
import { loadSiglipTokenizer } from '../tokenizer/siglip.ts';
import { LOGIT_SCALE, type ReadEncoder } from './encoder.ts';

export const readSiglip: ReadEncoder = (folder, raw) => {
  const { text, vision, width } = parseSiglipConfig(raw, `${folder}/config.json`);
  const { image_size: side, num_channels: channels } = vision;
  const { max_position_embeddings: length, vocab_size: rows } = text;
  const { tokenizer, end, pad, file } = loadSiglipTokenizer(folder, { length, rows });
  return {
    ...{ width, channels, side, tokenizer },
    logitScale: Math.log(10), // as its training started
    preprocessing: loadPreprocessing(folder, side, SIGLIP_PROCESSOR),
    declare: () =>
      declareParams((p) => {
        siglipTextEmbed(p, text, input('ids', [1, 1], 'int32'));
        siglipImageEmbed(p, vision, input('pixels', [1, channels, side, side]));
        for (const name of [LOGIT_SCALE, 'logit_bias']) p.get(name, [1], { constant: 0 });
      }),
    image: (p, pixels) => siglipImageEmbed(p, vision, pixels),
    text: (p, ids) => siglipTextEmbed(p, text, ids),
    describeIds: () => ({
      fields: {
        ...{ length, end, pad, tokenizer: TOKENIZER },
        steps: `the lower-cased text by \`${TOKENIZER}\` beside this file (Hugging Face's form) without special tokens, end; cut to \`length\` with the end kept, or padded`,
      },
      files: { [TOKENIZER]: file },
    }),
  };
};

const TOKENIZER = 'tokenizer.json';
