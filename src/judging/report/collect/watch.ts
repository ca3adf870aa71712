// What watched over a tuning run, as the report shows it: the rule's looks, with fidelity and diversity as shares of the
// base's so that one axis holds all.

import { readWatch, type WatchRecord } from '../../../method/tuning/watch.ts';
import { judgeSteps } from '../../../method/tuning/watch-rule.ts';
import type { Database } from '../../../project/database/database.ts';
import { readPublicNames } from '../../../project/people/pseudonyms.ts';
import type { WatchData } from '../data.ts';

/** Null where nobody was held out. */
export async function collectWatch(db: Database, runDir: string): Promise<WatchData | null> {
  const record = readWatch(runDir);
  if (!record) return null;
  return toWatchData({ ...record, raters: record.raters.map(await readPublicNames(db)) });
}

export function toWatchData({ points, rule, raters, reference }: WatchRecord): WatchData {
  const { looks, ...verdict } = judgeSteps(points, rule);
  const base = looks[0];
  return {
    raters,
    reference,
    rule,
    ...verdict,
    looks: looks.map((look) => ({
      ...look,
      // The distance of the base itself may be estimated at or below 0, of which there are no shares.
      fidelityKept:
        look.distance !== null && base?.distance && base.distance > 0
          ? 1 - (look.distance - base.distance) / base.distance
          : null,
      diversityKept: look.diversity !== null && base?.diversity ? look.diversity / base.diversity : null,
    })),
  };
}
