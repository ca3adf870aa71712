// The reward function as the judge of pictures that are drawn while tuning, and are not stored: as numbers, and as a graph.

import { constant } from '../../../engine/graph/functions.ts';
import type { Tensor } from '../../../engine/graph/tensor.ts';
import { bindParams, type Params } from '../../../engine/nn/params.ts';
import { openParameters } from '../../../engine/weights/read-weights.ts';
import type { TensorSource } from '../../../engine/weights/tensor.ts';
import { normalize } from '../../../models/clip/clip.ts';
import { preprocessPixels } from '../../../models/clip/preprocess-graph.ts';
import type { RgbImage } from '../../../models/clip/resample.ts';
import { readEncoder } from '../../../models/encoders/encoders.ts';
import type { DiffusionModel } from '../../../models/families/model.ts';
import type { ClipEmbedder } from '../../../models/inference/clip.ts';
import { storedParams } from '../../../models/inference/stored-params.ts';
import { CollimateError } from '../../../util/errors.ts';
import { openRewardModel, type RewardModelHandle } from '../../reward/model.ts';
import { checkEncoder, openProjectClip } from '../../reward/score-images.ts';
import { scoreUnitEmbeddings } from '../../reward/scorer.ts';
import type { Session } from '../../session.ts';
import type { Prepared } from '../prepare.ts';

/** What pictures are worth for these prompts, one number each. */
export type PictureScore = (pictures: readonly RgbImage[], prompts: readonly string[]) => Promise<ArrayLike<number>>;

/** The reward of clean latents as a graph, through the autoencoder's decoder and the encoder of pictures, none of which learns. */
export interface RewardGraph {
  /** E, the width of a prompt's embedding. */
  readonly width: number;
  /** Embeddings [E] of prompts. */
  embed(prompts: readonly string[]): Promise<Float32Array[]>;
  /** Latents [B, C, h, w] as the network sees them, and embeddings [B, E], to rewards [B]. */
  rewards(latents: Tensor, prompts: Tensor): Tensor;
}

export interface PictureJudge {
  readonly score: PictureScore;
  /** Made when it is first asked for. @throws CollimateError CONFIG where the reward has no slope by its pictures. */
  graph(): RewardGraph;
}

/** @throws CollimateError MISMATCH where the reward function was trained on another CLIP than the project's. */
export async function openPictureJudge(
  session: Session,
  { rewardHash, pipeline }: Pick<Prepared, 'rewardHash' | 'pipeline'>,
): Promise<PictureJudge & { dispose(): Promise<void> }> {
  const model = await openRewardModel(session.project, rewardHash ?? undefined);
  const clip = await openProjectClip(session);
  checkEncoder(model, clip);
  let made: RewardGraph | undefined;
  return {
    async score(pictures, prompts) {
      const embedded = await clip.embedImages(pictures);
      const texts = await clip.embedTexts(prompts);
      return model.score(embedded.map((imageEmbedding, i) => ({ imageEmbedding, textEmbedding: texts[i]! })));
    },
    graph() {
      made ??= makeGraph(pipeline, clip, model);
      return made;
    },
    async dispose() {
      await clip.dispose();
      await model.dispose();
    },
  };
}

function makeGraph(pipeline: DiffusionModel, clip: ClipEmbedder, reward: RewardModelHandle): RewardGraph {
  const { dir, precision } = clip.source;
  if (precision === 'int8')
    throw new CollimateError(
      'CONFIG',
      'clipPrecision: int8 rounds what the reward function sees, and steps have no slope to follow',
      'Set clipPrecision to float32 and train the reward function again, or tune by another method.',
    );
  const encoder = readEncoder(dir);
  const autoencoder = holdParams(pipeline.declare.vae!(), pipeline.open('vae'), `${pipeline.folder}/vae`);
  const tower = holdParams(encoder.declare(), openParameters(dir), dir);
  const head = bindParams(({ name, shape }) => constant(reward.parameters.get(name)!.data, shape));
  return {
    width: clip.width,
    embed: (prompts) => clip.embedTexts(prompts),
    rewards(latents, prompts) {
      const pixels = preprocessPixels(pipeline.decode(autoencoder, latents), encoder.preprocessing);
      return scoreUnitEmbeddings(head, normalize(encoder.image(tower, pixels)), prompts, reward.config);
    },
  };
}

/** Weights that stay as they are, in their file, which is closed. */
function holdParams(specs: Parameters<typeof storedParams>[0], source: TensorSource, who: string): Params {
  try {
    const there = specs.filter(({ name }) => source.has(name));
    const held = storedParams(there, source, who);
    for (const { name, shape, init } of there) held.get(name, shape, init);
    return held;
  } finally {
    source.close();
  }
}
