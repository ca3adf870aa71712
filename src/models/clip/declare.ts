// The parameters of a whole CLIP: names and shapes, from the code that uses them.

import { input } from '../../engine/graph/tensor.ts';
import { declareParams, type ParamSpec } from '../../engine/nn/params.ts';
import { clip } from './clip.ts';
import type { ClipConfig } from './config.ts';

/** In the order in which the model asks for them. */
export function declareClip(config: ClipConfig): ParamSpec[] {
  const { image_size: side, num_channels: channels } = config.vision;
  return declareParams((p) =>
    clip(p, config, input('ids', [1, 1], 'int32'), input('pixels', [1, channels, side, side])),
  );
}
