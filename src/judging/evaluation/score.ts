// What the reward function and the CLIP score say of images, from embeddings that the store keeps.

import { openRewardModel } from '../../method/reward/model.ts';
import { embedPairs, openProjectClip, scorePairs } from '../../method/reward/score-images.ts';
import type { Session } from '../../method/session.ts';
import type { Prompt } from '../../project/images/prompts.ts';
import { insertRewards } from '../../project/learning/rewards.ts';
import { throwIfInterrupted } from '../../util/interrupt.ts';
import type { DrawnImage } from './measure.ts';

export interface ImageScores {
  /** `r(x, z)` for the image's own prompt. */
  readonly reward: number;
  /** The cosine of the two embeddings. */
  readonly clip: number;
}

/** Scores of images, in their order. */
export type ScoreImages = (images: readonly DrawnImage[], prompts: readonly Prompt[]) => Promise<ImageScores[]>;

/**
 * Opens the reward function with its CLIP. Rewards are kept in the store beside the images.
 *
 * @throws CollimateError MISMATCH where the project's CLIP is not the one that the reward function was trained on.
 */
export async function openScores(
  session: Session,
  rewardHash: string,
): Promise<{ scoreImages: ScoreImages; dispose(): Promise<void> }> {
  const model = await openRewardModel(session.project, rewardHash);
  const clip = await openProjectClip(session);
  return {
    async scoreImages(images, prompts) {
      const items = images.map(({ hash, prompt }) => ({ hash, text: prompts[prompt]!.text }));
      const pairs = await embedPairs(session, model, clip, items);
      throwIfInterrupted(session.signal);
      const scores = await scorePairs(model, pairs);
      const rows = images.map(({ id }, i) => ({ imageId: id, ...scores[i]! }));
      await insertRewards(session.project.db, rewardHash, rows);
      return pairs.map(({ imageEmbedding, textEmbedding }, i) => ({
        reward: scores[i]!.score,
        clip: imageEmbedding.reduce((sum, value, k) => sum + value * textEmbedding[k]!, 0),
      }));
    },
    async dispose() {
      await clip.dispose();
      await model.dispose();
    },
  };
}
