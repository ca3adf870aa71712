// The reward function as the judge of pictures that are drawn while tuning, and are not stored.

import { openRewardModel } from '../../reward/model.ts';
import { checkEncoder, openProjectClip } from '../../reward/score-images.ts';
import type { Session } from '../../session.ts';
import type { TuneData } from '../batches.ts';
import type { Prepared } from '../prepare.ts';
import type { PictureScore } from './policy.ts';

export interface PictureJudge {
  readonly score: PictureScore;
  dispose(): Promise<void>;
}

/** @throws CollimateError MISMATCH where the reward function was trained on another CLIP than the project's. */
export async function openPictureJudge(
  session: Session,
  { rewardHash, images }: Pick<Prepared, 'rewardHash' | 'images'>,
  data: TuneData,
): Promise<PictureJudge> {
  const model = await openRewardModel(session.project, rewardHash ?? undefined);
  const clip = await openProjectClip(session);
  checkEncoder(model, clip);
  const textOf = new Map(images.map(({ prompt }, i) => [data.images.texts[i]!, prompt]));
  return {
    async score(pictures, rows) {
      const embedded = await clip.embedImages(pictures);
      const texts = await clip.embedTexts(rows.map((row) => textOf.get(row)!));
      return model.score(embedded.map((imageEmbedding, i) => ({ imageEmbedding, textEmbedding: texts[i]! })));
    },
    async dispose() {
      await clip.dispose();
      await model.dispose();
    },
  };
}
