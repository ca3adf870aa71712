// Pairs that come with a choice between their pictures, into the project: as they came, beside what is made of them for a
// reward function that looks at one picture at a time.

import type { Database } from '../../project/database/database.ts';
import { insertPreferences, type PreferenceDetails, type StoredPreference } from '../../project/rating/preferences.ts';
import { hashJson } from '../../util/hash.ts';
import type { ImportNotes } from './notes.ts';

/** A choice between two pictures of one file, the first of which stands first in its row. */
export interface IncomingPair {
  readonly where: string;
  /** By which the file's items are told apart. */
  readonly keys: readonly [first: string, second: string];
  /** 1 where the first was preferred, 0 where the second was, ½ for a tie. */
  readonly share: number;
  /** What its row says beside, by the names of its columns. */
  readonly details: PreferenceDetails;
  /** Whether it was made of answers or votes that are where the pictures are that its row names. */
  readonly derived: boolean;
}

export interface PairSummary {
  readonly pairs: number;
  /** Those that were there already, or were made of what is there. */
  readonly knownPairs: number;
}

/** The image under which an item is stored, and whether it is the very one that its row names. */
export interface StoredItem {
  readonly imageId: string;
  readonly isNamed: boolean;
}

/** Stores pairs whose pictures are stored. The same row again is the same pair; a row that a file has twice is two pairs. */
export async function storePairs(
  tx: Database,
  incoming: readonly IncomingPair[],
  items: ReadonlyMap<string, StoredItem>,
  notes: ImportNotes,
): Promise<PairSummary> {
  const times = new Map<string, number>();
  const fresh: StoredPreference[] = [];
  let derived = 0;
  for (const pair of incoming) {
    const [first, second] = pair.keys.map((key) => items.get(key));
    if (!first || !second) notes.leaveOut('pair with a picture that was left out', pair.where);
    else if (first.imageId === second.imageId) notes.leaveOut('pair of one picture with itself', pair.where);
    else if (pair.derived && first.isNamed && second.isNamed) derived++;
    else fresh.push(identify(pair, first.imageId, second.imageId, times));
  }
  const added = await insertPreferences(tx, fresh);
  return { pairs: added, knownPairs: fresh.length - added + derived };
}

function identify(
  { share, details }: IncomingPair,
  firstImage: string,
  secondImage: string,
  times: Map<string, number>,
): StoredPreference {
  const row = { firstImage, secondImage, share, details };
  const key = hashJson(row);
  const time = times.get(key) ?? 0;
  times.set(key, time + 1);
  return { ...row, id: hashJson([key, time]).slice(0, 32) };
}
