// A trained reward function as a file named by its content, and its use on pairs of image and text.

import { join } from 'node:path';
import { z } from 'zod';
import { type ParamSpec, packParams, unpackParams } from '../../engine/nn/params.ts';
import { readFinite } from '../../engine/weights/finite.ts';
import { openSafetensors } from '../../engine/weights/safetensors.ts';
import type { Float32Tensor } from '../../engine/weights/tensor.ts';
import { writeSafetensors } from '../../engine/weights/write-safetensors.ts';
import { findLatestRewardModel, findRewardModel } from '../../project/learning/rewards.ts';
import type { Project } from '../../project/project.ts';
import { CollimateError } from '../../util/errors.ts';
import { type EmbeddedPair, openScorer, rewardSpecs } from './scorer.ts';

const configSchema = z.object({
  /** The CLIP whose embeddings the head was trained on. */
  encoderHash: z.string(),
  /** E, the width of an embedding. */
  width: z.int().positive(),
  hiddenWidth: z.int().positive(),
  layers: z.int().positive(),
  features: z.enum(['concat', 'interaction']),
  /** Heads of the ensemble. */
  members: z.int().positive().default(1),
  /** Where the reward starts from the cosine of a scorer that was trained already. */
  cosine: z.exactOptional(z.object({ mean: z.number(), deviation: z.number().positive(), alone: z.boolean() })),
  /** Whether what a group likes is added to it (`reward.for`). */
  taste: z.exactOptional(z.boolean()),
  lambda: z.number(),
  temperature: z.number(),
  /** N, the original prompt counted; 1 without prompt classification. */
  candidates: z.int().positive(),
  seed: z.int(),
  dataHash: z.string(),
  /** The step whose parameters these are. */
  step: z.int(),
});

/** What a reward model was made with; kept in its file. */
export type RewardConfig = z.infer<typeof configSchema>;

export interface RewardModelHandle {
  /** SHA-256 of the file. */
  readonly hash: string;
  readonly config: RewardConfig;
  /** Of the head, by name. */
  readonly parameters: ReadonlyMap<string, Float32Tensor>;
  /** `r(x, z)` of each pair of embeddings [E], about 0 (bad) to 1 (good), not cut to it. */
  score(pairs: readonly EmbeddedPair[]): Promise<Float32Array>;
  /** What each head of the ensemble says, [members][pairs]; `score` is their mean. */
  scoreMembers(pairs: readonly EmbeddedPair[]): Promise<Float32Array[]>;
  dispose(): Promise<void>;
}

/** Writes parameters [P] with their config into the project's weights and returns the hash of the file. */
export function storeRewardModel(
  project: Project,
  folder: string,
  specs: readonly ParamSpec[],
  params: Float32Array,
  config: RewardConfig,
): Promise<string> {
  const path = join(folder, 'reward.safetensors');
  writeSafetensors(path, unpackParams(specs, params), { metadata: { format: 'pt', config: JSON.stringify(config) } });
  return project.weights.moveBlob(path);
}

/**
 * Writes a reward model once more with what a group likes beside it, and returns the hash of the file.
 *
 * @param taste [E + 1], the last being the bias
 */
export function storeTasteModel(project: Project, model: RewardModelHandle, taste: Float64Array): Promise<string> {
  const config: RewardConfig = { ...model.config, taste: true };
  const specs = rewardSpecs(config);
  const { width } = config;
  const own = new Map<string, Float32Tensor>([
    ['taste.weight', { dtype: 'float32', shape: [width], data: Float32Array.from(taste.subarray(0, width)) }],
    ['taste.bias', { dtype: 'float32', shape: [1], data: Float32Array.of(taste[width]!) }],
  ]);
  const params = packParams(specs, new Map([...model.parameters, ...own]), model.hash);
  return storeRewardModel(project, project.runsDir, specs, params, config);
}

/**
 * Opens a reward model, by default the one that was trained last.
 *
 * @throws CollimateError MISSING_STAGE where there is none, STORAGE where its file is missing or changed, WEIGHTS where it
 * is no reward model.
 */
export async function openRewardModel(project: Project, hash?: string): Promise<RewardModelHandle> {
  const found = await (hash === undefined ? findLatestRewardModel(project.db) : findRewardModel(project.db, hash));
  if (!found)
    throw new CollimateError(
      'MISSING_STAGE',
      hash === undefined ? 'reward: none has been trained yet' : `reward: there is no model ${hash} in this project`,
      'Run `collimate reward train` first.',
    );
  return openStoredReward(project, found.hash);
}

/** Opens the file of a reward model by its hash, whether or not it is recorded. @throws CollimateError STORAGE, WEIGHTS */
export async function openStoredReward(project: Project, hash: string): Promise<RewardModelHandle> {
  await project.weights.getBlob(hash); // checks the content against the name
  const { config, params } = readRewardFile(project.weights.blobPath(hash));
  const scorer = await openScorer(config, project.config.threads);
  return {
    hash,
    config,
    parameters: unpackParams(rewardSpecs(config), params),
    score: (pairs) => scorer.score(params, pairs),
    scoreMembers: (pairs) => scorer.scoreMembers(params, pairs),
    dispose: () => scorer.dispose(),
  };
}

function readRewardFile(path: string): { config: RewardConfig; params: Float32Array } {
  const file = openSafetensors(path);
  try {
    const config = parseConfig(path, file.metadata.config);
    const tensors = new Map(file.names().map((name) => [name, readFinite(file, name, path)]));
    return { config, params: packParams(rewardSpecs(config), tensors, path) };
  } finally {
    file.close();
  }
}

function parseConfig(path: string, text = 'null'): RewardConfig {
  const result = configSchema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new CollimateError(
    'WEIGHTS',
    `${path}: expected a reward model with its config in the header, got another file`,
    'Train the reward function again with `collimate reward train`.',
    { cause: result.error },
  );
}
