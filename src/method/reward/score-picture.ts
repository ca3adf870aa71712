// What a reward function, and CLIP alone, say of a picture that is no picture of the project.

import { decodeOutside } from '../../pictures/outside.ts';
import type { Session } from '../session.ts';
import { openRewardModel } from './model.ts';
import { checkEncoder, openProjectClip, scorePairs } from './score-images.ts';

export interface PromptScore {
  readonly rewardHash: string;
  /** `r(x, z)`: near 1 where people would call it good, near 0 where bad. */
  readonly reward: number;
  /** The standard deviation over the heads of an ensemble; null for a single one. */
  readonly doubt: number | null;
  /** Cosine of the embeddings, 100 times. */
  readonly clip: number;
}

/**
 * Scores the bytes of a picture file against prompts; nothing is stored.
 *
 * @throws CollimateError USAGE for what is no picture, MISSING_STAGE without a reward model, MISMATCH where the project's CLIP is another than its.
 */
export async function scorePicture(
  session: Session,
  { file, prompts, rewardHash }: { file: Uint8Array; prompts: readonly string[]; rewardHash?: string },
): Promise<PromptScore[]> {
  const picture = await decodeOutside(file);
  const model = await openRewardModel(session.project, rewardHash);
  const clip = await openProjectClip(session);
  try {
    checkEncoder(model, clip);
    const [imageEmbedding] = await clip.embedImages([picture]);
    const texts = await clip.embedTexts([...prompts]);
    const pairs = texts.map((textEmbedding) => ({ imageEmbedding: imageEmbedding!, textEmbedding }));
    const scores = await scorePairs(model, pairs);
    return pairs.map(({ textEmbedding }, i) => ({
      rewardHash: model.hash,
      reward: scores[i]!.score,
      doubt: scores[i]!.doubt,
      clip: 100 * imageEmbedding!.reduce((sum, value, k) => sum + value * textEmbedding[k]!, 0),
    }));
  } finally {
    await clip.dispose();
    await model.dispose();
  }
}
