// What people chose in pair studies, as pairs to learn from: which picture of a prompt shows better what it says.

import type { Database } from '../database/database.ts';
import type { WhoseAnswers } from '../rating/select-answers.ts';
import { listStudies } from './studies.ts';
import { listStudyVotes } from './study-votes.ts';

/** Two images of a prompt, and how many of their raters preferred the first, ties as a half. */
export interface StudiedPair {
  readonly firstImage: string;
  readonly secondImage: string;
  readonly share: number;
}

/** The pairs of all studies with a vote on alignment by a rater who counts, by study and place. Skips are no votes. */
export async function listVotedPairs(
  db: Database,
  { raters, withoutRaters = [] }: WhoseAnswers = {},
): Promise<StudiedPair[]> {
  const counts = (rater: string) => (raters === undefined || raters.includes(rater)) && !withoutRaters.includes(rater);
  const found: StudiedPair[] = [];
  for (const { id } of await listStudies(db)) {
    const pairs = new Map<string, { firstImage: string; secondImage: string; shares: number[] }>();
    for (const { pairId, imageA, imageB, choice, question, excluded, raterId } of await listStudyVotes(db, id)) {
      if (question !== 'alignment' || excluded || choice === 'none' || !counts(raterId)) continue;
      const pair = pairs.get(pairId) ?? { firstImage: imageA, secondImage: imageB, shares: [] };
      pair.shares.push(choice === 'a' ? 1 : choice === 'b' ? 0 : 0.5);
      pairs.set(pairId, pair);
    }
    for (const { shares, ...images } of pairs.values())
      found.push({ ...images, share: shares.reduce((sum, share) => sum + share, 0) / shares.length });
  }
  return found;
}
