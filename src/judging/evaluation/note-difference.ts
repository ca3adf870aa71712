// Where an evaluation draws otherwise than the pictures were drawn that were learned from.

import { type Drawing, describeDifference, type Pool } from '../../project/images/pools.ts';
import type { Progress } from '../../util/progress.ts';

export function noteDifference(progress: Pick<Progress, 'note'>, pools: readonly Pool[], settings: Drawing): void {
  const difference = describeDifference(pools, settings);
  if (difference) progress.note(`${difference}. What was learned from those is judged on these.`);
}
