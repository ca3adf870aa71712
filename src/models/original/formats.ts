// Which family a file in the original layout belongs to, told from its names.

import { CollimateError } from '../../util/errors.ts';
import { SUPPORTED } from '../families/families.ts';
import type { Family } from '../families/model.ts';
import type { OriginalFormat, Shapes } from './format.ts';
import { STABLE_DIFFUSION_3_FILES } from './sd3.ts';
import { STABLE_DIFFUSION_XL_FILES } from './sdxl.ts';
import { STABLE_DIFFUSION_FILES } from './stable-diffusion.ts';

const FORMATS: readonly OriginalFormat[] = [
  STABLE_DIFFUSION_XL_FILES,
  STABLE_DIFFUSION_3_FILES,
  STABLE_DIFFUSION_FILES,
];

const WHOLE = 'Name a checkpoint of a whole model, or a folder in the diffusers layout.';

/** Keys by which other files are known, and what to do with them. */
const FOREIGN: readonly (readonly [key: RegExp, hint: string])[] = [
  [
    /\.quant_state\.|\.(weight_scale|scale_weight|comfy_quant)$/,
    'Its weights are quantised: fetch it in float32, float16 or bfloat16.',
  ],
  [/^control_model\.|(^|\.)(input_hint_block|controlnet_cond_embedding)\./, 'This is a ControlNet, not a model.'],
  [
    /^conditioner\.embedders\.0\.model\./,
    'This is the refiner of Stable Diffusion XL, which draws over pictures: name the base model.',
  ],
  [/(^|\.)(double|single)_blocks\./, `This is a FLUX model. ${SUPPORTED}`],
  [
    /(^|\.)joint_blocks\./,
    'This is the transformer of Stable Diffusion 3 alone; name its folder in the diffusers layout, or the file that includes its text encoders.',
  ],
  [
    /lora/,
    'This is a LoRA, not a model: name the model it adapts, and merge it with `collimate convert MODEL --lora FILE`.',
  ],
  [/^(emb_params|clip_[lg])$/, 'This is a learned embedding (textual inversion), not a model.'],
  [/^(encoder|decoder)\.conv_in\./, `This is an autoencoder alone. ${WHOLE}`],
  [/^text_model\.encoder\./, `This is a text encoder alone. ${WHOLE}`],
];

/** @throws CollimateError MODEL_CONFIG where a file is of no family that is built here, or lacks parts of one. */
export function findFormat(path: string, source: Shapes): OriginalFormat {
  const format = FORMATS.find((one) => one.matches(source));
  const missing = (format ?? STABLE_DIFFUSION_FILES).missing(source);
  if (format && missing.length === 0) return format;
  const names = source.names();
  const whole = `Name a whole ${(format ?? STABLE_DIFFUSION_FILES).family.words} checkpoint, or a folder in the diffusers layout.`;
  const foreign = FOREIGN.find(([key]) => names.some((name) => key.test(name)))?.[1];
  throw new CollimateError(
    'MODEL_CONFIG',
    `model ${path}: expected ${missing.join(' and ')}, got none`,
    foreign ?? whole,
  );
}

/** The format of a family's files; none where it has no original layout. */
export function formatOf(family: Family): OriginalFormat | undefined {
  return FORMATS.find((format) => format.family === family);
}
