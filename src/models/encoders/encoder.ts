// What an encoder of pictures and texts is. Whoever embeds, exports or differentiates one knows it by this interface and the
// table of encoders.ts alone.

import type { Tensor } from '../../engine/graph/tensor.ts';
import type { ParamSpec, Params } from '../../engine/nn/params.ts';
import type { Preprocessing } from '../clip/preprocessing.ts';
import type { PromptTokenizer } from '../tokenizer/tokenizer.ts';

/** A folder's model of pictures and texts in one space, read and checked; nothing of its weights. */
export interface PictureTextEncoder {
  /** E, the width of an embedding. */
  readonly width: number;
  /** Of one picture, [3, side, side]. */
  readonly channels: number;
  readonly side: number;
  readonly preprocessing: Preprocessing;
  readonly tokenizer: PromptTokenizer;
  /** Initial `log` of the factor of the similarities, for files that do not store it. */
  readonly logitScale: number;
  /** All parameters. */
  declare(): ParamSpec[];
  /** Pixels [B, 3, side, side] to embeddings [B, E], not normalised. */
  image(p: Params, pixels: Tensor): Tensor;
  /** Ids [B, T] to embeddings [B, E], not normalised. */
  text(p: Params, ids: Tensor): Tensor;
  /** How a text becomes ids, for those who have neither this package nor the model: fields, and files by name. */
  describeIds(): { readonly fields: object; readonly files?: Readonly<Record<string, string>> };
}

/** A kind of encoder: how its folder is read. */
export type ReadEncoder = (folder: string, config: Record<string, unknown>) => PictureTextEncoder;

/** The key under which the factor of the similarities is stored, as its logarithm. */
export const LOGIT_SCALE = 'logit_scale';
