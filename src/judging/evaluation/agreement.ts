// How two judges agree on the images of an evaluation.

import type { WorldAnswer } from '../../world/world.ts';
import type { JudgeAgreement } from './report.ts';

/** What the judge that evaluates and the other say of one image. */
export type Opinions = readonly [WorldAnswer, WorldAnswer];

export function agreementOf(opinions: readonly Opinions[], secondHash: string): JudgeAgreement {
  const answered = opinions.filter(([a, b]) => a !== 'unclear' && b !== 'unclear');
  const share = (test: (pair: Opinions) => boolean) => answered.filter(test).length / Math.max(1, answered.length);
  const same = share(([a, b]) => a === b);
  const [good, other] = [share(([a]) => a === 'good'), share(([, b]) => b === 'good')];
  const byChance = good * other + (1 - good) * (1 - other);
  const kappa = byChance < 1 ? (same - byChance) / (1 - byChance) : null;
  return { secondHash, images: opinions.length, answered: answered.length, same, kappa };
}
