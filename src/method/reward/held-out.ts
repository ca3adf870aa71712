// Raters held out of the reward function that steers tuning. Their answers teach a second head, which only watches: where
// it falls while the first one rises, the first is being over-optimised (Gao et al., 2023, with people's answers in the
// place of a gold reward).

import type { Project } from '../../project/project.ts';
import { listAnsweringRaters } from '../../project/rating/ratings.ts';
import type { WhoseAnswers } from '../../project/rating/select-answers.ts';
import { CollimateError } from '../../util/errors.ts';
import { random } from '../../util/random.ts';

/** Raters whose answers a reward function never learned from, and the head that learned from theirs alone. */
export interface HeldOut {
  readonly raters: readonly string[];
  readonly rewardHash: string;
}

/** Who taught a reward function: these raters alone, or all but the held-out ones; neither where all did. */
export interface Teachers {
  readonly raters?: readonly string[];
  readonly heldOut?: HeldOut;
}

/** The answers that may teach a reward function and stop it. */
export function answersOf({ raters, heldOut }: Teachers): WhoseAnswers {
  if (raters) return { raters };
  return heldOut ? { withoutRaters: heldOut.raters } : {};
}

/**
 * Chooses a share of raters by the seed: at least one, and all but one at most. Which come first depends on seed and
 * identifier alone, so that nobody is chosen for what they answered.
 *
 * @throws CollimateError MISSING_STAGE for fewer than two raters.
 */
export function drawHeldOut(raters: readonly string[], share: number, seed: number): string[] {
  if (raters.length < 2)
    throw new CollimateError(
      'MISSING_STAGE',
      `reward.heldOutRaters: expected answers of at least two raters, got those of ${raters.length}`,
      'Have more raters answer, or set reward.heldOutRaters to 0.',
    );
  const count = Math.min(raters.length - 1, Math.max(1, Math.round(share * raters.length)));
  const places = new Map(raters.map((id) => [id, random(seed, 'reward', 'held-out', id).uniform()]));
  const ordered = [...raters].sort((a, b) => places.get(a)! - places.get(b)! || (a < b ? -1 : 1));
  return ordered.slice(0, count).sort();
}

/** The held-out raters of a project, simulated ones like people; none where `reward.heldOutRaters` is 0. */
export async function chooseHeldOut({ db, config }: Project): Promise<string[]> {
  const { heldOutRaters: share } = config.reward;
  if (share === 0) return [];
  return drawHeldOut(await listAnsweringRaters(db, { split: 'seen', purpose: 'feedback' }), share, config.seed);
}

/** The seed of the held-out head's first parameters and batches, so that it shares nothing with the first but the CLIP. */
export function heldOutSeed(seed: number): number {
  return random(seed, 'reward', 'held-out').int(2 ** 31);
}
