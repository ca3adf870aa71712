// What an admin should decide: images that somebody flagged, known answers that most raters contradict, images on which raters
// disagree, and those on which the reward function is sure of the contrary; with everything that was said of each.

import type { Database } from '../../project/database/database.ts';
import type { Answer } from '../../project/database/schema.ts';
import type { FlagKind } from '../../project/database/schema-queue.ts';
import { readImageHashes } from '../../project/images/images.ts';
import { readPromptsOf } from '../../project/images/prompts.ts';
import { findLatestRewardModel, readRewards } from '../../project/learning/rewards.ts';
import { listDecided } from '../../project/rating/decisions.ts';
import { listFlags } from '../../project/rating/flags.ts';
import { listGoldViews } from '../../project/rating/gold.ts';
import { listRaters } from '../../project/rating/raters.ts';
import { countVotes, listRatingsOf } from '../../project/rating/ratings.ts';

export type DisputeReason = 'flag' | 'gold' | 'disagreement' | 'reward';

export interface Dispute {
  readonly imageId: string;
  readonly hash: string;
  readonly prompt: string;
  /** The weightiest first. */
  readonly reasons: readonly DisputeReason[];
  readonly answers: readonly {
    readonly rater: string;
    readonly excluded: boolean;
    readonly answer: Answer;
    readonly milliseconds: number;
    readonly words: readonly string[];
    readonly note: string;
  }[];
  readonly flags: readonly { readonly rater: string; readonly kind: FlagKind; readonly note: string }[];
  readonly gold: { readonly answer: Answer; readonly note: string } | null;
  /** What the latest reward function says, near 1 for good; null where it has not seen the image. */
  readonly score: number | null;
}

export interface Disputes {
  readonly total: number;
  readonly disputes: readonly Dispute[];
}

type Votes = { readonly good: number; readonly bad: number };

const ORDER: readonly DisputeReason[] = ['flag', 'gold', 'disagreement', 'reward'];

/** How far a score is from what all raters say before the reward function counts as sure of the contrary, and the most such images. */
const [FAR, MOST_FAR] = [0.7, 50];

/** The `most` weightiest that nobody has decided, and how many there are in all; a flag of after the decision asks again. */
export async function listDisputes(db: Database, { most }: { most: number }): Promise<Disputes> {
  const votes = await countVotes(db, { purpose: 'feedback' });
  const gold = new Map((await listGoldViews(db)).map((view) => [view.imageId, view]));
  const flags = groupByImage(await listFlags(db, { open: true }));
  const decided = new Set((await listDecided(db)).map(({ imageId }) => imageId));
  const scores = await readLatestScores(db);
  const far = listFar(votes, scores, (imageId) => decided.has(imageId) || gold.has(imageId));
  const reasons = new Map<string, DisputeReason[]>();
  const note = (imageId: string, reason: DisputeReason) =>
    reasons.set(imageId, [...(reasons.get(imageId) ?? []), reason]);
  for (const imageId of flags.keys()) note(imageId, 'flag');
  for (const [imageId, count] of votes) {
    if (decided.has(imageId)) continue;
    const known = gold.get(imageId);
    if (known && contradicts(count, known.answer)) note(imageId, 'gold');
    // Where the answer is known, raters who miss it are no dispute.
    else if (!known && count.good > 0 && count.bad > 0) note(imageId, 'disagreement');
  }
  for (const imageId of far) note(imageId, 'reward');
  const rank = (id: string) => ORDER.indexOf(reasons.get(id)![0]!);
  const split = (id: string) => closeness(votes.get(id) ?? { good: 0, bad: 0 });
  const ids = [...reasons.keys()].sort((a, b) => rank(a) - rank(b) || split(b) - split(a) || (a < b ? -1 : 1));
  const chosen = ids.slice(0, most);
  const [hashes, prompts] = [await readImageHashes(db, chosen), await readPromptsOf(db, chosen)];
  const answers = await readAnswers(db, chosen);
  return {
    total: ids.length,
    disputes: chosen.map((imageId) => {
      const known = gold.get(imageId);
      return {
        imageId,
        hash: hashes.get(imageId)!,
        prompt: prompts.get(imageId)!,
        reasons: reasons.get(imageId)!,
        answers: answers.filter((answer) => answer.imageId === imageId).map(({ imageId: _, ...answer }) => answer),
        flags: (flags.get(imageId) ?? []).map(({ raterName: rater, kind, note: why }) => ({ rater, kind, note: why })),
        gold: known ? { answer: known.answer, note: known.note } : null,
        score: scores.get(imageId) ?? null,
      };
    }),
  };
}

async function readLatestScores(db: Database): Promise<Map<string, number>> {
  const reward = await findLatestRewardModel(db);
  return reward ? readRewards(db, reward.hash) : new Map();
}

/** Images on which raters are of one mind and the reward function is sure of the contrary, the furthest first. */
function listFar(
  votes: ReadonlyMap<string, Votes>,
  scores: ReadonlyMap<string, number>,
  isSettled: (imageId: string) => boolean,
): string[] {
  return [...votes]
    .flatMap(([imageId, { good, bad }]) => {
      const score = scores.get(imageId);
      if (score === undefined || isSettled(imageId) || good * bad > 0) return [];
      return [{ imageId, miss: Math.abs(score - (good > 0 ? 1 : 0)) }];
    })
    .filter(({ miss }) => miss > FAR)
    .sort((a, b) => b.miss - a.miss || (a.imageId < b.imageId ? -1 : 1))
    .slice(0, MOST_FAR)
    .map(({ imageId }) => imageId);
}

/** Two raters or more, and most of them against what is said to be known. */
function contradicts({ good, bad }: Votes, known: Answer): boolean {
  const [like, unlike] = known === 'good' ? [good, bad] : known === 'bad' ? [bad, good] : [0, 0];
  return unlike >= 2 && unlike > like;
}

/** 1 where raters are divided evenly, more where more are. */
const closeness = ({ good, bad }: Votes) => (2 * Math.min(good, bad)) / Math.max(1, good + bad) + (good + bad) / 1e6;

function groupByImage<T extends { readonly imageId: string }>(flags: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const flag of flags) groups.set(flag.imageId, [...(groups.get(flag.imageId) ?? []), flag]);
  return groups;
}

async function readAnswers(db: Database, imageIds: readonly string[]) {
  const raters = new Map((await listRaters(db)).map((rater) => [rater.id, rater]));
  return (await listRatingsOf(db, imageIds)).map(({ imageId, raterId, answer, milliseconds, words, note }) => {
    const { name, excluded } = raters.get(raterId)!;
    return { imageId, rater: name, excluded, answer, milliseconds, words, note };
  });
}
