// Which image to label next: the one that the heads of an ensemble disagree about most (query by committee: Seung et al.,
// 1992), since its answer settles most.

import type { ImageFilter } from '../../project/images/images.ts';
import { listImages } from '../../project/images/images.ts';
import type { Session } from '../session.ts';
import { scoreHeads } from './confidence.ts';
import { openRewardModel } from './model.ts';
import { openProjectClip } from './score-images.ts';
import { meanOf, spreadOf } from './scorer.ts';

/** Items by falling doubt, those of equal doubt in their order. */
export function rankByDoubt<T>(items: readonly T[], doubts: ArrayLike<number>): T[] {
  return items
    .map((item, i) => ({ item, doubt: doubts[i]! }))
    .sort((a, b) => b.doubt - a.doubt)
    .map(({ item }) => item);
}

/** How sure the reward function is of one image. */
export interface ImageDoubt {
  readonly imageId: string;
  readonly reward: number;
  /** Standard deviation over heads; of a single head, how near the score is to ½: `½ − |r − ½|`, at least 0. */
  readonly doubt: number;
}

/**
 * The doubt of a reward function about images, by falling doubt: the order in which they are worth labelling.
 *
 * @throws CollimateError MISSING_STAGE without a reward model, MISMATCH where the project's CLIP is another than its.
 */
export async function rankByUncertainty(
  session: Session,
  { rewardHash, filter = {} }: { readonly rewardHash?: string | undefined; readonly filter?: ImageFilter } = {},
): Promise<ImageDoubt[]> {
  const model = await openRewardModel(session.project, rewardHash);
  const clip = await openProjectClip(session);
  try {
    const images = await listImages(session.project.db, filter);
    const members = await scoreHeads(session, model, clip, images);
    const means = meanOf(members);
    const single = members.length === 1;
    const doubts = single ? means.map((r) => Math.max(0, 0.5 - Math.abs(r - 0.5))) : spreadOf(members);
    const all = images.map(({ id }, i) => ({ imageId: id, reward: means[i]!, doubt: doubts[i]! }));
    return rankByDoubt(all, doubts);
  } finally {
    await clip.dispose();
    await model.dispose();
  }
}
