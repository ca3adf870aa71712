// The reward head compiled for scoring pairs of image and text, a fixed number at a time.

import { mul } from '../graph/functions.ts';
import { input, type Tensor } from '../graph/tensor.ts';
import { countParams, declareParams, flatParams, type ParamSpec, type Params } from '../nn/params.ts';
import { compile } from '../runtime/program.ts';
import { type RewardFeatures, rewardHead } from './head.ts';

/** What decides the shape of the head. */
export interface RewardShape {
  /** E, the width of an embedding. */
  readonly width: number;
  readonly hiddenWidth: number;
  readonly layers: number;
  readonly features: RewardFeatures;
}

/**
 * The head over embeddings of length 1, which it first brings to elements of size 1, so that layers initialised for
 * such inputs learn at their usual rates.
 *
 * @param image [B, E]
 * @param text [B, E] or [B, N, E]
 * @returns [B] or [B, N]
 */
export function scoreUnitEmbeddings(p: Params, image: Tensor, text: Tensor, shape: RewardShape): Tensor {
  const scale = Math.sqrt(shape.width);
  return rewardHead(p, mul(image, scale), mul(text, scale), shape.hiddenWidth, shape);
}

/** The parameters of a head. */
export function rewardSpecs(shape: RewardShape): ParamSpec[] {
  const embedding = (name: string) => input(name, [1, shape.width]);
  return declareParams((p) => scoreUnitEmbeddings(p, embedding('images'), embedding('texts'), shape));
}

/** Embeddings [E] of length 1. */
export interface EmbeddedPair {
  readonly imageEmbedding: Float32Array;
  readonly textEmbedding: Float32Array;
}

export interface Scorer {
  /** `r(x, z)` of pairs, [pairs]; each depends on its own pair alone. */
  score(params: Float32Array, pairs: readonly EmbeddedPair[]): Promise<Float32Array>;
  dispose(): Promise<void>;
}

const PAIRS_PER_RUN = 256;

/** Compiles the head; the parameters [P] are an input, so that one program serves them all. */
export async function openScorer(shape: RewardShape, threads = 0): Promise<Scorer> {
  const { width } = shape;
  const specs = rewardSpecs(shape);
  const flat = input('params', [countParams(specs)]);
  const [images, texts] = [input('images', [PAIRS_PER_RUN, width]), input('texts', [PAIRS_PER_RUN, width])];
  const scores = scoreUnitEmbeddings(flatParams(specs, flat), images, texts, shape);
  const program = await compile({ scores }, { threads });

  async function scoreSome(params: Float32Array, pairs: readonly EmbeddedPair[]): Promise<Float32Array> {
    const feeds = { images: new Float32Array(PAIRS_PER_RUN * width), texts: new Float32Array(PAIRS_PER_RUN * width) };
    pairs.forEach(({ imageEmbedding, textEmbedding }, row) => {
      feeds.images.set(imageEmbedding, row * width);
      feeds.texts.set(textEmbedding, row * width);
    });
    const results = await program.run({ params, ...feeds });
    return (results.scores!.data as Float32Array).subarray(0, pairs.length);
  }

  return {
    async score(params, pairs) {
      const all = new Float32Array(pairs.length);
      for (let i = 0; i < pairs.length; i += PAIRS_PER_RUN)
        all.set(await scoreSome(params, pairs.slice(i, i + PAIRS_PER_RUN)), i);
      return all;
    },
    dispose: () => program.dispose(),
  };
}
