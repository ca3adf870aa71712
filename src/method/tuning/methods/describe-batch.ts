// The rows of a step in words.

import type { TuneSettings } from '../mixture.ts';
import type { TunePlan } from '../plan.ts';

/** What comes beside the images of a step, and how it is divided: ` and 16 of 2048 pre-training pairs, β = 0.1 (1 × 32)`. */
export function describeBatch(
  { pairs, pairsPerStep }: Pick<TunePlan, 'pairs' | 'pairsPerStep'>,
  { beta, batchSize, gradientAccumulationSteps }: TuneSettings,
): string {
  const second =
    pairsPerStep > 0 ? ` and ${pairsPerStep} of ${pairs} pre-training pairs, β = ${beta}` : ', no pre-training pairs';
  return `${second} (${gradientAccumulationSteps} × ${batchSize})`;
}
