// Decisions of another project's admins. What was decided here stays: of two, nobody can tell which is the later one.

import type { Database } from '../../project/database/database.ts';
import type { Answer } from '../../project/database/schema.ts';
import { listDecided, putDecision } from '../../project/rating/decisions.ts';

export interface DecisionSummary {
  /** New ones. */
  readonly decisions: number;
  /** Of pictures that were decided before, here or earlier in the file. */
  readonly knownDecisions: number;
}

/** Who decided what an import brought. */
const IMPORTED = 'import';

export async function storeDecisions(
  tx: Database,
  given: readonly { readonly imageId: string; readonly answer: Answer }[],
): Promise<DecisionSummary> {
  const decided = new Set(given.length === 0 ? [] : (await listDecided(tx)).map(({ imageId }) => imageId));
  let decisions = 0;
  for (const { imageId, answer } of given) {
    if (decided.has(imageId)) continue;
    decided.add(imageId);
    await putDecision(tx, { imageId, answer, note: '', decidedBy: IMPORTED });
    decisions++;
  }
  return { decisions, knownDecisions: given.length - decisions };
}
