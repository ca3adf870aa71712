// The judge's network: a small convolutional classifier of scenes with one head for each part of a prompt.

import { mean, relu, reshape } from '../../engine/graph/functions.ts';
import type { Tensor } from '../../engine/graph/tensor.ts';
import { conv2d, groupNorm, linear } from '../../engine/nn/layers.ts';
import type { Params } from '../../engine/nn/params.ts';
import { COUNTS } from '../../project/prompts/grammar.ts';
import { worldGrammar } from '../../project/prompts/world-grammar.ts';

/** What each head tells apart. Each head has one class more, the last: unclear. */
export const JUDGE_CLASSES = {
  count: COUNTS.map(String),
  color: worldGrammar.colors,
  subject: worldGrammar.subjects.map(({ singular }) => singular),
  background: worldGrammar.backgrounds.map(({ name }) => name),
} as const;

export type JudgeHead = keyof typeof JUDGE_CLASSES;
export const JUDGE_HEADS = Object.keys(JUDGE_CLASSES) as JudgeHead[];

/** The width of the features on which Fréchet distance and diversity are measured. */
export const FEATURE_WIDTH = 96;

const WIDTHS = [24, 48, 72, FEATURE_WIDTH] as const;

export interface JudgeOutputs {
  /** [B, 96] */
  readonly features: Tensor;
  /** Logits [B, classes + 1] of each head. */
  readonly logits: Readonly<Record<JudgeHead, Tensor>>;
}

/**
 * Four 3×3 convolutions, three of them with stride 2, then a layer over all positions, since counting needs places.
 *
 * @param pixels [B, 3, 32, 32] in [−1, 1]
 */
export function judgeNetwork(p: Params, pixels: Tensor): JudgeOutputs {
  let x = pixels;
  WIDTHS.forEach((width, i) => {
    x = conv2d(p.in('convs').in(i), x, width, 3, { padding: 1, stride: i === 0 ? 1 : 2 });
    x = relu(groupNorm(p.in('norms').in(i), x, 8, 1e-5));
  });
  const flat = relu(linear(p.in('positions'), reshape(x, [x.shape[0]!, -1]), 160));
  const features = mean(x, [2, 3]); // [B, 96]
  const logits = Object.fromEntries(
    JUDGE_HEADS.map((head) => [head, linear(p.in('heads').in(head), flat, JUDGE_CLASSES[head].length + 1)]),
  );
  return { features, logits: logits as Record<JudgeHead, Tensor> };
}
