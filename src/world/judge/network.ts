// The judges' networks: small convolutional classifiers of scenes with one head for each part of a prompt.

import { add, mean, relu, reshape } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { conv2d, groupNorm, linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import type { JudgeClasses, JudgeHead } from './classes.ts';
import { JUDGE_HEADS } from './classes.ts';

export interface JudgeOutputs {
  /** [B, width]: what Fréchet distance and diversity are measured on. */
  readonly features: Tensor;
  /** Logits [B, classes] of each head. */
  readonly logits: Readonly<Record<JudgeHead, Tensor>>;
}

/** From pixels [B, 3, size, size] in [−1, 1] to what each head says. */
export type JudgeNetwork = (p: Params, pixels: Tensor, classes: JudgeClasses) => JudgeOutputs;

/** The width of the features of both networks. */
export const FEATURE_WIDTH = 96;

const WIDTHS = [24, 48, 72, FEATURE_WIDTH] as const;

/** Four 3×3 convolutions, three of them with stride 2, then a layer of `hidden` over all positions, since counting needs places. */
export function placesNetwork(hidden: number): JudgeNetwork {
  return (p, pixels, classes) => {
    let x = pixels;
    WIDTHS.forEach((width, i) => {
      x = convolve(p, i, x, width, i === 0 ? 1 : 2);
    });
    const flat = relu(linear(p.in('positions'), reshape(x, [x.shape[0]!, -1]), hidden));
    return { features: mean(x, [2, 3]), logits: headsOf(p, flat, classes) };
  };
}

/** Stride from the first layer on, residual blocks between, then a layer over all positions of an eighth of the size. */
export const blocksNetwork: JudgeNetwork = (p, pixels, classes) => {
  let x = pixels;
  for (const [i, width] of [24, 48, FEATURE_WIDTH].entries()) {
    x = convolve(p, 3 * i, x, width, 2);
    if (i > 0) x = add(x, convolve(p, 3 * i + 2, convolve(p, 3 * i + 1, x, width, 1), width, 1));
  }
  const flat = relu(linear(p.in('blocks'), reshape(x, [x.shape[0]!, -1]), 96));
  return { features: mean(x, [2, 3]), logits: headsOf(p, flat, classes) };
};

function convolve(p: Params, i: number, x: Tensor, width: number, stride: number): Tensor {
  return relu(
    groupNorm(p.in('norms').in(i), conv2d(p.in('convs').in(i), x, width, 3, { padding: 1, stride }), 8, 1e-5),
  );
}

function headsOf(p: Params, x: Tensor, classes: JudgeClasses): JudgeOutputs['logits'] {
  const logits = JUDGE_HEADS.map((head) => [head, linear(p.in('heads').in(head), x, classes[head].length)]);
  return Object.fromEntries(logits) as Record<JudgeHead, Tensor>;
}
