// How the steps of a run are shared by parts that are averaged in rounds (DiLoCo, Douillard et al., 2023): pure arithmetic, and
// what settings must allow for it.

import { CollimateError } from '../../../util/errors.ts';
import { drawsPictures, methodOf } from '../methods/methods.ts';
import type { TuneSettings } from '../mixture.ts';

/** The last step of the round that comes after `step`: rounds end at multiples of `localSteps`, and with the run. */
export function endOfRound({ localSteps, maxTrainSteps }: TuneSettings, step: number): number {
  return Math.min(maxTrainSteps, (Math.floor(step / localSteps) + 1) * localSteps);
}

/** @throws CollimateError CONFIG where the steps of these settings cannot be shared as they ask for. */
export function checkSharing(settings: TuneSettings): void {
  const { workers, localSteps, method, gradientAccumulationSteps: passes, batchSize } = settings;
  if (workers === 0) return;
  const why = drawsPictures(settings) ? 'it draws pictures by what it has learned' : methodOf(settings).alone;
  if (why !== undefined)
    throw new CollimateError(
      'CONFIG',
      `tune.workers: ${method} cannot be shared by ${workers} parts, since ${why}`,
      'Set tune.workers to 0 (--tune-workers 0), or tune by another method.',
    );
  if (passes % workers !== 0)
    throw new CollimateError(
      'CONFIG',
      `tune.workers: expected passes of a step that ${workers} parts share evenly, got tune.gradientAccumulationSteps ${passes}`,
      `Cut the ${batchSize * passes} rows of a step into more passes: tune.gradientAccumulationSteps ${workers} with tune.batchSize ${Math.max(1, Math.round((batchSize * passes) / workers))}, for one.`,
    );
  for (const key of ['checkpointingSteps', 'samplesEvery'] as const)
    if (settings[key] % localSteps !== 0)
      throw new CollimateError(
        'CONFIG',
        `tune.${key}: expected a multiple of tune.localSteps ${localSteps}, since only rounds have an end to look at, got ${settings[key]}`,
        `Set tune.${key} to ${localSteps * Math.max(1, Math.round(settings[key] / localSteps))}, or tune.localSteps to a divisor of it.`,
      );
}

/** Lines for people, about what is shared; none where nothing is. */
export function describeSharing({ workers, localSteps, gradientAccumulationSteps }: TuneSettings): string[] {
  if (workers === 0) return [];
  const passes = gradientAccumulationSteps / workers;
  return [
    `rounds of ${localSteps} steps: ${workers} parts take ${passes} of the ${gradientAccumulationSteps} passes of each step, and are averaged after each round`,
  ];
}
