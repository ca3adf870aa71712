// What to say of temperatures that were fitted to answers and ended where the search ends.

import { formatNumber } from '../../util/text.ts';
import { endOfTemperatures } from './calibrate.ts';
import type { CalibrationReport } from './measure-calibration.ts';

const WHY = {
  lowest:
    'the scores part the answers that validated without a fault, so it is as steep as it may be and more certain than so few answers allow',
  highest:
    'the scores tell nothing of the answers that validated, or the opposite of them, so it is as flat as it may be and reads every picture alike',
};

/**
 * A sentence for each temperature at an end of its range; none where the search ended within it.
 *
 * @example
 * describeTemperatures({ scores: 100 }); // ['T = 100 is the highest that is tried: the scores tell nothing …']
 */
export function describeTemperatures({ scores, textNorm }: Partial<CalibrationReport['temperatures']>): string[] {
  const named: [string, number | undefined][] = [
    ['T', scores],
    ['τ of TextNorm', textNorm],
  ];
  return named.flatMap(([name, temperature]) => {
    const end = temperature === undefined ? undefined : endOfTemperatures(temperature);
    return end ? [`${name} = ${formatNumber(temperature!)} is the ${end} that is tried: ${WHY[end]}.`] : [];
  });
}
