// The reward head compiled for scoring pairs of image and text, a fixed number at a time.

import { add, concat, mul, reshape } from '../../engine/graph/functions.ts';
import { input, type Tensor } from '../../engine/graph/tensor.ts';
import { countParams, declareParams, flatParams, type ParamSpec, type Params } from '../../engine/nn/params.ts';
import { compile } from '../../engine/runtime/program.ts';
import { type CosineStart, cosineReward } from './cosine-head.ts';
import { type RewardFeatures, rewardHead } from './head.ts';
import { tasteOffset } from './taste/offset.ts';

/** What decides the shape of the head. */
export interface RewardShape {
  /** E, the width of an embedding. */
  readonly width: number;
  readonly hiddenWidth: number;
  readonly layers: number;
  readonly features: RewardFeatures;
  /** Heads of the ensemble; default 1. */
  readonly members?: number;
  /** Where it starts from the cosine of a scorer that was trained already. */
  readonly cosine?: CosineStart | undefined;
  /** Whether what a group likes is added to it. */
  readonly taste?: boolean | undefined;
}

/**
 * Each head of the ensemble over embeddings of length 1, which are first brought to elements of size 1, so that layers
 * initialised for such inputs learn at their usual rates. A single head has no scope of its own; of several, head m has
 * `members.<m>`.
 *
 * @param image [B, E]
 * @param text [B, E] or [B, N, E]
 * @returns for each head [B] or [B, N]
 */
export function scoreMembers(p: Params, image: Tensor, text: Tensor, shape: RewardShape): Tensor[] {
  const { width, hiddenWidth, members = 1, cosine } = shape;
  const [images, texts] = [mul(image, Math.sqrt(width)), mul(text, Math.sqrt(width))];
  const scopes = members === 1 ? [p] : Array.from({ length: members }, (_, m) => p.in('members').in(m));
  const scores = scopes.map((scope) => {
    const head = () => rewardHead(scope, images, texts, hiddenWidth, shape);
    return cosine ? cosineReward(scope, image, text, cosine, cosine.alone ? undefined : head) : head();
  });
  if (!shape.taste) return scores;
  const offset = tasteOffset(p, image, text);
  return scores.map((score) => add(score, offset));
}

/** The mean of `scoreMembers`: the reward of an ensemble (Lakshminarayanan et al., 2017), or that of its only head. */
export function scoreUnitEmbeddings(p: Params, image: Tensor, text: Tensor, shape: RewardShape): Tensor {
  const all = scoreMembers(p, image, text, shape);
  return all.length === 1
    ? all[0]!
    : mul(
        all.reduce((sum, one) => add(sum, one)),
        1 / all.length,
      );
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
  /** What each head says of them, [members][pairs]; their mean is `score`, their spread is doubt. */
  scoreMembers(params: Float32Array, pairs: readonly EmbeddedPair[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

const PAIRS_PER_RUN = 256;

/** Compiles the head; the parameters [P] are an input, so that one program serves them all. */
export async function openScorer(shape: RewardShape, threads = 0): Promise<Scorer> {
  const { width } = shape;
  const specs = rewardSpecs(shape);
  const flat = input('params', [countParams(specs)]);
  const [images, texts] = [input('images', [PAIRS_PER_RUN, width]), input('texts', [PAIRS_PER_RUN, width])];
  const heads = scoreMembers(flatParams(specs, flat), images, texts, shape);
  const rows = heads.map((scores) => reshape(scores, [1, PAIRS_PER_RUN]));
  const program = await compile({ scores: rows.length === 1 ? rows[0]! : concat(rows, 0) }, { threads }); // [M, B]

  async function runSome(params: Float32Array, pairs: readonly EmbeddedPair[]): Promise<Float32Array> {
    const feeds = { images: new Float32Array(PAIRS_PER_RUN * width), texts: new Float32Array(PAIRS_PER_RUN * width) };
    pairs.forEach(({ imageEmbedding, textEmbedding }, row) => {
      feeds.images.set(imageEmbedding, row * width);
      feeds.texts.set(textEmbedding, row * width);
    });
    const results = await program.run({ params, ...feeds });
    return results.scores!.data as Float32Array;
  }

  async function scoreAll(params: Float32Array, pairs: readonly EmbeddedPair[]): Promise<Float32Array[]> {
    const all = heads.map(() => new Float32Array(pairs.length));
    for (let start = 0; start < pairs.length; start += PAIRS_PER_RUN) {
      const some = pairs.slice(start, start + PAIRS_PER_RUN);
      const scores = await runSome(params, some);
      all.forEach((of, m) => {
        of.set(scores.subarray(m * PAIRS_PER_RUN, m * PAIRS_PER_RUN + some.length), start);
      });
    }
    return all;
  }

  return {
    score: async (params, pairs) => meanOf(await scoreAll(params, pairs)),
    scoreMembers: scoreAll,
    dispose: () => program.dispose(),
  };
}

/** The mean over heads, [pairs]. */
export function meanOf(members: readonly Float32Array[]): Float32Array {
  const [first] = members;
  if (members.length === 1) return first!;
  return first!.map((_, i) => members.reduce((sum, scores) => sum + scores[i]!, 0) / members.length);
}

/** The standard deviation over heads (divided by M − 1), [pairs]; 0 for a single head. */
export function spreadOf(members: readonly Float32Array[]): Float32Array {
  const means = meanOf(members);
  const freedom = Math.max(1, members.length - 1);
  return means.map((mean, i) =>
    Math.sqrt(members.reduce((sum, scores) => sum + (scores[i]! - mean) ** 2, 0) / freedom),
  );
}
